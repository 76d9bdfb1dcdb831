// Where the network lets no WebSocket through: compare and exchange over HTTP, every 15 seconds. Never a whole document,
// only what the other side lacks, so nobody's words are overwritten.
import * as Y from "yjs";
import { requestJson } from "../net.js";
import { fromBase64, isBehind } from "./bytes.js";

/** Of lessonplans/collab/protocol.py. */
export const PROTOCOL_VERSION = 1;
const EVERY_MS = 15000;
const SOON_MS = 1500;
const ROUND_TIMEOUT_MS = 60000;

export class HttpLine {
  constructor(provider, url) {
    this.provider = provider;
    this.url = url;
    this.running = false;
    this.up = false;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.round();
  }

  stop() {
    this.running = this.up = false;
    clearTimeout(this.timer);
  }

  /** Somebody waits for this. */
  hurry() {
    if (this.running && !this.busy) this.round();
  }

  async round() {
    clearTimeout(this.timer);
    // Half-typed letters must not leave.
    if (this.provider.hold.active) return this.later(SOON_MS);
    this.busy = true;
    try {
      await this.exchange();
    } catch (error) {
      if (this.running) this.fail(error);
    }
    this.busy = false;
    if (this.running) this.later(EVERY_MS * (0.9 + Math.random() * 0.2));
  }

  later(wait) {
    this.timer = setTimeout(() => this.round(), wait);
  }

  async exchange() {
    const { provider } = this;
    const answer = await requestJson(this.url, {
      method: "POST",
      body: Y.encodeStateVector(provider.doc),
      headers: { "Content-Type": "application/octet-stream", "X-Plan-Version": String(PROTOCOL_VERSION) },
      timeout: ROUND_TIMEOUT_MS,
    });
    if (!this.running) return;
    this.up = true;
    provider.onCompared({ ...answer, diff: fromBase64(answer.diff) });
    if (this.running) await this.give(fromBase64(answer.sv));
  }

  // What was written while it was on its way is for the next round.
  async give(vector) {
    const { provider } = this;
    const lacks = provider.unconfirmed || isBehind(vector, Y.encodeStateVector(provider.doc));
    if (!lacks || !provider.mayWrite || provider.hold.active) return;
    const { edits } = provider;
    await provider.upload(Y.encodeStateAsUpdate(provider.doc, vector));
    if (this.running && provider.edits === edits) provider.confirm();
  }

  fail(error) {
    this.up = this.up && Boolean(error.slow || (error.status && error.status < 500));
    this.provider.onHttpFailed(error);
  }
}
