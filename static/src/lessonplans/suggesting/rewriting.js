// What a person does to the text, turned into suggestions: typed text is marked as put in, text that would go stays and is
// marked as taken out, one's own suggested text really goes. What cannot be said that way is refused as a whole.
import { Fragment } from "@tiptap/pm/model";
import { Selection, TextSelection } from "@tiptap/pm/state";
import { AddMarkStep, RemoveMarkStep, ReplaceAroundStep, ReplaceStep, canJoin } from "@tiptap/pm/transform";
import { changesOf, ownAround, putsRow, suggestBlocks } from "./blocks.js";
import { suggestShape } from "./formats.js";
import { texOf } from "./formulas.js";
import { BREAK, DELETION, INSERTION, JOIN, isSuggestion, markOf } from "./marks.js";

const FORMULA = "formula";
/** What stands for itself and says in its attributes that it would go. */
const LEAVES = ["image", FORMULA];
const FLAT = ["paragraph", "heading", "blockquote", "bulletList", "orderedList", "taskList", "listItem", "taskItem"];

/** Return the transaction that suggests what `transaction` does; null where that is impossible. */
export function asSuggestion(transaction, state, author) {
  const out = state.tr;
  for (let n = 0; n < transaction.steps.length; n += 1) {
    const step = transaction.steps[n];
    const isLook = step instanceof AddMarkStep || step instanceof RemoveMarkStep;
    // An inverted slice of a mapping is the whole of it, so the steps are gone back one by one.
    const earlier = transaction.mapping.maps.slice(0, n).reverse();
    const back = (position, side) => earlier.reduce((at, map) => map.invert().map(at, side), position);
    const place = (position, side) => out.mapping.map(back(position, side), side);
    const range = { from: place(step.from, step.from === step.to ? 1 : -1), to: place(step.to, 1) };
    if (step instanceof ReplaceAroundStep && suggestShape(out, step, range.from, newAttributes(author))) continue;
    if (step instanceof ReplaceStep && suggestBlocks(out, step, range, newAttributes(author))) continue;
    const words = step instanceof ReplaceStep ? wordsOf(step.slice, state.schema, isBrought(transaction)) : null;
    if (!words && !isLook) return null;
    const attrs = attributesBeside(out.doc.resolve(range.from), out.doc.resolve(range.to), author);
    if (isLook) reformat(out, range, step, attrs);
    else if (!rewrite(out, range, words, attrs, state.selection)) return null;
  }
  return carriedOver(transaction, out);
}

/** Return the transaction that makes suggestions of what was written since `before`, or takes it back where it cannot. */
export function suggestedSince(before, state, author) {
  const out = state.tr;
  const from = before.content.findDiffStart(state.doc.content);
  let { a, b } = before.content.findDiffEnd(state.doc.content);
  const overlap = Math.max(0, from - Math.min(a, b));
  a += overlap;
  b += overlap;
  const written = wordsOf(state.doc.slice(from, b), state.schema);
  const words = written && written.map((node) => (node.text === BREAK ? node : bare(node)));
  const attrs = attributesBeside(before.resolve(from), before.resolve(a), author);
  out.replace(from, b, before.slice(from, a));
  const refused = !words || !rewrite(out, { from, to: a }, words, attrs, state.selection);
  return { transaction: out, refused };
}

/** A suggestion beside an own one goes on with it, so that replacing a word is one suggestion. */
function attributesBeside(start, end, { id, name }) {
  const sides = start.pos < end.pos ? [end.nodeAfter, start.nodeBefore, start.nodeAfter] : [start.nodeBefore, start.nodeAfter];
  for (const node of sides) {
    const own = node && node.isText && node.marks.find((mark) => isSuggestion(mark) && mark.attrs.author === id);
    if (own) return own.attrs;
  }
  const around = start.sameParent(end) && ownAround(start, id);
  if (around) return around;
  return newAttributes({ id, name });
}

/** What a suggestion says that nobody has begun yet. */
export function newAttributes({ id, name }) {
  return { id: `${id}-${Math.random().toString(36).slice(2, 10)}`, author: id, name, at: Date.now() };
}

/** Whether the text comes from elsewhere: what was struck there does not come along. */
const isBrought = (transaction) => ["paste", "drop"].includes(transaction.getMeta("uiEvent")) || transaction.getMeta("paste");

/** The text of a slice as inline nodes; paragraphs become one line with a break between. Null: there is more than text. */
export function wordsOf(slice, schema, isFromElsewhere) {
  const lines = [];
  if (!gather(slice.content, lines)) return null;
  const nodes = [];
  lines.forEach((line, n) => {
    if (n) nodes.push(schema.text(BREAK));
    nodes.push(...(isFromElsewhere ? line.filter((node) => !markOf(node, DELETION)).map(brought) : line));
  });
  return nodes;
}

/** A ¶ that somebody writes is a character: only a suggestion's own one is a break. */
export const withoutBreaks = (text) => text.split(BREAK).join("↵").split(JOIN).join("↵");

const bare = (node) => (withoutBreaks(node.text) !== node.text ? node.type.schema.text(withoutBreaks(node.text), node.marks) : node);
const brought = (node) => (markOf(node, INSERTION) ? node : bare(node));

function gather(content, lines) {
  let ok = true;
  content.forEach((node) => {
    if (node.isText || node.type.name === FORMULA) {
      if (!lines.length) lines.push([]);
      lines[lines.length - 1].push(node.isText ? node : texOf(node));
    } else if (node.isTextblock && FLAT.includes(node.type.name)) {
      lines.push([]);
      ok = ok && gather(node.content, lines);
    } else if (FLAT.includes(node.type.name)) {
      ok = ok && gather(node.content, lines);
    } else {
      ok = false;
    }
  });
  return ok;
}

function rewrite(out, { from, to }, words, attrs, selection) {
  const start = out.doc.resolve(from);
  const end = out.doc.resolve(to);
  if (!start.parent.isTextblock || !end.parent.isTextblock) return false;
  const going = takeOut(out, from, to, attrs);
  if (!going) return false;
  const joins = start.sameParent(end) ? [] : joinUp(out, from, going.end, attrs);
  if (!going.touched && !start.sameParent(end) && !joins.length) return false;
  const behind = start.sameParent(end) ? going.end : from;
  if (words.length) putIn(out, behind, words, attrs);
  else setCaret(out, selection.empty && selection.head > from ? Math.min(from, ...joins) : out.mapping.map(to, 1));
  return true;
}

/** Say at the end of every paragraph in a range but the last that the next one joins on; returns where that is said. */
function joinUp(out, from, to, attrs) {
  const ends = [];
  out.doc.nodesBetween(from, to, (node, position) => {
    const end = position + node.nodeSize - 1;
    if (node.isTextblock && end >= from && end < to && isJoinable(out.doc.resolve(end))) ends.push({ node, end });
    return !node.isTextblock;
  });
  const mark = out.doc.type.schema.marks[INSERTION].create(attrs);
  return ends.reverse().map(({ node: { lastChild }, end }) => {
    if (lastChild && lastChild.isText && markOf(lastChild, INSERTION) && lastChild.text.endsWith(JOIN)) return end - 1;
    out.insert(end, out.doc.type.schema.text(JOIN, [mark]));
    return end;
  });
}

/** Whether a paragraph goes before another one, or an item before another one. */
export function isJoinable(place) {
  const depth = joiningDepth(place);
  return depth > 0 && canJoin(place.doc, place.after(place.depth - depth + 1));
}

/** How many levels join: 1 for paragraphs side by side, 2 for items of one list, 0 where nothing of the kind follows. */
export function joiningDepth(place) {
  const next = following(place, 1);
  if (next) return next.isTextblock ? 1 : 0;
  if (place.depth < 2 || !ITEMS.includes(place.node(-1).type.name)) return 0;
  const item = following(place, 2);
  return item && item.type === place.node(-1).type && item.firstChild.isTextblock ? 2 : 0;
}

/** What stands behind the node so many levels up, in the same parent. */
function following(place, levels) {
  const level = place.depth - levels;
  return level < 0 ? null : place.node(level).maybeChild(place.indexAfter(level));
}

const ITEMS = ["listItem", "taskItem"];

/** The texts of a range, each with what of it is in the range. */
function textsIn(doc, from, to) {
  const pieces = [];
  doc.nodesBetween(from, to, (node, position) => {
    if (node.isText) pieces.push({ node, from: Math.max(from, position), to: Math.min(to, position + node.nodeSize) });
  });
  return pieces;
}

/** Words that look different are the old ones taken out and the same put in; one's own suggested words just change. */
function reformat(out, { from, to }, step, attrs) {
  const { insertion, deletion } = out.doc.type.schema.marks;
  const changed = (marks) => (step instanceof AddMarkStep ? step.mark.addToSet(marks) : step.mark.removeFromSet(marks));
  for (const { node, ...piece } of textsIn(out.doc, from, to).reverse()) {
    const own = markOf(node, INSERTION);
    if (own && own.attrs.author === attrs.author) {
      if (step instanceof AddMarkStep) out.addMark(piece.from, piece.to, step.mark);
      else out.removeMark(piece.from, piece.to, step.mark);
    } else if (!markOf(node, DELETION)) {
      const text = out.doc.textBetween(piece.from, piece.to);
      out.insert(piece.to, out.doc.type.schema.text(text, insertion.create(attrs).addToSet(changed(node.marks))));
      out.addMark(piece.from, piece.to, deletion.create(attrs));
    }
  }
}

/** Mark what would go; own insertions go at once. Null: there is something that cannot be marked. */
function takeOut(out, from, to, attrs) {
  const mark = out.doc.type.schema.marks[DELETION].create(attrs);
  let whole = true;
  out.doc.nodesBetween(from, to, (node) => {
    if (!node.isText && node.isLeaf && !LEAVES.includes(node.type.name)) whole = false;
    return whole;
  });
  if (!whole) return null;
  const leaves = leavesIn(out.doc, from, to);
  const pieces = textsIn(out.doc, from, to);
  let end = to;
  // Pictures and formulas stay where they are until somebody decides, one's own too: to take one of those out it is chosen by itself.
  leaves.forEach(({ node, at }) => {
    if (!changesOf(node).length) out.setNodeAttribute(at, DELETION, { ...attrs });
  });
  for (const piece of pieces.reverse()) {
    const own = markOf(piece.node, INSERTION);
    if (own && own.attrs.author === attrs.author) {
      out.delete(piece.from, piece.to);
      end -= piece.to - piece.from;
    } else if (!markOf(piece.node, DELETION)) {
      out.addMark(piece.from, piece.to, mark);
    }
  }
  return { touched: pieces.length + leaves.length, end };
}

function leavesIn(doc, from, to) {
  const found = [];
  doc.nodesBetween(from, to, (node, at) => {
    if (LEAVES.includes(node.type.name) && at >= from && at + node.nodeSize <= to) found.push({ node, at });
  });
  return found;
}

function putIn(out, at, words, attrs) {
  const mark = out.doc.type.schema.marks[INSERTION].create(attrs);
  const nodes = words.map((node) => node.mark(mark.addToSet(node.marks.filter((one) => !isSuggestion(one)))));
  const content = Fragment.from(nodes);
  out.replaceWith(at, at, content);
  setCaret(out, at + content.size);
}

const setCaret = (out, at) => out.setSelection(TextSelection.near(out.doc.resolve(at)));

function carriedOver(transaction, out) {
  for (const [key, value] of Object.entries(transaction.meta)) out.setMeta(key, value);
  if (transaction.storedMarksSet) out.setStoredMarks(transaction.storedMarks);
  if (transaction.scrolledIntoView) out.scrollIntoView();
  // Where the same stands at the same place: a new row, in which the next word goes.
  const isSame = transaction.selectionSet && transaction.doc.content.size === out.doc.content.size;
  if (isSame && transaction.steps.some(({ slice }) => putsRow(slice))) {
    out.setSelection(Selection.fromJSON(out.doc, transaction.selection.toJSON()));
  }
  return out;
}

/** Text that is typed without suggesting, in the middle of what somebody would take out, stays when that goes. */
export function outsideDeletions(transaction, state) {
  transaction.steps.forEach((step, n) => {
    if (!(step instanceof ReplaceStep) || !typed(step.slice)) return;
    const after = transaction.mapping.slice(n + 1);
    const from = after.map(step.from, -1);
    transaction.removeMark(from, after.map(step.from + step.slice.size, 1), state.schema.marks[DELETION]);
  });
}

function typed({ content, openStart }) {
  let only = openStart === 0 && content.size > 0;
  content.forEach((node) => (only = only && node.isText && markOf(node, DELETION)));
  return only;
}
