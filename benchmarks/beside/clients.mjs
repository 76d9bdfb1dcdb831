// The people at one document: each types single characters into a paragraph of their own, at random moments; one more
// only reads. What is said on stdout (JSON a line) and awaited on stdin is told in beside.py.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import * as Y from "yjs";
import { lineFor, rounded, say, sleep, stdin, until } from "./common.mjs";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));

function lineOf(index, doc) {
  const cookie = config.cookies && config.cookies[index % config.cookies.length];
  return lineFor(config, { cookie, client: doc.clientID });
}

class Reader {
  constructor(index) {
    this.doc = new Y.Doc();
    this.line = lineOf(index, this.doc);
    this.seen = new Map();
    this.onSeen = () => undefined;
    this.line.onUpdate = (update) => Y.applyUpdate(this.doc, update);
    this.doc.on("afterTransaction", ({ beforeState, afterState }) => {
      afterState.forEach((clock, client) => clock > (beforeState.get(client) || 0) && this.onSeen(client, clock));
    });
  }

  /** Characters by writer: each paragraph begins with the writer's number. */
  written() {
    const found = {};
    for (const node of this.doc.getXmlFragment("default").toArray()) {
      const text = node.nodeName === "paragraph" && node.length ? node.get(0).toString() : "";
      const [, index, words] = /^w(\d+):(.*)$/.exec(text) || [];
      if (index !== undefined) found[index] = words.length;
    }
    return found;
  }
}

class Writer {
  constructor(index, figures) {
    Object.assign(this, { index, figures, doc: new Y.Doc(), typed: 0, waiting: [], unseen: [] });
    this.line = lineOf(index, this.doc);
    this.doc.on("update", (update) => this.line.send(update));
    this.line.onAck = (number) => this.acknowledged(number);
  }

  begin() {
    this.text = new Y.XmlText(`w${this.index}:`);
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [this.text]);
    this.doc.getXmlFragment("default").insert(0, [paragraph]);
    this.own = this.line.sent; // the updates that the paragraph took
  }

  type() {
    const at = performance.now();
    this.typed += 1;
    this.waiting.push([this.line.sent + 1, at]);
    this.unseen.push([Y.getState(this.doc.store, this.doc.clientID) + 1, at]);
    this.text.insert(this.text.length, "研");
  }

  acknowledged(number) {
    while (this.waiting.length && this.waiting[0][0] <= number) {
      this.figures.acks.push(performance.now() - this.waiting.shift()[1]);
    }
  }

  shown(clock) {
    while (this.unseen.length && this.unseen[0][0] <= clock) {
      this.figures.shown.push(performance.now() - this.unseen.shift()[1]);
    }
  }

  get acked() {
    return Math.max(0, this.line.confirmed - this.own);
  }

  /** Poisson typing until `edits` are typed or `over` says so. */
  async work(edits, over = () => false) {
    for (let left = edits; left > 0 && !over(); left -= 1) {
      await sleep(-Math.log(1 - Math.random()) * config.mean_ms);
      if (!over()) this.type();
    }
  }
}

async function write() {
  const figures = { acks: [], shown: [] };
  const reader = new Reader(config.writers);
  await reader.line.ready;
  const writers = [];
  for (let index = 0; index < config.writers; index += 1) {
    writers.push(new Writer(index, figures));
    await writers[index].line.ready;
  }
  const byClient = new Map(writers.map((writer) => [writer.doc.clientID, writer]));
  reader.onSeen = (client, clock) => byClient.get(client)?.shown(clock);
  writers.forEach((writer) => writer.begin());
  await until(() => Object.keys(reader.written()).length === writers.length);
  say("ready");
  await stdin.next();
  const bytes = () => [reader, ...writers].reduce((sum, one) => sum + one.line.bytes, 0);
  const before = bytes();
  await Promise.all(writers.map((writer) => writer.work(config.edits)));
  await until(() => figures.shown.length === config.writers * config.edits);
  say("measured", { acks: rounded(figures.acks), shown: rounded(figures.shown), bytes: bytes() - before });
  // Now they go on until the server is killed under them.
  await stdin.next();
  let over = false;
  writers.forEach((writer) => writer.line.socket.on("close", () => (over = true)));
  say("typing");
  await Promise.all(writers.map((writer) => writer.work(Infinity, () => over)));
  const seen = reader.written();
  say("killed", {
    writers: writers.map(({ index, typed, acked }) => ({ index, typed, acked, seen: seen[index] || 0 })),
  });
  process.exit(0);
}

async function read() {
  const reader = new Reader(0);
  await reader.line.ready;
  await sleep(config.settle_ms); // y-websocket answers at once, with nothing, and with the document when it has read it
  say("found", { written: reader.written() });
  process.exit(0);
}

await (config.read ? read() : write());
