// The pages of cells.mjs: each holds the document as Yjs and as the editor has it, as y-tiptap keeps both. Now and then one is
// closed with what it had to say said, and opened anew on what the server has compacted meanwhile.
import * as Y from "yjs";
import { Node, getSchema } from "@tiptap/core";
import { EditorState } from "@tiptap/pm/state";
import { Slice } from "@tiptap/pm/model";
import { CellSelection, TableMap, addColumnAfter, addRowAfter, mergeCells, splitCell, tableEditing, toggleHeaderCell, toggleHeaderRow } from "@tiptap/pm/tables";
import { initProseMirrorDoc, updateYFragment, ySyncPluginKey } from "@tiptap/y-tiptap";
import StarterKit from "@tiptap/starter-kit";
import { writeWords } from "../static/src/editor/exact-words.js";
import { KeptWords } from "../static/src/editor/kept-words.js";
import { PlanCell, PlanHeader, PlanRow, PlanTable } from "../static/src/editor/table-view.js";
import { CELLS, settleBlock } from "../static/src/lessonplans/suggesting/blocks.js";
import { completeRows } from "../static/src/lessonplans/suggesting/columns.js";
import { Reformatting } from "../static/src/lessonplans/suggesting/formats.js";
import { asGrid, regrid } from "../static/src/lessonplans/suggesting/grid.js";
import { isGrid, suggestionsIn } from "../static/src/lessonplans/suggesting/list.js";
import { Deletion, Insertion } from "../static/src/lessonplans/suggesting/marks.js";
import { mendingPlugin } from "../static/src/lessonplans/suggesting/mending.js";
import { asSwitches } from "../static/src/lessonplans/suggesting/switches.js";
import { aloneId, notedIn, settleDoubles } from "../static/src/lessonplans/suggesting/twice.js";

const FIELD = "default";
const FAR = "far";
const LETTERS = [..."ABCDEFGHI"];
/** What is typed is another character each time. */
const TYPED = 0x4e00;
const MANY = 26;
const STEPS = 14;
const ROUNDS = 12;
const MOST_CELLS = 40;
const CLOSES = 8;
const REBORN = 10;
/** After so many rounds a writer who has said nothing counts as gone. */
const GONE = 2;

const Plan = Node.create({ name: "doc", topNode: true, content: "planSection+" });
const Section = Node.create({ name: "planSection", content: "block+" });
const kit = StarterKit.configure({ document: false, undoRedo: false });
const schema = getSchema([Plan, Section, kit, PlanTable, PlanRow, PlanCell, PlanHeader, Insertion, Deletion, Reformatting]);

/** Numbers that are the same for the same seed. */
function dice(seed) {
  let state = (seed * 7919 + 13) % 2147483647;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

class Page {
  /** The page that `former` was, closed and opened again, where there is one: what it said goes on being heard. */
  constructor(number, update, former) {
    this.number = number;
    this.slot = former?.slot ?? number;
    this.y = new Y.Doc();
    this.y.clientID = number;
    Y.applyUpdate(this.y, update);
    this.root = this.y.getXmlFragment(FIELD);
    this.sent = former?.sent ?? [];
    this.heard = new Map();
    this.y.on("update", (change, origin) => origin !== FAR && this.sent.push(change));
    const { doc, mapping } = initProseMirrorDoc(this.root, schema);
    this.mapping = mapping;
    this.state = EditorState.create({ doc, plugins: [mendingPlugin(), tableEditing()] });
    const allows = (name) => ["planSection", ...CELLS].includes(name);
    const page = { allows, caretText: () => null, canWrite: () => true, ready: async () => undefined, kept: () => undefined };
    this.kept = new KeptWords(this.y, FIELD, page);
  }

  apply(tr) {
    const { doc } = this.state;
    const { state, transactions } = this.state.applyTransaction(tr);
    this.state = state;
    const own = tr.getMeta(ySyncPluginKey) ? transactions.slice(1) : transactions;
    this.write(
      own === transactions ? doc : tr.doc,
      own.flatMap(({ mapping }) => mapping.maps),
    );
  }

  write(base, maps) {
    const meta = { mapping: this.mapping, isOMark: new Map() };
    const { doc } = this.state;
    this.y.transact(() => writeWords(this.root, base, maps, doc, () => updateYFragment(this.y, this.root, doc, meta)));
  }

  async hear(other) {
    const from = this.heard.get(other.slot) || 0;
    const news = other.sent.slice(from);
    this.heard.set(other.slot, from + news.length);
    await this.takeIn(news);
  }

  /** `vector` is what the server had, where this page has words that never reached it. */
  async takeIn(news, vector) {
    news.forEach((update) => this.kept.around(update, () => Y.applyUpdate(this.y, update, FAR), vector));
    // Words that would be lost are put back by a timer.
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.look();
  }

  settle(isMine) {
    settleDoubles(this.y, isMine);
    this.look();
  }

  /** Take the document into the editor; what its plugins mend is written down. */
  look() {
    const { doc, mapping } = initProseMirrorDoc(this.root, schema);
    this.mapping = mapping;
    const tr = this.state.tr.replace(0, this.state.doc.content.size, new Slice(doc.content, 0, 0));
    this.apply(tr.setMeta(ySyncPluginKey, { isChangeOrigin: true }));
  }

  says() {
    return JSON.stringify(this.state.doc.toJSON());
  }
}

function cellsIn(doc) {
  const found = [];
  doc.descendants((node, at) => void (CELLS.includes(node.type.name) && found.push(at)));
  return found;
}

/** What a command would do, without doing it. */
function made(command, state) {
  let found = null;
  command(state, (tr) => (found = tr));
  return found;
}

/** One thing that somebody does; returns how many suggestions they accept. What they type is added to `words`. */
function act(page, roll, words) {
  const { state } = page;
  const cells = cellsIn(state.doc);
  if (!cells.length) return 0;
  const [one, other] = [cells[roll(cells.length)], cells[roll(cells.length)]];
  const choose = (from, to) => state.apply(state.tr.setSelection(CellSelection.create(state.doc, from, to)));
  const attrs = { id: `${page.number}-${roll(1e6)}`, author: page.number, name: `P${page.number}`, at: 1 };
  const what = roll(12);
  if (what < 3) {
    const chosen = what < 2 ? choose(one, other) : choose(one, one);
    const tr = made(what < 2 ? mergeCells : splitCell, chosen);
    const suggested = tr && asGrid(tr, chosen.tr, attrs);
    if (suggested) page.apply(suggested);
  } else if (what < 4) {
    if (cells.length < MOST_CELLS) page.apply(completeRows(made(roll(2) ? addRowAfter : addColumnAfter, choose(one, one))));
  } else if (what < 7) {
    words.push(String.fromCharCode(TYPED + words.length * MANY + roll(MANY)));
    page.apply(state.tr.insertText(words[words.length - 1], one + 2));
  } else if (what > 9) {
    const chosen = roll(2) ? choose(one, other) : choose(one, one);
    const suggested = asSwitches(made(roll(2) ? toggleHeaderCell : toggleHeaderRow, chosen), chosen.tr, attrs);
    if (suggested) page.apply(suggested);
  } else {
    return decide(page, roll);
  }
  return 0;
}

function decide(page, roll) {
  const open = suggestionsIn(page.state.doc).filter(({ ranges }) => ranges.some(isGrid));
  if (!open.length) return 0;
  const { id, ranges } = open[roll(open.length)];
  const { tr } = page.state;
  const isAccepted = roll(3) > 0;
  if (isAccepted) notedIn(page.y, aloneId(id), () => page.apply(regrid(tr, [id])));
  else page.apply(ranges.reduce((out, { from, kind }) => settleBlock(out, from, kind, false), tr));
  return Number(isAccepted);
}

function beginning() {
  const cell = (words) => ({ type: "tableCell", content: [{ type: "paragraph", content: [{ type: "text", text: words }] }] });
  const rows = [0, 3, 6].map((n) => ({ type: "tableRow", content: LETTERS.slice(n, n + 3).map(cell) }));
  const content = [{ type: "table", content: rows }, { type: "paragraph" }];
  const doc = schema.nodeFromJSON({ type: "doc", content: [{ type: "planSection", content }] });
  const base = new Y.Doc();
  base.clientID = 1;
  updateYFragment(base, base.getXmlFragment(FIELD), doc, { mapping: new Map(), isOMark: new Map() });
  return Y.encodeStateAsUpdate(base);
}

/** Close a page and open another in its place. Either it is gone as soon as the others heard what it said, perhaps before it
 *  heard them, and the new one opens what the server has compacted; or it was without a line, opens what its machine
 *  remembers and takes in from the server what it did not know. What the server has, the others have heard. */
async function reopened(pages, at, update, roll) {
  const former = pages[at];
  const others = pages.filter((page) => page !== former);
  const wasOffline = roll(2) > 0;
  for (const one of others) for (const other of pages) if (one !== other && (other !== former || !wasOffline)) await one.hear(other);
  former.kept.putBackNow();
  const reached = Math.max(...others.map((page) => page.heard.get(former.slot) || 0));
  const said = [update, ...others.flatMap(({ sent }) => sent), ...former.sent.slice(0, wasOffline ? reached : former.sent.length)];
  const server = new Y.Doc();
  said.forEach((change) => Y.applyUpdate(server, change));
  const page = new Page(former.number + REBORN, wasOffline ? Y.encodeStateAsUpdate(former.y) : Y.encodeStateAsUpdate(server), former);
  former.kept.destroy();
  pages.forEach(({ slot, sent }) => page.heard.set(slot, sent.length));
  if (wasOffline) await page.takeIn([Y.encodeStateAsUpdate(server, Y.encodeStateVector(former.y))], Y.encodeStateVector(server));
  else page.look();
  return page;
}

/** One run; returns how many suggestions were accepted and whether a word stands twice, throws with the seed where something is wrong at the end. */
export async function run(seed) {
  const roll = dice(seed);
  const update = beginning();
  const pages = [2, 3, 4].slice(0, 2 + roll(2)).map((number) => new Page(number, update));
  const words = [...LETTERS];
  let accepted = 0;
  for (let step = 0; step < STEPS; step += 1) {
    accepted += act(pages[roll(pages.length)], roll, words);
    if (!roll(CLOSES)) {
      const at = roll(pages.length);
      pages[at] = await reopened(pages, at, update, roll);
    }
    const [one, other] = [pages[roll(pages.length)], pages[roll(pages.length)]];
    if (one === other || roll(2)) continue;
    await one.hear(other);
    if (roll(2)) one.settle((client) => client === one.number);
  }
  await settleAll(pages, seed);
  const twice = check(pages, words, seed);
  pages.forEach(({ kept }) => kept.destroy());
  return { accepted, twice };
}

/** Everybody hears everything, until nothing changes any more. */
async function settleAll(pages, seed) {
  let before = "";
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of pages) for (const other of pages) if (one !== other) await one.hear(other);
    if (round > GONE) pages.forEach(({ kept }) => kept.putBackNow());
    pages.forEach((page) => page.settle((client) => round > GONE || client === page.number));
    const now = pages.map((page) => page.says()).join("\n");
    if (now === before && round > GONE + 1) return;
    before = now;
  }
  throw new Error(`seed ${seed}: it does not come to rest`);
}

function check(pages, words, seed) {
  const [said] = pages.map((page) => page.says());
  if (pages.some((page) => page.says() !== said)) throw new Error(`seed ${seed}: the pages differ`);
  if (pages.some(({ root }) => root.toString() !== pages[0].root.toString())) throw new Error(`seed ${seed}: the documents differ`);
  const { doc } = pages[0].state;
  const lost = words.filter((letter) => !doc.textContent.includes(letter));
  if (lost.length) throw new Error(`seed ${seed}: lost ${lost.join(" ")}`);
  doc.descendants((node) => {
    if (node.type.name === "table" && TableMap.get(node).problems) throw new Error(`seed ${seed}: the table is broken`);
  });
  return words.some((letter) => doc.textContent.split(letter).length > 2);
}
