// The line between one Y.Doc and the server. The server's protocol is described in lessonplans/collab/protocol.py.
// Rule of the whole file: "saved" is said only when the server has said that everything up to the last update is on disk.
import * as Y from "yjs";
import { io } from "socket.io-client";
import parser from "socket.io-msgpack-parser";
import { applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import { Emitter } from "./emitter.js";
import { CompositionHold } from "./composition-hold.js";
import { bytes, isBehind, wire } from "./bytes.js";
import { hangUpWhenOffline } from "../live/socket.js";
import { requestJson } from "../net.js";

const PROTOCOL = 1;
const FLUSH_MS = 40;
const PRESENCE_MS = 120;
const HEARTBEAT_MS = 45000;
const ANSWER_MS = 5000;
const WAKE_CHECK_MS = 5000;
const ASLEEP_MS = 10000;
const SLOW_ACK_MS = 20000;
const RETRY_AFTER_RATE_MS = 3000;

// Refusals after which trying again cannot help.
const FINAL = ["malformed", "read_only", "revoked", "doc_full", "epoch", "too_large"];

export class PlanProvider extends Emitter {
  constructor({ planId, doc, awareness, memory, postUrl }) {
    super();
    Object.assign(this, { planId, doc, awareness, memory, postUrl });
    // The editor wraps each change that comes from outside, to keep one's caret where it is.
    this.around = (change) => change();
    this.hold = new CompositionHold(() => this.afterComposition());
    this.queue = [];
    this.heldUpdates = [];
    this.early = [];
    this.owed = null;
    this.handle = null;
    this.role = null;
    this.sent = 0;
    this.acked = 0;
    this.posting = 0;
    this.limits = { update: 262144, post: 4194304, awareness: 4096 };
    this.line = "connecting";
    this.problem = null;
    this.everJoined = false;
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
    socket.on("connect", () => this.join());
    socket.on("disconnect", (reason) => this.onDisconnect(reason));
    socket.on("connect_error", (error) => this.onConnectError(error));
    socket.on("u", (payload) => this.onUpdate(payload));
    socket.on("a", ([handle, number]) => this.onAck(handle, number));
    socket.on("nak", ([handle, number, code]) => this.onNak(handle, number, code));
    socket.on("w", ([handle, frame]) => this.onPresence(handle, frame));
    socket.on("sv", ([handle, vector]) => handle === this.handle && this.onAsked(bytes(vector)));
    socket.on("perm", ([handle, role, why]) => handle === this.handle && this.onRole(role, why));
    socket.on("reset", ([handle]) => handle === this.handle && this.emit("reset"));
    socket.on("bye", ({ retry_ms: wait }) => this.onBye(wait));
    this.unhook = hangUpWhenOffline(socket);
    return socket;
  }

  listen() {
    this.onDocUpdate = (update, origin) => {
      if (origin === this || origin === this.memory.origin) return;
      this.memory.setDirty(true);
      this.queue.push(update);
      this.scheduleFlush();
      this.changed();
    };
    this.onAwareness = ({ added, updated, removed }) => {
      const mine = this.doc.clientID;
      if ([...added, ...updated, ...removed].includes(mine)) this.schedulePresence();
      this.emit("people");
    };
    this.onWake = () => this.checkLine();
    this.doc.on("update", this.onDocUpdate);
    this.awareness.on("update", this.onAwareness);
    document.addEventListener("visibilitychange", this.onWake);
    window.addEventListener("focus", this.onWake);
    window.addEventListener("online", this.onWake);
    this.timer = setInterval(() => this.tick(), WAKE_CHECK_MS);
  }

  // -- what is true right now --------------------------------------------------------------------------------

  get joined() {
    return this.handle !== null;
  }

  get mayWrite() {
    return this.role === "write";
  }

  get unconfirmed() {
    return this.memory.dirty;
  }

  // One of saved, saving, offline, readonly, unsaved, connecting; `reason` explains unsaved.
  get state() {
    if (this.problem && (this.unconfirmed || !this.joined)) return this.unconfirmed ? "unsaved" : "readonly";
    if (this.joined && !this.mayWrite) return this.unconfirmed ? "unsaved" : "readonly";
    if (!this.joined) {
      if (this.line === "connecting" && !this.unconfirmed) return "connecting";
      return this.unconfirmed && !this.memory.healthy ? "unsaved" : "offline";
    }
    if (!this.unconfirmed) return "saved";
    if (this.waitingSince && Date.now() - this.waitingSince > SLOW_ACK_MS) return "unsaved";
    return "saving";
  }

  get reason() {
    if (this.problem) return this.problem;
    if (this.joined && !this.mayWrite) return "read_only";
    return this.joined ? "slow" : "no_memory";
  }

  changed() {
    this.emit("state", this.state);
  }

  // -- joining -----------------------------------------------------------------------------------------------

  join() {
    if (this.problem && this.problem !== "sign_in") return;
    this.problem = null;
    this.handle = null;
    const request = {
      doc: this.planId,
      sv: wire(Y.encodeStateVector(this.doc)),
      cid: this.doc.clientID,
      v: PROTOCOL,
      epoch: this.memory.epoch,
    };
    this.socket.timeout(15000).emit("join", request, (error, answer) => {
      if (error) return this.reconnect();
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
    this.memory.setEpoch(answer.epoch);
    this.limits = answer.limits;
    this.me = answer.me;
    this.handle = answer.h;
    this.sent = this.acked = 0;
    this.queue = [];
    this.line = "online";
    this.waitingSince = null;
    this.role = answer.role;
    this.receive(bytes(answer.diff));
    this.early.splice(0).forEach((payload) => this.onUpdate(payload));
    applyAwarenessUpdate(this.awareness, bytes(answer.aware), this);
    this.awareness.setLocalStateField("user", answer.me);
    this.sendMissing(bytes(answer.sv));
    this.everJoined = true;
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
    this.flushTimer = setTimeout(() => {
      this.flushTimer = null;
      this.flush();
    }, FLUSH_MS);
  }

  flush() {
    if (!this.joined || !this.mayWrite || this.hold.active || !this.queue.length) return;
    const update = this.queue.length === 1 ? this.queue[0] : Y.mergeUpdates(this.queue);
    this.queue = [];
    this.transmit(update);
    this.changed();
  }

  transmit(update) {
    this.waitingSince = this.waitingSince || Date.now();
    if (update.length > this.limits.update) return this.post(update);
    this.sent += 1;
    this.socket.emit("u", [this.handle, this.sent, wire(update)]);
  }

  // Larger than a frame may be: over HTTP, with the same checks on the other side.
  async post(update) {
    if (update.length > this.limits.post) return this.stop("too_large");
    this.posting += 1;
    const handle = this.handle;
    try {
      const headers = { "Content-Type": "application/octet-stream" };
      await requestJson(this.postUrl, { method: "POST", body: update, headers });
      this.posting -= 1;
      this.settle();
    } catch (error) {
      this.posting -= 1;
      if (handle === this.handle) setTimeout(() => this.joined && this.join(), RETRY_AFTER_RATE_MS);
    }
  }

  onAck(handle, number) {
    if (handle !== this.handle || number <= this.acked) return;
    this.acked = number;
    this.settle();
  }

  settle() {
    if (this.joined && this.acked === this.sent && !this.posting && !this.queue.length) {
      this.waitingSince = null;
      this.memory.setDirty(false);
    } else if (this.acked < this.sent) {
      this.waitingSince = Date.now();
    }
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
    this.problem = code;
    this.handle = null;
    this.forgetOthers();
    this.emit("stopped", code);
    this.changed();
  }

  // -- receiving ---------------------------------------------------------------------------------------------

  onUpdate([handle, update]) {
    if (!this.joined) return void this.early.push([handle, update]);
    if (handle !== this.handle) return;
    this.receive(bytes(update));
  }

  receive(update) {
    if (this.hold.active) this.heldUpdates.push(update);
    else this.applyRemote(update);
  }

  applyRemote(update) {
    this.around(() => Y.applyUpdate(this.doc, update, this));
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
    if (role === "write") this.join();
    this.changed();
  }

  // -- who is here -------------------------------------------------------------------------------------------

  schedulePresence() {
    if (this.presenceTimer) return;
    this.presenceTimer = setTimeout(() => {
      this.presenceTimer = null;
      this.sendPresence();
    }, PRESENCE_MS);
  }

  sendPresence() {
    if (!this.joined) return;
    const frame = encodeAwarenessUpdate(this.awareness, [this.doc.clientID]);
    if (frame.length <= this.limits.awareness) this.socket.volatile.emit("w", [this.handle, wire(frame)]);
  }

  onPresence(handle, frame) {
    if (handle === this.handle) applyAwarenessUpdate(this.awareness, bytes(frame), this);
  }

  // Carets of people we cannot hear any more are not shown; their clocks are forgotten so that they may come back.
  forgetOthers() {
    const others = [...this.awareness.states.keys()].filter((id) => id !== this.doc.clientID);
    others.forEach((id) => {
      this.awareness.states.delete(id);
      this.awareness.meta.delete(id);
    });
    if (!others.length) return;
    const change = { added: [], updated: [], removed: others };
    this.awareness.emit("change", [change, this]);
    this.awareness.emit("update", [change, this]);
  }

  // -- the line ----------------------------------------------------------------------------------------------

  onDisconnect(reason) {
    this.handle = null;
    this.early = [];
    this.owed = null;
    this.line = "offline";
    this.forgetOthers();
    this.changed();
    if (reason === "io server disconnect") this.reconnect();
  }

  onConnectError(error) {
    this.line = "offline";
    if (error && error.message === "sign_in_required") {
      this.problem = "sign_in";
      this.emit("stopped", "sign_in");
    }
    this.changed();
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
    if (gap > ASLEEP_MS || Date.now() - this.lastHeartbeat > HEARTBEAT_MS) this.checkLine(gap > ASLEEP_MS);
    if (this.waitingSince) this.changed();
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

  destroy() {
    clearInterval(this.timer);
    this.unhook();
    this.doc.off("update", this.onDocUpdate);
    this.awareness.off("update", this.onAwareness);
    document.removeEventListener("visibilitychange", this.onWake);
    window.removeEventListener("focus", this.onWake);
    window.removeEventListener("online", this.onWake);
    if (this.joined) this.socket.emit("leave", [this.handle]);
    this.socket.disconnect();
  }
}
