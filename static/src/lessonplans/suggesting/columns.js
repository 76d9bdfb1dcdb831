// Whole columns of tables as suggestions: each cell of one says that it comes or goes, all under one id.
import { ReplaceStep } from "@tiptap/pm/transform";
import { TableMap } from "@tiptap/pm/tables";
import { changesOf, putsRow } from "./blocks.js";
import { DELETION, INSERTION } from "./marks.js";

const TABLE = "table";
export const FILLER = "filler";

/** The attribute of a cell that it fills up its row: no person put it there. */
export function fillerAttribute() {
  return { [FILLER]: { default: null, parseHTML: () => null, renderHTML: () => ({}) } };
}

/** Return the transaction that suggests the columns that `transaction` puts in or takes out; null where it does anything
 *  else, or cells reach over such a column from another one. */
export function asColumns(transaction, out, attrs) {
  const found = changedTable(transaction);
  if (!found) return null;
  const { at, old, now } = found;
  const [gone, come] = [cellsOnlyIn(old, now), cellsOnlyIn(now, old)];
  const isWhole = (cells) => cells.length > 0 && cells.every(({ node }) => node.attrs.colspan === 1);
  if (!gone.length && isWhole(come)) {
    transaction.steps.forEach((step) => out.step(step));
    come.forEach((cell) => out.setNodeAttribute(at + 1 + cell.at, INSERTION, { ...attrs }));
    return out;
  }
  if (come.length || !isWhole(gone)) return null;
  gone
    .filter(({ node }) => !changesOf(node).some(([name]) => name === DELETION))
    .forEach((cell) => out.setNodeAttribute(at + 1 + cell.at, DELETION, { ...attrs }));
  return out;
}

/** The one table that a transaction changes, with the same rows as before; null where it is not so. */
function changedTable({ before, doc, steps }) {
  const start = before.content.findDiffStart(doc.content);
  if (start === null || !steps.every((step) => step instanceof ReplaceStep)) return null;
  const end = before.content.findDiffEnd(doc.content);
  const place = before.resolve(start);
  for (let depth = place.depth; depth > 0; depth -= 1) {
    const at = place.before(depth);
    const [old, now] = [place.node(depth), doc.nodeAt(at)];
    if (old.type.name !== TABLE) continue;
    const isInside = now && now.type === old.type && end.a <= at + old.nodeSize && end.b <= at + now.nodeSize;
    return isInside && sameRows(old, now) ? { at, old, now } : null;
  }
  return null;
}

function sameRows(old, now) {
  let isSame = old.childCount === now.childCount;
  old.forEach((row, _offset, index) => (isSame = isSame && row.sameMarkup(now.child(index))));
  return isSame;
}

/** The cells of a table that are no cells of the other, with their places in it. */
function cellsOnlyIn(table, other) {
  const known = new Set();
  other.forEach((row) => row.forEach((cell) => known.add(cell)));
  const found = [];
  table.forEach((row, at) => row.forEach((node, offset) => known.has(node) || found.push({ node, at: at + 1 + offset })));
  return found;
}

/** New rows have cells in columns that are suggested: these come or go with them. */
export function completeRows(tr) {
  tr.steps.forEach((step, n) => {
    if (!(step instanceof ReplaceStep) || !putsRow(step.slice)) return;
    const place = tr.doc.resolve(tr.mapping.slice(n + 1).map(step.from, -1));
    if (place.parent.type.name === TABLE) completeFrom(tr, place.parent, place.start(), place.index(), step.slice.content.childCount);
  });
  return tr;
}

function completeFrom(tr, table, start, first, count) {
  const map = TableMap.get(table);
  const isNew = (at) => map.findCell(at).top >= first && map.findCell(at).top < first + count;
  for (const at of new Set(map.map.slice(first * map.width, (first + count) * map.width))) {
    const { left, right } = map.findCell(at);
    if (!isNew(at) || right !== left + 1) continue;
    const beside = map.cellsInRect({ left, right, top: 0, bottom: map.height }).filter((other) => !isNew(other));
    const changes = beside.map((other) => changesOf(table.nodeAt(other))).find((known) => known.length) || [];
    changes.forEach(([name, change]) => tr.setNodeAttribute(start + at, name, change));
    // Somebody may be deciding on the column just now.
    if (changes.length) tr.setNodeAttribute(start + at, FILLER, true);
  }
}

/** Take a cell out of its row; what reaches over its column from another one becomes smaller with the last of it. */
export function removeCell(tr, at) {
  const place = tr.doc.resolve(at);
  const table = place.node(-1);
  const start = place.start(-1);
  const map = TableMap.get(table);
  const { left } = map.findCell(at - start);
  const others = new Set(map.cellsInRect({ left, right: left + 1, top: 0, bottom: map.height }));
  others.delete(at - start);
  const isLast = [...others].every((other) => table.nodeAt(other).attrs.colspan > 1);
  if (isLast) [...others].forEach((other) => narrow(tr, start + other, left - map.colCount(other)));
  tr.delete(at, at + place.nodeAfter.nodeSize);
  const rest = tr.doc.nodeAt(start - 1);
  let cells = 0;
  rest.forEach((row) => (cells += row.childCount));
  return cells ? tr : tr.delete(start - 1, start - 1 + rest.nodeSize);
}

/** A row that somebody added before they heard that a column should go keeps its cell in it. Once the column is gone, the
 *  empty cell at that row's end goes too, so that no empty column stays. */
export function dropFillers(tr, at) {
  const table = tr.doc.nodeAt(at);
  if (!table || table.type.name !== TABLE) return;
  const missing = (TableMap.get(table).problems || []).filter(({ type }) => type === "missing").map(({ row }) => row);
  const wide = [];
  table.forEach((row, offset, index) => {
    if (!missing.includes(index) && row.lastChild) wide.push({ cell: row.lastChild, end: at + 1 + offset + row.nodeSize - 1 });
  });
  if (!missing.length || !wide.every(({ cell }) => isEmpty(cell))) return;
  wide.reverse().forEach(({ cell, end }) => tr.delete(end - cell.nodeSize, end));
}

export const isEmpty = ({ attrs, content, childCount }) => attrs.colspan === 1 && attrs.rowspan === 1 && childCount === 1 && content.size === 2;

function narrow(tr, at, column) {
  const { attrs } = tr.doc.nodeAt(at);
  const colwidth = attrs.colwidth && attrs.colwidth.filter((_width, n) => n !== column);
  const merged = { ...attrs, colspan: attrs.colspan - 1, colwidth, [INSERTION]: null, [DELETION]: null };
  tr.setNodeMarkup(at, null, merged);
}
