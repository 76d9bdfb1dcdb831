// The line between one Y.Doc and the server. The server's protocol is described in lessonplans/collab/protocol.py.
// Rule of the whole file: "saved" is said only when the server has said that everything up to the last update is on disk.
import * as Y from "yjs";
import { io } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import { Emitter } from "./emitter.js";
import { CompositionHold } from "./composition-hold.js";
import { bytes, isBehind, wire } from "./bytes.js";
import { followNetwork, hangUpWhenSilent } from "../live/socket.js";
import { HttpLine, PROTOCOL_VERSION } from "./http-line.js";
import { Presence } from "./presence.js";
import { requestJson } from "../net.js";

const [TOGETHER_MS, FLUSH_MS] = [4, 40]; // what one key does leaves at once, what follows it quickly leaves together
const HEARTBEAT_MS = 45000;
const ANSWER_MS = 5000;
const WAKE_CHECK_MS = 5000;
const ASLEEP_MS = 10000;
const SLOW_ACK_MS = 20000;
const RETRY_AFTER_RATE_MS = 3000;
const LONGEST_RETRY_MS = 60000;
// So many vain attempts while the browser has a network: sockets do not get through here.
const VAIN_ATTEMPTS = 3;

// Refusals after which trying again cannot help.
const FINAL = ["malformed", "read_only", "suggest_only", "revoked", "doc_full", "epoch", "too_large"];

export class PlanProvider extends Emitter {
  constructor({ planId, doc, awareness, memory, postUrl, compareUrl }) {
    super();
    Object.assign(this, { planId, doc, awareness, memory, postUrl });
    this.http = new HttpLine(this, compareUrl);
    // The page wraps each change that comes from outside, to keep the caret where it is and every word that was typed.
    this.around = (change) => change();
    this.hold = new CompositionHold(() => this.afterComposition());
    this.queue = [];
    this.heldUpdates = [];
    this.early = [];
    this.owed = this.handle = this.role = null;
    this.turn = this.sent = this.acked = this.lastFlush = this.posting = this.failedPosts = this.failedAttempts = 0;
    this.edits = this.size = 0;
    this.limits = { update: 262144, post: 4194304, awareness: 4096, warn: Infinity };
    this.line = "connecting";
    this.problem = null;
    this.lastTick = Date.now();
    this.lastHeartbeat = Date.now();
    this.listen();
    this.socket = this.openSocket();
  }

  openSocket() {
    const socket = io("/rt", {
      transports: ["websocket"],
      parser,
      query: { doc: String(this.planId) },
      reconnectionDelay: 500,
      reconnectionDelayMax: 10000,
      randomizationFactor: 0.5,
      timeout: 8000,
      forceNew: true,
    });
    socket.on("connect", () => {
      this.failedAttempts = 0;
      this.join();
    });
    socket.on("disconnect", (reason) => this.onDisconnect(reason));
    socket.on("connect_error", (error) => this.onConnectError(error));
    socket.onAny(() => this.emit("frame"));
    socket.on("u", (payload) => this.onUpdate(payload));
    socket.on("a", ([handle, number]) => this.onAck(handle, number));
    socket.on("nak", ([handle, number, code]) => this.onNak(handle, number, code));
    socket.on("w", ([handle, frame]) => handle === this.handle && this.presence.receive(frame));
    socket.on("sv", ([handle, vector]) => handle === this.handle && this.onAsked(bytes(vector)));
    socket.on("perm", ([handle, role, why]) => handle === this.handle && this.onRole(role, why));
    socket.on("bye", ({ retry_ms: wait }) => this.onBye(wait));
    followNetwork(socket);
    hangUpWhenSilent(socket);
    return socket;
  }

  listen() {
    this.onDocUpdate = (update, origin) => {
      if (origin === this || origin === this.memory.origin) return;
      this.edits += 1;
      this.size += update.length;
      this.memory.setDirty(true);
      this.queue.push(update);
      this.scheduleFlush();
      this.changed();
    };
    this.memory.onKept = () => this.changed();
    this.onWake = () => this.checkLine();
    this.doc.on("update", this.onDocUpdate);
    this.presence = new Presence(this);
    document.addEventListener("visibilitychange", this.onWake);
    window.addEventListener("focus", this.onWake);
    window.addEventListener("online", this.onWake);
    this.timer = setInterval(() => this.tick(), WAKE_CHECK_MS);
  }

  // -- what is true right now --------------------------------------------------------------------------------

  get joined() {
    return this.handle !== null;
  }

  /** Whether the server takes anything; of who only suggests it takes suggestions. */
  get mayWrite() {
    return this.role === "write" || this.role === "suggest";
  }

  get unconfirmed() {
    return this.memory.dirty;
  }

  // Longer than a plan should be; at `limits.full` the server takes no more.
  get isLong() {
    return this.size > this.limits.warn;
  }

  // One of saved, saving, offline, limited, readonly, unsaved, connecting; `reason` explains unsaved.
  get state() {
    if (this.problem && (this.unconfirmed || !this.joined)) return this.unconfirmed ? "unsaved" : "readonly";
    if ((this.joined || this.http.up) && !this.mayWrite) return this.unconfirmed ? "unsaved" : "readonly";
    if (!this.joined && this.http.up) return "limited";
    if (!this.joined) {
      if (this.line === "connecting" && !this.unconfirmed) return "connecting";
      if (this.line === "connecting" && this.begun && this.memory.healthy) return "saving";
      return this.unconfirmed ? this.memory.state : "offline";
    }
    if (!this.unconfirmed) return "saved";
    if (this.waitingSince && Date.now() - this.waitingSince > SLOW_ACK_MS) return "unsaved";
    return "saving";
  }

  get reason() {
    if (this.problem) return this.problem;
    if ((this.joined || this.http.up) && !this.mayWrite) return "read_only";
    if (this.tooSlow) return "too_slow";
    return this.joined ? "slow" : "no_memory";
  }

  changed() {
    this.emit("state", this.state);
  }

  // -- joining -----------------------------------------------------------------------------------------------

  join() {
    if (this.problem && this.problem !== "sign_in") return;
    this.problem = this.handle = null;
    const turn = (this.turn += 1);
    const request = {
      doc: this.planId,
      sv: wire(Y.encodeStateVector(this.doc)),
      cid: this.doc.clientID,
      v: PROTOCOL_VERSION,
      epoch: this.memory.epoch,
    };
    this.socket.timeout(15000).emit("join", request, (error, answer) => {
      // The server counts what we send from the last join on: an answer to one before it is none.
      if (turn !== this.turn) return;
      // Without a line the socket tries again by itself; doing so here too would leave it waiting for ever.
      if (error) return this.socket.connected && this.reconnect();
      if (!answer.ok) return this.onRefused(answer.code);
      this.onJoined(answer);
    });
  }

  onRefused(code) {
    this.early = [];
    if (code === "busy")
      return void setTimeout(() => this.socket.connected && this.join(), 2000 + Math.random() * 2000);
    this.stop(code === "forbidden" ? "sign_in" : code);
  }

  onJoined(answer) {
    if (this.memory.epoch !== null && this.memory.epoch !== answer.epoch) return this.emit("reset");
    this.http.stop();
    this.memory.setEpoch(answer.epoch);
    this.limits = answer.limits;
    this.size = answer.size;
    this.me = answer.me;
    this.handle = answer.h;
    this.sent = this.acked = 0;
    this.queue = [];
    this.line = "online";
    this.waitingSince = null;
    this.role = answer.role;
    this.receive(bytes(answer.diff), bytes(answer.sv));
    this.early.splice(0).forEach((payload) => this.onUpdate(payload));
    this.presence.receive(answer.aware);
    this.awareness.setLocalStateField("user", answer.me);
    this.sendMissing(bytes(answer.sv));
    this.emit("role", answer.role);
    this.emit("synced", answer);
    this.changed();
  }

  // What the server lacks, told by its state vector. Deletions do not show there: the dirty mark stands for them.
  sendMissing(vector) {
    if (!this.mayWrite) {
      if (isBehind(vector, Y.encodeStateVector(this.doc))) this.memory.setDirty(true);
      return this.changed();
    }
    if (!this.unconfirmed && !isBehind(vector, Y.encodeStateVector(this.doc))) return;
    // Half-typed letters must not leave this way either.
    if (this.hold.active) return void (this.owed = vector);
    this.memory.setDirty(true);
    this.queue = [];
    this.transmit(Y.encodeStateAsUpdate(this.doc, vector));
    this.changed();
  }

  // The server lacks something we have. What is on its way, or held by the input method, will arrive by itself.
  onAsked(vector) {
    if (!this.hold.active && !this.queue.length && this.sent === this.acked && !this.posting) this.sendMissing(vector);
  }

  // -- sending -----------------------------------------------------------------------------------------------

  scheduleFlush() {
    if (this.flushTimer) return;
    const wait = Math.max(TOGETHER_MS, this.lastFlush + FLUSH_MS - Date.now());
    this.flushTimer = setTimeout(() => {
      this.flushTimer = null;
      this.flush();
    }, Math.min(wait, FLUSH_MS));
  }

  flush() {
    if (!this.joined || !this.mayWrite || this.hold.active || !this.queue.length) return;
    const update = this.queue.length === 1 ? this.queue[0] : Y.mergeUpdates(this.queue);
    [this.queue, this.lastFlush] = [[], Date.now()];
    this.transmit(update);
    this.changed();
  }

  // Somebody waits until everything is stored.
  hurry() {
    if (this.joined) this.flush();
    else this.http.hurry();
  }

  transmit(update) {
    this.waitingSince = this.waitingSince || Date.now();
    if (update.length > this.limits.update) return this.post(update);
    this.sent += 1;
    this.socket.emit("u", [this.handle, this.sent, wire(update)]);
  }

  // Larger than a frame may be: over HTTP, with the same checks on the other side.
  async post(update) {
    this.posting += 1;
    const handle = this.handle;
    try {
      await this.upload(update);
      this.posting -= 1;
      this.settle();
    } catch (error) {
      this.posting -= 1;
      const wait = Math.min(LONGEST_RETRY_MS, RETRY_AFTER_RATE_MS * 2 ** (this.failedPosts - 1));
      if (!this.refused(error) && handle === this.handle) setTimeout(() => this.joined && this.join(), wait);
    }
  }

  async upload(update) {
    if (update.length > this.limits.post) throw Object.assign(new Error("too large"), { code: "too_large" });
    const headers = { "Content-Type": "application/octet-stream" };
    // As long as it moves nobody need worry.
    const onProgress = () => this.waitingSince && (this.waitingSince = Date.now());
    try {
      await requestJson(this.postUrl, { method: "POST", body: update, headers, slowly: true, onProgress });
      this.failedPosts = 0;
      this.tooSlow = false;
    } catch (error) {
      this.failedPosts += 1;
      this.tooSlow = Boolean(error.slow);
      this.changed();
      throw error;
    }
  }

  // Whether what came over HTTP says that trying again cannot help; then it is said.
  refused(error) {
    const code = { 401: "sign_in", 403: "read_only", 404: "revoked" }[error.status] || error.code;
    if (code !== "sign_in" && !FINAL.includes(code)) return false;
    this.stop(code);
    return true;
  }

  onAck(handle, number) {
    if (handle !== this.handle || number <= this.acked) return;
    this.acked = number;
    this.settle();
  }

  settle() {
    if (this.joined && this.acked === this.sent && !this.posting && !this.queue.length) {
      this.confirm();
    } else if (this.acked < this.sent) {
      this.waitingSince = Date.now();
    }
    this.changed();
  }

  // Everything is on the server's disk.
  confirm() {
    [this.queue, this.waitingSince] = [[], null];
    this.memory.setDirty(false);
    this.changed();
  }

  onNak(handle, number, code) {
    if (handle !== this.handle) return;
    if (code === "unknown") return this.join();
    if (code === "rate") {
      this.handle = null;
      setTimeout(() => this.socket.connected && this.join(), RETRY_AFTER_RATE_MS);
      return this.changed();
    }
    if (FINAL.includes(code)) this.stop(code);
  }

  // Nothing more goes out; the copy on this machine stays, and the page says so.
  stop(code) {
    this.http.stop();
    this.problem = code;
    this.handle = null;
    this.presence.forgetOthers();
    this.emit("stopped", code);
    this.changed();
  }

  // -- receiving ---------------------------------------------------------------------------------------------

  onUpdate([handle, update]) {
    if (!this.joined) return void this.early.push([handle, update]);
    if (handle !== this.handle) return;
    this.size += update.byteLength;
    this.receive(bytes(update));
  }

  receive(update, vector) {
    if (this.hold.active) this.heldUpdates.push(update);
    else this.applyRemote(update, vector);
  }

  // `vector` says what the server had, where it is known.
  applyRemote(update, vector) {
    this.around(() => Y.applyUpdate(this.doc, update, this), update, vector);
  }

  afterComposition() {
    const held = this.heldUpdates.splice(0);
    if (held.length) this.applyRemote(held.length === 1 ? held[0] : Y.mergeUpdates(held));
    const owed = this.owed;
    this.owed = null;
    if (owed && this.joined) this.sendMissing(owed);
    else this.flush();
  }

  onRole(role, why) {
    if (role === null) return this.stop(why === "forbidden" ? "sign_in" : "revoked");
    this.role = role;
    this.emit("role", role);
    if (this.mayWrite) this.join();
    this.changed();
  }

  // -- the line ----------------------------------------------------------------------------------------------

  onDisconnect(reason) {
    this.handle = null;
    this.early = [];
    this.owed = null;
    this.line = "offline";
    this.presence.forgetOthers();
    this.changed();
    if (reason === "io server disconnect") this.reconnect();
  }

  onConnectError(error) {
    this.line = "offline";
    if (error && error.message === "sign_in_required") {
      this.problem = "sign_in";
      this.emit("stopped", "sign_in");
    } else {
      this.failedAttempts += 1;
      if (this.failedAttempts >= VAIN_ATTEMPTS && navigator.onLine && (!this.problem || this.problem === "sign_in")) this.http.start();
    }
    this.changed();
  }

  // What the server said over HTTP: its rights, what we lacked; what it lacks is on its way.
  onCompared({ epoch, role, diff, size }) {
    if (this.memory.epoch !== null && this.memory.epoch !== epoch) return this.emit("reset");
    this.memory.setEpoch(epoch);
    this.problem = null;
    this.size = size;
    const before = this.role;
    this.role = role;
    this.receive(diff);
    if (before !== role) this.emit("role", role);
    this.emit("synced");
    this.changed();
  }

  onHttpFailed(error) {
    if (!this.refused(error)) this.changed();
  }

  onBye(wait) {
    setTimeout(() => this.reconnect(), wait * (1 + Math.random()));
  }

  reconnect() {
    this.socket.disconnect();
    this.socket.connect();
  }

  tick() {
    const gap = Date.now() - this.lastTick;
    this.lastTick = Date.now();
    if (gap < 0) this.clockWentBack();
    if (gap > ASLEEP_MS || Date.now() - this.lastHeartbeat > HEARTBEAT_MS) this.checkLine(gap > ASLEEP_MS);
    if (this.waitingSince) this.changed();
  }

  // Somebody set the clock back: what was noted by the old one lies in the future and would be waited for.
  clockWentBack() {
    this.lastHeartbeat = 0;
    if (this.waitingSince) this.waitingSince = Date.now();
  }

  // After sleep or on coming back to the tab: ask at once instead of waiting for a timeout.
  checkLine(force = false) {
    if (document.visibilityState === "hidden" && !force) return;
    if (!this.socket.connected) {
      if (!this.problem || this.problem === "sign_in") this.socket.connect();
      return;
    }
    if (this.problem === "sign_in") return this.reconnect();
    if (!this.joined || this.hold.active || (!force && Date.now() - this.lastHeartbeat < ANSWER_MS)) return;
    this.lastHeartbeat = Date.now();
    this.socket.timeout(ANSWER_MS).emit("sv", [this.handle, wire(Y.encodeStateVector(this.doc))], (error) => {
      if (error && this.socket.connected) this.reconnect();
    });
  }
}
