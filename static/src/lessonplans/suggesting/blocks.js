// Whole rows of tables and pictures as suggestions: no mark can stand on them, so they say in attributes of the names of
// the marks who would put them in or take them out. The server reads them in lessonplans/document/suggesting.py.
import { Extension } from "@tiptap/core";
import { TableMap, removeRow } from "@tiptap/pm/tables";
import { DELETION, INSERTION, toneOf } from "./marks.js";

export const RESHAPE = "reshape";
const LINES = ["paragraph", "heading"];
const ROW = "tableRow";
const PICTURE = "image";
const TABLE = "table";
const LOOKS = { [INSERTION]: "suggested-put", [DELETION]: "suggested-out" };

/** The attributes of a node that can be suggested as a whole; what is pasted is nobody's suggestion. */
export function changeAttributes() {
  const attribute = (name) => ({ default: null, parseHTML: () => null, renderHTML: (attrs) => look(name, changeOf(attrs, name)) });
  return { [INSERTION]: attribute(INSERTION), [DELETION]: attribute(DELETION) };
}

function look(name, change) {
  if (!change) return {};
  const words = name === INSERTION ? "建议增加" : "建议删除";
  return { class: `${LOOKS[name]} suggested-tone-${toneOf(change.author)}`, "data-suggestion": change.id, title: `${words}：${change.name}` };
}

/** A paragraph may be suggested to become a heading, a heading a paragraph or another one. */
export const Reshaping = Extension.create({
  name: "reshaping",
  addGlobalAttributes() {
    const renderHTML = (attrs) => reshapingLook(changeOf(attrs, RESHAPE));
    return [{ types: LINES, attributes: { [RESHAPE]: { default: null, keepOnSplit: false, parseHTML: () => null, renderHTML } } }];
  },
});

function reshapingLook(change) {
  if (!change) return {};
  const words = shapeName(change);
  return { class: "suggested-shape", "data-suggestion": change.id, "data-shape": words, title: `建议改成${words}：${change.name}` };
}

export const shapeName = ({ type, level }) => (type !== "heading" ? "正文" : level === 4 ? "四级标题" : "小标题");

/** Suggest that a paragraph becomes a heading or the other way round; whoever does it again takes it back. Returns whether
 *  the step was that, and nobody else has suggested another shape. */
export function suggestShape(out, step, from, attrs) {
  const made = step.slice.content.firstChild;
  const isShape = step.structure && step.insert === 1 && step.slice.size === 2 && step.gapFrom === step.from + 1 && step.gapTo === step.to - 1;
  const node = out.doc.nodeAt(from);
  if (!isShape || !node || ![node, made].every(({ type }) => LINES.includes(type.name))) return false;
  if ((node.attrs.textAlign || null) !== (made.attrs.textAlign || null)) return false;
  const [pending] = changesOf(node);
  if (pending && pending[1].author !== attrs.author) return false;
  const { level } = made.attrs;
  const same = (one) => one.type === made.type.name && (one.level || null) === (level || null);
  const isBack = (pending && same(pending[1])) || same({ type: node.type.name, level: node.attrs.level });
  const wanted = isBack ? null : { ...attrs, type: made.type.name, ...(level && { level }) };
  out.setNodeAttribute(from, RESHAPE, wanted);
  return true;
}

/** Whatever stands in the document: only what says whose it is counts. */
function changeOf(attrs, name) {
  const change = attrs && attrs[name];
  return change && typeof change.id === "string" && change.id && Number.isSafeInteger(change.author) ? change : null;
}

/** What is suggested about a node as a whole: pairs of a mark's name and whose it is. */
export function changesOf(node) {
  if (LINES.includes(node.type.name)) {
    const change = changeOf(node.attrs, RESHAPE);
    return change && LINES.includes(change.type) ? [[RESHAPE, change]] : [];
  }
  if (![ROW, PICTURE].includes(node.type.name)) return [];
  return [INSERTION, DELETION].map((name) => [name, changeOf(node.attrs, name)]).filter(([, change]) => change);
}

export const isProposed = (node) => changesOf(node).some(([name]) => name === INSERTION);

const isOwn = (node, author) => changesOf(node).some(([name, change]) => name === INSERTION && change.author === author);

/** Whether all of a transaction happens within rows and pictures that its author suggests: they just change. */
export function staysWithinOwn(transaction, author) {
  return transaction.steps.every((step, n) => {
    const doc = transaction.docs[n];
    if (isOwnPictureChanged(doc, step, author)) return true;
    const from = step.from === undefined ? step.pos : step.from;
    return from !== undefined && isWithinOwn(doc, from, step.to === undefined ? from : step.to, author);
  });
}

/** A picture gets another size by taking its own place. */
function isOwnPictureChanged(doc, { from, to, slice }, author) {
  const [old, made] = [from === undefined ? null : doc.nodeAt(from), slice && slice.content.firstChild];
  return Boolean(old && made && slice.size === 1 && to === from + 1 && [old, made].every((node) => node.type.name === PICTURE && isOwn(node, author)));
}

/** Whether a range lies in a row, or is a picture, that this person suggests. */
export function isWithinOwn(doc, from, to, author) {
  const start = doc.resolve(from);
  const { nodeAfter } = start;
  if (from === to && nodeAfter && nodeAfter.type.name === PICTURE && isOwn(nodeAfter, author)) return true;
  for (let depth = start.sharedDepth(to); depth > 0; depth -= 1) {
    if (start.node(depth).type.name === ROW && isOwn(start.node(depth), author)) return true;
  }
  return false;
}

/** Suggest rows that are put in, rows that go, a picture that goes. Returns whether the step was one of these. */
export function suggestBlocks(out, { slice }, { from, to }, attrs) {
  const { parent } = out.doc.resolve(from);
  if (slice.size) return from === to && parent.type.name === TABLE && putRows(out, slice, from, attrs);
  const going = childrenIn(out.doc, from, to);
  if (!going.length) return false;
  const isPicture = going.length === 1 && going[0].node.type.name === PICTURE;
  const areRows = going.every(({ node }) => node.type.name === ROW) && standAlone(parent, going.map(({ index }) => index));
  if (!isPicture && !areRows) return false;
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
export function takeOutBlock(out, node, at, attrs) {
  if (isOwn(node, attrs.author)) out.delete(at, at + node.nodeSize);
  else if (!changesOf(node).some(([name]) => name === DELETION)) out.setNodeAttribute(at, DELETION, { ...attrs });
}

/** Accept or refuse what is suggested about the node at `at`. */
export function settleBlock(tr, at, name, accepted) {
  if (name === RESHAPE) return settleShape(tr, at, accepted);
  if ((name === INSERTION) === accepted) return tr.setNodeAttribute(at, name, null);
  const place = tr.doc.resolve(at);
  const node = place.nodeAfter;
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

function settleShape(tr, at, accepted) {
  const node = tr.doc.nodeAt(at);
  if (!accepted) return tr.setNodeAttribute(at, RESHAPE, null);
  const { type, level } = node.attrs[RESHAPE];
  const attrs = { ...node.attrs, [RESHAPE]: null, ...(type === "heading" && { level: level === 4 ? 4 : 3 }) };
  return tr.setNodeMarkup(at, tr.doc.type.schema.nodes[type], attrs);
}
