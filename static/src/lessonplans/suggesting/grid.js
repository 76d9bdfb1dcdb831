// Merging cells of a table, splitting one and making them headings as suggestions. Every cell concerned says so, all of one under one id:
// the words in them, rows and columns beside them may change until somebody decides. What is merged then is the rectangle
// that these cells span. The server does the same in lessonplans/document/regridding.py.
import { Fragment } from "@tiptap/pm/model";
import { TableMap } from "@tiptap/pm/tables";
import { CELLS } from "./blocks.js";
import { FILLER } from "./columns.js";
import { changeOf } from "./formats.js";
import { DELETION, INSERTION } from "./marks.js";
import { HEADER, acceptHeader, headerName, switchOf } from "./switches.js";

export const MERGE = "merge";
export const SPLIT = "split";
const GRID = [MERGE, SPLIT, HEADER];

const gridChange = ({ attrs }, name) => (name === HEADER ? switchOf({ attrs }, name) : changeOf(attrs, name));

/** Attributes of a cell that would be merged with others, split or another kind; what is pasted is nobody's suggestion. */
export function gridAttributes() {
  const attribute = (name) => ({ default: null, parseHTML: () => null, renderHTML: (attrs) => look(gridChange({ attrs }, name)) });
  return Object.fromEntries(GRID.map((name) => [name, attribute(name)]));
}

const look = (change) => (change ? { class: "suggested-grid", "data-suggestion": change.id } : {});

/** What is suggested about the place of a cell in its table: pairs of a kind and whose it is. */
export function gridChangesOf(node) {
  if (!CELLS.includes(node.type.name)) return [];
  return GRID.map((name) => [name, gridChange(node, name)]).filter(([, change]) => change);
}

/** What a suggestion makes of its cells, in words; `count`: how many of them there are. */
export function gridName(kind, { attrs: { colspan, rowspan, header } }, count) {
  if (kind === HEADER) return headerName(header, count);
  return kind === MERGE ? `合并这 ${count} 格` : `拆成 ${colspan * rowspan} 格`;
}

/** Return the transaction that suggests what `transaction` does, if it merges cells or splits one; null where it does
 *  anything else, or somebody else has suggested something of the kind there. */
export function asGrid(transaction, out, attrs) {
  const found = changedTable(transaction);
  if (!found) return null;
  const [old, now] = [cellsOf(found.old), cellsOf(found.now)];
  const [gone, come] = [onlyIn(old, now), onlyIn(now, old)];
  const cells = gone.map((cell) => ({ node: cell.node, at: found.at + 1 + cell.at }));
  if (come.length === 1 && gone.length > 1 && fills(gone, come[0])) return suggestOn(out, MERGE, cells, attrs);
  if (gone.length === 1 && come.length > 1 && fills(come, gone[0])) return suggestOn(out, SPLIT, cells, attrs);
  return null;
}

/** Whoever suggests the same a second time takes it back; one's own other suggestion gives way. */
function suggestOn(out, name, cells, attrs) {
  const pending = cells.map(({ node }) => changeOf(node.attrs, name)).filter(Boolean);
  if (pending.some(({ author }) => author !== attrs.author)) return null;
  const ids = new Set(pending.map(({ id }) => id));
  const before = allOf(out.doc, name, (id) => ids.has(id));
  before.forEach(({ at }) => out.setNodeAttribute(at, name, null));
  const isBack = ids.size === 1 && before.length === cells.length && pending.length === cells.length;
  if (!isBack) cells.forEach(({ at }) => out.setNodeAttribute(at, name, { ...attrs }));
  return out;
}

/** The one table that a transaction changes, with the same rows as before; null where it is not so. */
function changedTable({ before, doc }) {
  const start = before.content.findDiffStart(doc.content);
  if (start === null) return null;
  const end = before.content.findDiffEnd(doc.content);
  const place = before.resolve(start);
  for (let depth = place.depth; depth > 0; depth -= 1) {
    const at = place.before(depth);
    const [old, now] = [place.node(depth), doc.nodeAt(at)];
    if (old.type.name !== "table") continue;
    const isInside = now && now.type === old.type && end.a <= at + old.nodeSize && end.b <= at + now.nodeSize;
    return isInside && old.childCount === now.childCount && [old, now].every(isSound) ? { at, old, now } : null;
  }
  return null;
}

const isSound = (table) => (TableMap.get(table).problems || []).every(({ type }) => type === "colwidth mismatch");

function cellsOf(table) {
  const map = TableMap.get(table);
  return [...new Set(map.map)].map((at) => ({ at, node: table.nodeAt(at), rect: map.findCell(at) }));
}

const keyOf = ({ left, top, right, bottom }) => `${left} ${top} ${right} ${bottom}`;

function onlyIn(cells, others) {
  const known = new Map(others.map(({ rect, node }) => [keyOf(rect), node]));
  return cells.filter(({ rect, node }) => known.get(keyOf(rect)) !== node);
}

const areaOf = ({ left, top, right, bottom }) => (right - left) * (bottom - top);

const isWithin = (one, { left, top, right, bottom }) => one.left >= left && one.top >= top && one.right <= right && one.bottom <= bottom;

/** Whether cells lie in the place of another one, all of it. */
function fills(cells, { rect }) {
  return cells.every((cell) => isWithin(cell.rect, rect)) && cells.reduce((sum, cell) => sum + areaOf(cell.rect), 0) === areaOf(rect);
}

/** The cells of a document about which something of a kind is suggested under one of these ids. */
function allOf(doc, name, isMeant) {
  const found = [];
  doc.descendants((node, at) => {
    const change = CELLS.includes(node.type.name) ? gridChange(node, name) : null;
    if (change && isMeant(change.id)) found.push({ at });
    return !node.isTextblock;
  });
  return found;
}

/** Split, merge and make headings as the suggestions with these ids say. What is no rectangle any more, or waits for another
 *  decision, stays suggested. */
export function regrid(tr, ids) {
  for (const id of ids) {
    allOf(tr.doc, SPLIT, (each) => each === id)
      .reverse()
      .forEach(({ at }) => splitAt(tr, at));
    const merging = allOf(tr.doc, MERGE, (each) => each === id);
    const tables = [...new Set(merging.map(({ at }) => tr.doc.resolve(at).before(-1)))];
    tables.reverse().forEach((table) => merge(tr, table, id));
    allOf(tr.doc, HEADER, (each) => each === id).forEach(({ at }) => acceptHeader(tr, at));
  }
  return tr;
}

const without = (attrs, names) => ({ ...attrs, ...Object.fromEntries(names.map((name) => [name, null])) });

/** The cells that come fill up their rows: if two split the same cell in the same moment, mending.js leaves one of each. */
function splitAt(tr, at) {
  const place = tr.doc.resolve(at);
  const [cell, table, start] = [place.nodeAfter, place.node(-1), place.start(-1)];
  const map = TableMap.get(table);
  const { left, top, right, bottom } = map.findCell(at - start);
  const ofColumns = cell.attrs.colspan > 1 ? [INSERTION, DELETION] : [];
  const attrsOf = (column) => {
    const width = (cell.attrs.colwidth || [])[column - left];
    return { ...without(cell.attrs, [SPLIT, ...ofColumns]), colspan: 1, rowspan: 1, colwidth: width ? [width] : null };
  };
  for (let row = bottom - 1; row >= top; row -= 1) {
    const from = row === top ? left + 1 : left;
    const into = start + (row === top ? at - start + cell.nodeSize : map.positionAt(row, left, table));
    const made = [];
    for (let column = from; column < right; column += 1) made.push(cell.type.createAndFill({ ...attrsOf(column), [FILLER]: true }));
    if (made.length) tr.insert(into, made);
  }
  tr.setNodeMarkup(at, null, attrsOf(left));
}

/** The cells of the rectangle that those of a suggestion span; null where it cuts through one or waits for a decision. */
function rectangleOf(table, id) {
  if (!isSound(table)) return null;
  const cells = cellsOf(table);
  const own = cells.filter(({ node }) => (changeOf(node.attrs, MERGE) || {}).id === id).map(({ rect }) => rect);
  const rect = {
    left: Math.min(...own.map(({ left }) => left)),
    top: Math.min(...own.map(({ top }) => top)),
    right: Math.max(...own.map(({ right }) => right)),
    bottom: Math.max(...own.map(({ bottom }) => bottom)),
  };
  const meets = (one) => one.left < rect.right && one.right > rect.left && one.top < rect.bottom && one.bottom > rect.top;
  const inside = cells.filter((cell) => meets(cell.rect));
  const waits = ({ node }) => {
    const { [MERGE]: merging, ...others } = Object.fromEntries([MERGE, SPLIT, INSERTION, DELETION].map((name) => [name, changeOf(node.attrs, name)]));
    return (merging && merging.id !== id) || Object.values(others).some(Boolean);
  };
  let rowWaits = false;
  table.forEach((row, _offset, n) => {
    if (n >= rect.top && n < rect.bottom) rowWaits = rowWaits || [INSERTION, DELETION].some((name) => changeOf(row.attrs, name));
  });
  return !rowWaits && inside.every((cell) => isWithin(cell.rect, rect) && !waits(cell)) ? { rect, inside } : null;
}

const isBare = ({ childCount, firstChild }) => childCount === 1 && firstChild.isTextblock && firstChild.childCount === 0;

function merge(tr, tableAt, id) {
  const found = rectangleOf(tr.doc.nodeAt(tableAt), id);
  if (!found) return;
  const { rect, inside } = found;
  const [first, ...others] = inside.sort((one, other) => one.at - other.at);
  const wide = rect.right - rect.left;
  let content = isBare(first.node) ? Fragment.empty : first.node.content;
  others.filter(({ node }) => !isBare(node)).forEach(({ node }) => (content = content.append(node.content)));
  [...others].reverse().forEach(({ at, node }) => tr.delete(tableAt + 1 + at, tableAt + 1 + at + node.nodeSize));
  const at = tableAt + 1 + first.at;
  const known = wide > 1 ? inside.filter((cell) => cell.rect.top === rect.top).flatMap(({ node: { attrs } }) => attrs.colwidth || Array(attrs.colspan).fill(0)) : first.node.attrs.colwidth;
  const colwidth = known && known.some(Boolean) ? known : null;
  const attrs = without(first.node.attrs, [MERGE, ...(others.length ? [FILLER] : []), ...(wide > 1 ? [INSERTION, DELETION] : [])]);
  tr.setNodeMarkup(at, null, { ...attrs, colspan: wide, rowspan: rect.bottom - rect.top, colwidth });
  // Only what is added is written, so that the words of the first cell stay whose they are.
  if (!others.length || !content.size) return;
  const [from, to] = [isBare(first.node) ? at + 1 : at + 1 + first.node.content.size, at + 1 + first.node.content.size];
  const added = isBare(first.node) ? content : content.cut(first.node.content.size);
  if (added.size) tr.replaceWith(from, to, added);
}

/** The first cell of each suggestion in a document, with what is suggested in words. */
export function gridHints(doc) {
  const found = new Map();
  doc.descendants((node, at) => {
    for (const [kind, change] of gridChangesOf(node)) {
      const known = found.get(change.id) || { at, node, kind, change, count: 0 };
      found.set(change.id, { ...known, count: known.count + 1 });
    }
    return !node.isTextblock;
  });
  return [...found.values()].map(({ at, node, kind, change, count }) => ({
    from: at,
    to: at + node.nodeSize,
    words: `${change.name} 建议：${gridName(kind, node, count)}`,
  }));
}
