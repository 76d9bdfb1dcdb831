// A long recorded document: sent to a server update by update, or opened by a fresh client again and again. What is
// said on stdout (JSON a line) is told in recorded.py.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import * as Y from "yjs";
import { lineFor, say, sleep, until } from "./common.mjs";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const PACE_MS = 25;
const WARMING = 15;

class Reader {
  constructor(person) {
    this.began = performance.now();
    this.doc = new Y.Doc();
    this.complete = new Promise((resolve) => (this.isComplete = resolve));
    this.line = lineFor(config, { cookie: config.cookies?.[person], client: this.doc.clientID });
    this.line.onUpdate = (update) => this.take(update);
  }

  take(update) {
    if (!this.arrived) this.asked = performance.now();
    Y.applyUpdate(this.doc, update);
    if (Y.getState(this.doc.store, config.author) < config.clock || this.arrived) return;
    this.arrived = this.asked;
    this.isComplete({ arrived: this.asked - this.began, applied: performance.now() - this.began, bytes: this.line.bytes });
  }
}

/** The recording's updates, one behind the other: length (4 bytes), bytes. */
function* recorded() {
  const data = readFileSync(config.recording);
  for (let at = 0; at < data.length; ) {
    const size = data.readUInt32LE(at);
    yield new Uint8Array(data.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
}

async function load() {
  const line = lineFor(config, { cookie: config.cookies?.[0], client: config.author });
  await line.ready;
  for (const update of recorded()) {
    line.send(update);
    await sleep(PACE_MS);
  }
  if (config.kind !== "y-websocket") await until(() => line.confirmed === line.sent);
  await new Reader(1).complete;
  say("loaded");
}

/** Opens the same document often enough for Yjs to run as it does in a page that is in use, not as code never run before. */
function warmUp() {
  const doc = new Y.Doc();
  for (const update of recorded()) Y.applyUpdate(doc, update);
  const state = Y.encodeStateAsUpdate(doc);
  for (let time = 0; time < WARMING; time += 1) Y.applyUpdate(new Y.Doc(), state);
}

async function open() {
  warmUp();
  const opened = [];
  const stays = config.stays && new Reader(0);
  if (stays) await stays.complete;
  for (let round = 0; round < config.rounds; round += 1) {
    const reader = new Reader(1);
    opened.push(await reader.complete);
    reader.line.close();
    reader.doc.destroy();
    await sleep(400);
  }
  say("opened", { opened });
}

await (config.opens ? open() : load());
process.exit(0);
