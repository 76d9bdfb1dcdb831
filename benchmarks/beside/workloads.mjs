// The workloads of realtime.md: people in documents who type 1 to 4 Han characters at a time and now and then take the
// last one away, as Poisson lets them; in each document one more person only reads. Afterwards fresh clients read
// every document back. What is said on stdout (JSON a line) and awaited on stdin is told in beside.py.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import * as Y from "yjs";
import { lineFor, rounded, say, sleep, stdin, until } from "./common.mjs";
import { caretFrame } from "./lines.mjs";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const WORDS = "教学设计研究课堂学生目标重难点过程评价作业板书反思";

function lineOf(person, doc) {
  const document = person % config.documents;
  const plan = config.plans && config.plans[document];
  return lineFor(config, { room: `plan${document}`, plan, cookie: config.cookies?.[person], client: doc.clientID });
}

class Reader {
  constructor(document) {
    this.doc = new Y.Doc();
    this.line = lineOf(document, this.doc); // the first people of the list, one for each document
    this.onSeen = () => undefined;
    this.line.onUpdate = (update) => Y.applyUpdate(this.doc, update);
    this.doc.on("afterTransaction", ({ beforeState, afterState }) => {
      afterState.forEach((clock, client) => clock > (beforeState.get(client) || 0) && this.onSeen(client, clock));
    });
  }

  /** What each paragraph says; a writer's begins with the writer's number. */
  texts() {
    const nodes = this.doc.getXmlFragment("default").toArray();
    return new Set(nodes.map((node) => (node.nodeName === "paragraph" && node.length ? node.get(0).toString() : "")));
  }
}

class Writer {
  constructor(person, figures) {
    Object.assign(this, { person, figures, doc: new Y.Doc(), waiting: [], unseen: [], carets: 0 });
    this.line = lineOf(person, this.doc);
    this.line.onAck = (number) => this.acknowledged(number);
    this.doc.on("update", (update) => this.line.send(update));
  }

  begin() {
    this.text = new Y.XmlText(`w${this.person}:`);
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [this.text]);
    this.doc.getXmlFragment("default").insert(0, [paragraph]);
  }

  type() {
    const at = performance.now();
    const from = Math.floor(Math.random() * (WORDS.length - 4));
    const word = WORDS.slice(from, from + 1 + Math.floor(Math.random() * 4));
    this.waiting.push([this.line.sent + 1, at]);
    this.unseen.push([Y.getState(this.doc.store, this.doc.clientID) + word.length, at]);
    this.doc.transact(() => {
      this.text.insert(this.text.length, word);
      if (Math.random() < 0.1) this.text.delete(this.text.length - 1, 1);
    });
    if (config.cursors) this.line.point(caretFrame(this.doc.clientID, (this.carets += 1), this.text.length));
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

  async work(over) {
    for (;;) {
      await sleep(-Math.log(1 - Math.random()) * config.mean_ms);
      if (over()) return;
      this.type();
    }
  }
}

async function joined(people) {
  for (const person of people) await person.line.ready;
  return people;
}

async function write() {
  const figures = { acks: [], shown: [] };
  const numbers = [...Array(config.people).keys()];
  const readers = await joined(numbers.slice(0, config.documents).map((document) => new Reader(document)));
  const writers = [];
  for (const person of numbers.slice(config.documents)) writers.push(...(await joined([new Writer(person, figures)])));
  const byClient = new Map(writers.map((writer) => [writer.doc.clientID, writer]));
  for (const reader of readers) reader.onSeen = (client, clock) => byClient.get(client)?.shown(clock);
  writers.forEach((writer) => writer.begin());
  const readerOf = (writer) => readers[writer.person % config.documents];
  await until(() => writers.every((writer) => readerOf(writer).texts().has(`w${writer.person}:`)));
  say("ready");
  await stdin.next();
  const bytes = () => [...readers, ...writers].reduce((sum, one) => sum + one.line.bytes, 0);
  const [before, end] = [bytes(), performance.now() + config.seconds * 1000];
  await Promise.all(writers.map((writer) => writer.work(() => performance.now() > end)));
  await until(() => writers.every((writer) => !writer.unseen.length));
  say("measured", { acks: rounded(figures.acks), shown: rounded(figures.shown), bytes: bytes() - before });
  await stdin.next();
  const fresh = await joined(readers.map((_, document) => new Reader(document)));
  await sleep(config.settle_ms);
  const lost = writers.filter((writer) => !fresh[writer.person % config.documents].texts().has(writer.text.toString()));
  say("read back", { lost: lost.length });
  process.exit(0);
}

await write();
