// A long recorded document: sent to a server update by update, or opened by fresh clients again and again, of several servers
// in turn. What is said on stdout (JSON a line) is told in recorded.py.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import * as Y from "yjs";
import { lineFor, say, sleep, until } from "./common.mjs";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const PACE_MS = 25;
const WARMING = 15;

class Reader {
  constructor(server, person) {
    this.began = performance.now();
    this.used = process.cpuUsage();
    this.doc = new Y.Doc();
    this.complete = new Promise((resolve) => (this.isComplete = resolve));
    this.line = lineFor({ ...config, ...server }, { cookie: server.cookies?.[person], client: this.doc.clientID });
    this.line.onUpdate = (update) => this.take(update);
  }

  take(update) {
    if (!this.arrived) this.asked = performance.now();
    const before = process.cpuUsage();
    Y.applyUpdate(this.doc, update);
    const yjs = msOf(process.cpuUsage(before));
    if (Y.getState(this.doc.store, config.author) < config.clock || this.arrived) return;
    this.arrived = this.asked;
    const times = { arrived: this.asked - this.began, applied: performance.now() - this.began };
    this.isComplete({ ...times, cpu: msOf(process.cpuUsage(this.used)), yjs, bytes: this.line.bytes, update });
  }

  close() {
    this.line.close();
    this.doc.destroy();
  }
}

const msOf = ({ user, system }) => (user + system) / 1000;

/** What Yjs has to take in: pieces, and stretches that are said to be deleted. */
function weight({ update, bytes, ...times }) {
  const { structs, ds } = Y.decodeUpdate(update);
  const stretches = [...ds.clients.values()].reduce((sum, { length }) => sum + length, 0);
  return { ...times, bytes, structs: structs.length, stretches };
}

/** The recording's updates, one behind the other: length (4 bytes), bytes. */
function* recorded(file) {
  const data = readFileSync(file);
  for (let at = 0; at < data.length; ) {
    const size = data.readUInt32LE(at);
    yield new Uint8Array(data.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
}

async function load() {
  const line = lineFor(config, { cookie: config.cookies?.[0], client: config.author });
  await line.ready;
  for (const update of recorded(config.recording)) {
    line.send(update);
    await sleep(PACE_MS);
  }
  if (config.kind !== "y-websocket") await until(() => line.confirmed === line.sent);
  await new Reader(config, 1).complete;
  say("loaded");
}

/** Opens the same document often enough for Yjs to run as it does in a page that is in use, not as code never run before. It is
 *  the same for every server: with one writer's number of another size less, Yjs is compiled anew at the first opening. */
function warmUp() {
  const doc = new Y.Doc();
  for (const update of recorded(config.warm)) Y.applyUpdate(doc, update);
  const state = Y.encodeStateAsUpdate(doc);
  for (let time = 0; time < WARMING; time += 1) Y.applyUpdate(new Y.Doc(), state);
}

/** Each round every server is asked once, each time another one first: what else the machine does meets all alike. */
async function open() {
  warmUp();
  const { servers, rounds } = config;
  const stays = config.stays ? servers.map((server) => new Reader(server, 0)) : [];
  await Promise.all(stays.map(({ complete }) => complete));
  const opened = servers.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < servers.length; n += 1) {
      const which = (round + n) % servers.length;
      const reader = new Reader(servers[which], 1);
      opened[which].push(weight(await reader.complete));
      reader.close();
      await sleep(400);
    }
  }
  say("opened", { opened });
}

await (config.opens ? open() : load());
process.exit(0);
