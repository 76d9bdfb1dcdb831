// The pages of suggesters.py: the editor's own modules as y-tiptap keeps them, some that write and some that only suggest.
// What they send is judged by the server's own code at the other end of this process's standard streams.
import { createInterface } from "node:readline";
import process from "node:process";
import * as Y from "yjs";
import { getSchema } from "@tiptap/core";
import { EditorState, TextSelection } from "@tiptap/pm/state";
import { Slice } from "@tiptap/pm/model";
import { CellSelection, addColumnAfter, addRowAfter, deleteColumn, deleteRow, mergeCells, tableEditing, toggleHeaderCell } from "@tiptap/pm/tables";
import { initProseMirrorDoc, updateYFragment, ySyncPluginKey } from "@tiptap/y-tiptap";
import { writeWords } from "../static/src/editor/exact-words.js";
import { ownNumber } from "../static/src/editor/own-number.js";
import { extensions } from "../static/src/editor/schema.js";
import { besideBlock, isOwn, settleBlock } from "../static/src/lessonplans/suggesting/blocks.js";
import { becomeFormula } from "../static/src/lessonplans/suggesting/formulas.js";
import { suggestionsIn } from "../static/src/lessonplans/suggesting/list.js";
import { BREAK, INSERTION } from "../static/src/lessonplans/suggesting/marks.js";
import { mendingPlugin } from "../static/src/lessonplans/suggesting/mending.js";
import { PLAIN, SuggestingMode } from "../static/src/lessonplans/suggesting/mode.js";

const FIELD = "default";
const FAR = "far";
const STEPS = 40;
const schema = getSchema(extensions());

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const encoded = (update) => Buffer.from(update).toString("base64");

/** Ask the server; its answer is one line. */
async function ask(question) {
  process.stdout.write(`${JSON.stringify(question)}\n`);
  const { value } = await lines.next();
  return JSON.parse(value);
}

/** Numbers that are the same for the same seed. */
function dice(seed) {
  let state = (seed * 7919 + 13) % 2147483647;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

class Page {
  constructor(number, role, log, letters) {
    Object.assign(this, { number, role, log, letters, tabs: 0, lost: 0 });
    const provider = { role, me: { name: `P${number}` } };
    this.mode = new SuggestingMode(provider, { userId: String(number), proposes: "false" });
    this.open();
  }

  /** With what the server has. */
  open() {
    this.y = new Y.Doc();
    const n = this.tabs++;
    this.y.clientID = this.role === "suggest" ? ownNumber(this.number, n) : this.number * 1000 + n;
    this.log.forEach(({ update }) => Y.applyUpdate(this.y, update, FAR));
    this.heard = this.log.length;
    this.sent = [];
    this.y.on("update", (change, origin) => origin !== FAR && this.sent.push(change));
    this.root = this.y.getXmlFragment(FIELD);
    const { doc, mapping } = initProseMirrorDoc(this.root, schema);
    this.mapping = mapping;
    this.state = EditorState.create({ doc, plugins: [mendingPlugin(), tableEditing(), this.mode.plugin()] });
  }

  dispatch(transaction) {
    const kept = this.mode.allowed(this.mode.judged(transaction, this.state));
    if (!kept) return;
    const { doc } = this.state;
    const { state, transactions } = this.state.applyTransaction(kept.setMeta("judged", true));
    this.state = state;
    this.write(doc, transactions.flatMap(({ mapping }) => mapping.maps));
  }

  write(base, maps) {
    const meta = { mapping: this.mapping, isOMark: new Map() };
    const { doc } = this.state;
    this.y.transact(() => writeWords(this.root, base, maps, doc, () => updateYFragment(this.y, this.root, doc, meta)));
  }

  hear() {
    const news = this.log.slice(this.heard);
    this.heard = this.log.length;
    news.filter(({ from }) => from !== this).forEach(({ update }) => Y.applyUpdate(this.y, update, FAR));
    if (!news.length) return;
    const { doc, mapping } = initProseMirrorDoc(this.root, schema);
    this.mapping = mapping;
    const tr = this.state.tr.replace(0, this.state.doc.content.size, new Slice(doc.content, 0, 0));
    this.state = this.state.apply(tr.setMeta(ySyncPluginKey, { isChangeOrigin: true }));
    if (this.role === "write") this.write(this.state.doc, []);
  }

  /** Returns why it was refused, or an empty text. */
  async send() {
    if (!this.sent.length) return "";
    const update = this.sent.length === 1 ? this.sent[0] : Y.mergeUpdates(this.sent);
    this.sent = [];
    const { refused } = await ask({ update: encoded(update), role: this.role, author: this.number, name: `P${this.number}` });
    if (refused) {
      const before = this.words();
      this.open();
      this.lost += Math.max(0, before - this.words());
    } else this.log.push({ update, from: this });
    return refused;
  }

  /** How many characters of this person wait for a decision. */
  words() {
    const own = suggestionsIn(this.state.doc).filter(({ author }) => author === this.number);
    return own.flatMap(({ ranges }) => ranges).reduce((sum, { kind, text }) => sum + (kind === INSERTION && text ? text.length : 0), 0);
  }
}

function placesIn(doc, name) {
  const found = [];
  doc.descendants((node, at) => void ((name ? node.type.name === name : node.isTextblock) && found.push({ node, at })));
  return found;
}

function act(page, roll) {
  const { state } = page;
  const lines_ = placesIn(state.doc);
  const { node, at } = lines_[roll(lines_.length)];
  const spot = at + 1 + roll(node.content.size + 1);
  const what = roll(25);
  // Of a short alphabet the same letters stand side by side, where a difference can be told in several ways.
  const letters = Array.from({ length: 1 + roll(3) }, () => page.letters[roll(page.letters.length)]).join("");
  if (what < 8) page.dispatch(state.tr.insertText(letters, spot));
  else if (what < 11) remove(page, at, node, roll);
  else if (what < 12 && page.mode.on) page.dispatch(state.tr.insert(spot, schema.text(BREAK)));
  else if (what < 12) page.dispatch(state.tr.split(spot));
  else if (what < 13) page.dispatch(state.tr.addMark(at + 1, spot, schema.marks.bold.create()));
  else if (what < 14) reshape(page, at, node, roll);
  else if (what < 15) page.dispatch(state.tr.setNodeAttribute(at, "textAlign", roll(2) ? "center" : null));
  else if (what < 17) inTable(page, roll);
  else if (what < 18) tick(page, roll);
  else if (what < 19) picture(page, spot);
  else if (what < 20) resize(page, roll);
  else if (what < 22) formula(page, at, node, roll);
  else decide(page, roll);
}

function remove(page, at, node, roll) {
  const from = at + 1 + roll(node.content.size + 1);
  const to = Math.min(at + 1 + node.content.size, from + 1 + roll(3));
  if (from < to) page.dispatch(page.state.tr.delete(from, to));
}

function reshape(page, at, node, roll) {
  const isHeading = node.type.name === "heading";
  const type = schema.nodes[isHeading ? "paragraph" : "heading"];
  // Who ends a paragraph under others' words: kept-words.js is not part of this.
  if (page.role === "suggest" || roll(4) === 0) page.dispatch(page.state.tr.setBlockType(at + 1, at + 1, type, isHeading ? {} : { level: 3 }));
}

function inTable(page, roll) {
  const cells = placesIn(page.state.doc, "tableCell");
  if (!cells.length) return;
  const one = cells[roll(cells.length)].at;
  const table = ({ at }) => page.state.doc.resolve(at).node(-1);
  const beside = cells.filter((cell) => table(cell) === table({ at: one }));
  const other = beside[roll(beside.length)].at;
  const chosen = page.state.apply(page.state.tr.setSelection(CellSelection.create(page.state.doc, one, other)));
  const command = [mergeCells, deleteRow, addRowAfter, toggleHeaderCell, addRowAfter, addColumnAfter, deleteColumn][roll(7)];
  if (page.role === "write" && !page.mode.on && command !== addRowAfter) return;
  if ([addRowAfter, addColumnAfter].includes(command) && beside.length > 16) return;
  command(chosen, (tr) => page.dispatch(tr));
}

/** Who writes plainly parts the text around one: others' words there are not part of this. */
function formula(page, at, node, roll) {
  const own = page.state.schema.nodes.formula.create({ tex: `x^{${roll(9)}}` });
  if (page.mode.on) page.dispatch(page.state.tr.insert(at + 1 + roll(node.content.size + 1), own));
  else if (roll(4) === 0) page.dispatch(page.state.tr.insert(at + 1 + node.content.size, own));
}

/** As `pictures.js` puts one in that has arrived. */
function picture(page, spot) {
  const proposed = page.mode.newInsertion();
  if (placesIn(page.state.doc, "image").length > 8) return;
  const at = proposed ? besideBlock(page.state.doc, spot) : page.state.doc.resolve(spot).before();
  const src = `/lesson-plans/1/images/${page.number}`;
  page.dispatch(page.state.tr.setMeta(PLAIN, true).insert(at, schema.nodes.image.create({ src, ...proposed })));
}

/** What one suggests oneself gets another size. */
function resize(page, roll) {
  const own = placesIn(page.state.doc, "image").filter(({ node }) => isOwn(node, page.number));
  if (!own.length) return;
  const { node, at } = own[roll(own.length)];
  page.dispatch(page.state.tr.setNodeMarkup(at, null, { ...node.attrs, size: roll(2) ? "half" : null }));
}

function tick(page, roll) {
  const tasks = placesIn(page.state.doc, "taskItem");
  if (!tasks.length) return;
  const { node, at } = tasks[roll(tasks.length)];
  page.dispatch(page.state.tr.setNodeMarkup(at, null, { ...node.attrs, checked: !node.attrs.checked }));
}

/** Take back one's own, or decide on any. */
function decide(page, roll) {
  const all = suggestionsIn(page.state.doc);
  const open = page.role === "write" ? all : all.filter(({ author }) => author === page.number);
  if (!open.length) return;
  const { ranges } = open[roll(open.length)];
  const accepted = page.role === "write" && roll(2) === 0;
  const tr = page.state.tr.setMeta(PLAIN, true);
  for (const { from, to, kind, mark, block, tex } of [...ranges].sort((one, other) => other.from - one.from)) {
    if (block && accepted) continue;
    if (block) settleBlock(tr, from, kind, false);
    else if ((kind === INSERTION) === accepted) {
      tr.removeMark(from, to, mark);
      if (tex && kind === INSERTION) becomeFormula(tr, from, to, tex);
    }
    else tr.delete(from, to);
  }
  if (tr.docChanged) page.dispatch(tr);
}

async function run(seed, isInTurn) {
  const roll = dice(seed);
  const { state, letters } = await ask({ begin: seed });
  const log = [{ update: Buffer.from(state, "base64"), from: null }];
  const roles = ["write", "suggest", "suggest", ...(roll(2) ? ["write"] : [])];
  const pages = roles.map((role, n) => new Page(n + 1, role, log, letters));
  const told = { sent: 0, refused: {}, lost: 0 };
  const send = async (page) => {
    told.sent += page.role === "suggest" && page.sent.length ? 1 : 0;
    const why = await page.send();
    if (why) told.refused[why] = (told.refused[why] || 0) + 1;
  };
  for (let step = 0; step < STEPS; step += 1) {
    const page = pages[roll(pages.length)];
    if (isInTurn) page.hear();
    if (page.role === "write" && roll(8) === 0) page.mode.turn(!page.mode.turned);
    act(page, roll);
    if (isInTurn || roll(2)) await send(page);
    if (roll(2)) pages[roll(pages.length)].hear();
  }
  // Hearing may make whoever writes put something right.
  for (let round = 0; round < 6; round += 1) {
    for (const page of pages) {
      await send(page);
      page.hear();
    }
  }
  const { says } = await ask({ end: seed });
  for (const page of pages) {
    told.lost += page.lost;
    if (page.root.toString() !== pages[0].root.toString()) throw new Error(`seed ${seed}: the pages differ`);
    if ((await ask({ same: encoded(Y.encodeStateAsUpdate(page.y)) })).says !== says) throw new Error(`seed ${seed}: server and page differ`);
  }
  return told;
}

const [first, runs, isInTurn] = process.argv.slice(2).map(Number);
const sum = { sent: 0, refused: {}, lost: 0 };
for (let seed = first; seed < first + runs; seed += 1) {
  const told = await run(seed, isInTurn === 1);
  sum.sent += told.sent;
  sum.lost += told.lost;
  for (const [why, count] of Object.entries(told.refused)) sum.refused[why] = (sum.refused[why] || 0) + count;
}
await ask({ done: sum });
process.exit(0);
