// Whole rows and columns of tables and pictures as suggestions: no mark can stand on them, so they (of columns each cell)
// say in attributes of the names of the marks who would put them in or take them out. The server reads them in
// lessonplans/document/suggesting.py.
import { TableMap, removeRow } from "@tiptap/pm/tables";
import { removeCell } from "./columns.js";
import { LINES, REALIGN, RELIST, RESHAPE, changeOf, formatsOf } from "./formats.js";
import { MERGE, SPLIT } from "./grid.js";
import { DELETION, INSERTION, toneOf } from "./marks.js";
import { HEADER, TICK, acceptTick, ticksOf } from "./switches.js";

const ROW = "tableRow";
export const CELLS = ["tableCell", "tableHeader"];
const PICTURE = "image";
const FORMULA = "formula";
const TABLE = "table";
const TASK = "taskItem";
const LOOKS = { [INSERTION]: "suggested-put", [DELETION]: "suggested-out" };

/** The attributes of a node that can be suggested as a whole; what is pasted is nobody's suggestion. */
export function changeAttributes() {
  const attribute = (name) => ({ default: null, parseHTML: () => null, renderHTML: (attrs) => look(name, attrs) });
  return { [INSERTION]: attribute(INSERTION), [DELETION]: attribute(DELETION) };
}

/** The attribute of a formula that somebody would take it out; put in, one is text until then (`formulas.js`). */
export const goingAttribute = () => ({ [DELETION]: changeAttributes()[DELETION] });

/** How a node that draws itself says what is suggested about it: its class, whose it is, and that in words. */
export const goingLook = (attrs) => look(DELETION, attrs);

function look(name, attrs) {
  const change = changeOf(attrs, name);
  if (!change || (attrs.colspan || 1) !== 1) return {};
  const words = name === INSERTION ? "建议增加" : "建议删除";
  return { class: `${LOOKS[name]} suggested-tone-${toneOf(change.author)}`, "data-suggestion": change.id, title: `${words}：${change.name}` };
}

/** What is suggested about a node as a whole: pairs of a mark's name and whose it is. */
export function changesOf(node) {
  if (LINES.includes(node.type.name)) return formatsOf(node);
  if (node.type.name === TASK) return ticksOf(node);
  // A cell that was merged with another since is none of the column any more.
  const isWhole = CELLS.includes(node.type.name) ? node.attrs.colspan === 1 : [ROW, PICTURE, FORMULA].includes(node.type.name);
  if (!isWhole) return [];
  return [INSERTION, DELETION].map((name) => [name, changeOf(node.attrs, name)]).filter(([, change]) => change);
}

export const isProposed = (node) => changesOf(node).some(([name]) => name === INSERTION);

/** Whether this person suggests to put it in. */
export const isOwn = (node, author) => changesOf(node).some(([name, change]) => name === INSERTION && change.author === author);

/** Whether all of a transaction happens within rows, columns and pictures that its author suggests: they just change. */
export function staysWithinOwn(transaction, author) {
  return transaction.steps.every((step, n) => {
    const doc = transaction.docs[n];
    if (isOwnPictureChanged(doc, step, author)) return true;
    const from = step.from === undefined ? step.pos : step.from;
    return from !== undefined && isWithinOwn(doc, from, step.to === undefined ? from : step.to, author);
  });
}

/** Whether a transaction does nothing but say something else of pictures that its author suggests. */
export const changesOwnPictures = ({ steps, docs }, author) => steps.every((step, n) => isOwnPictureChanged(docs[n], step, author));

/** A picture gets another size by taking its own place. */
function isOwnPictureChanged(doc, { from, to, slice }, author) {
  const [old, made] = [from === undefined ? null : doc.nodeAt(from), slice && slice.content.firstChild];
  return Boolean(old && made && slice.size === 1 && to === from + 1 && [old, made].every((node) => node.type.name === PICTURE && isOwn(node, author)));
}

/** Whether a range lies in a row or a cell, or is a picture or a cell, that this person suggests. */
export function isWithinOwn(doc, from, to, author) {
  const start = doc.resolve(from);
  const { nodeAfter } = start;
  if (from === to && nodeAfter && nodeAfter.type.name === PICTURE && isOwn(nodeAfter, author)) return true;
  if (nodeAfter && CELLS.includes(nodeAfter.type.name) && to === from + nodeAfter.nodeSize && isOwn(nodeAfter, author)) return true;
  for (let depth = start.sharedDepth(to); depth > 0; depth -= 1) {
    if ([ROW, ...CELLS].includes(start.node(depth).type.name) && isOwn(start.node(depth), author)) return true;
  }
  return false;
}

/** What a row or a cell around a place says that this person suggests: words in it are part of that. */
export function ownAround(place, author) {
  for (let { depth } = place; depth > 0; depth -= 1) {
    const node = place.node(depth);
    if ([ROW, ...CELLS].includes(node.type.name) && isOwn(node, author)) return changeOf(node.attrs, INSERTION);
  }
  return null;
}

/** Suggest rows that are put in, rows that go, a picture that goes. Returns whether the step was one of these. */
export function suggestBlocks(out, { slice }, { from, to }, attrs) {
  const { parent } = out.doc.resolve(from);
  if (slice.size) return from === to && parent.type.name === TABLE && putRows(out, slice, from, attrs);
  const going = childrenIn(out.doc, from, to);
  if (!going.length) return false;
  const isLeaf = going.length === 1 && [PICTURE, FORMULA].includes(going[0].node.type.name);
  const areRows = going.every(({ node }) => node.type.name === ROW) && standAlone(parent, going.map(({ index }) => index));
  if (!isLeaf && !areRows) return false;
  going.reverse().forEach(({ node, at }) => takeOutBlock(out, node, at, attrs));
  return true;
}

/** Whether a slice is rows and nothing else. */
export const putsRow = (slice) => Boolean(slice && slice.content.firstChild && slice.content.firstChild.type.name === ROW);

function putRows(out, slice, at, attrs) {
  const { content, openStart, openEnd } = slice;
  let areRows = !openStart && !openEnd;
  content.forEach((node) => (areRows = areRows && node.type.name === ROW));
  if (!areRows) return false;
  const rows = [];
  content.forEach((row) => rows.push(row.type.create({ ...row.attrs, [INSERTION]: { ...attrs }, [DELETION]: null }, row.content)));
  out.insert(at, rows);
  return true;
}

/** The whole nodes side by side that a range consists of; none where it begins or ends within one. */
function childrenIn(doc, from, to) {
  const start = doc.resolve(from);
  if (from >= to || !start.sameParent(doc.resolve(to))) return [];
  const found = [];
  let at = start.start();
  start.parent.forEach((node, _offset, index) => {
    if (at >= from && at + node.nodeSize <= to) found.push({ node, at, index });
    at += node.nodeSize;
  });
  const whole = found.reduce((size, { node }) => size + node.nodeSize, 0);
  return whole === to - from ? found : [];
}

/** Whether no cell reaches from one of these rows into another one. */
function standAlone(table, indexes) {
  const map = TableMap.get(table);
  return indexes.every((row) =>
    map.map.slice(row * map.width, (row + 1) * map.width).every((cell) => {
      const { top, bottom } = map.findCell(cell);
      return top === row && bottom === row + 1;
    }),
  );
}

/** One's own suggestion goes at once, what somebody would take out already stays theirs. */
function takeOutBlock(out, node, at, attrs) {
  if (isOwn(node, attrs.author)) out.delete(at, at + node.nodeSize);
  else if (!changesOf(node).some(([name]) => name === DELETION)) out.setNodeAttribute(at, DELETION, { ...attrs });
}

/** Accept or refuse what is suggested about the node at `at`. */
export function settleBlock(tr, at, name, accepted) {
  if (name === RESHAPE && accepted) return acceptShape(tr, at);
  if (name === REALIGN && accepted) return acceptSide(tr, at);
  if (name === TICK && accepted) return acceptTick(tr, at);
  if ([RESHAPE, REALIGN, RELIST, MERGE, SPLIT, HEADER, TICK].includes(name)) return tr.setNodeAttribute(at, name, null);
  if ((name === INSERTION) === accepted) return tr.setNodeAttribute(at, name, null);
  const place = tr.doc.resolve(at);
  const node = place.nodeAfter;
  if (CELLS.includes(node.type.name)) return removeCell(tr, at);
  if (node.type.name !== ROW) return tr.delete(at, at + node.nodeSize);
  const table = place.parent;
  if (table.childCount === 1) return tr.delete(place.before(), place.after());
  return removeRow(tr, { map: TableMap.get(table), table, tableStart: place.start() }, place.index());
}

/** Where a picture can be suggested without breaking up a paragraph: beside it. */
export function besideBlock(doc, position) {
  const place = doc.resolve(position);
  if (!place.parent.isTextblock) return position;
  return place.parentOffset === 0 && place.parent.content.size ? place.before() : place.after();
}

function acceptShape(tr, at) {
  const node = tr.doc.nodeAt(at);
  const { type, level } = node.attrs[RESHAPE];
  const attrs = { ...node.attrs, [RESHAPE]: null, ...(type === "heading" && { level: level === 4 ? 4 : 3 }) };
  return tr.setNodeMarkup(at, tr.doc.type.schema.nodes[type], attrs);
}

function acceptSide(tr, at) {
  const { align } = tr.doc.nodeAt(at).attrs[REALIGN];
  return tr.setNodeAttribute(at, "textAlign", align === "left" ? null : align).setNodeAttribute(at, REALIGN, null);
}
