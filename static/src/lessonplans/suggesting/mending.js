// A row that somebody adds while somebody else adds a column lacks a cell once both are there. Each page that sees it puts
// one in, and none knows of the others' yet; left to prosemirror-tables the row is then too wide, all other rows are
// widened to match it, again by each page, and the table grows column by column. So what fills up a row says that it does:
// of several the same one stays everywhere, and none makes other rows wider. It stands in the column that the row lacks
// where that is a suggested one, and goes with it.
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { TableMap } from "@tiptap/pm/tables";
import { isChangeOrigin } from "@tiptap/extension-collaboration";
import { changesOf } from "./blocks.js";
import { FILLER, isEmpty } from "./columns.js";
import { INSERTION } from "./marks.js";

const TABLE = "table";
// What reaches over other cells is put right by prosemirror-tables.
const MENDED = ["missing", "colwidth mismatch"];

/** Keeps the rows of a table equally wide. It has to come before prosemirror-tables, which does it in its own way. */
export function mendingPlugin() {
  let isTrimmed = false;
  return new Plugin({
    key: new PluginKey("mending"),
    appendTransaction(transactions, _old, { doc, tr }) {
      if (!transactions.some(({ docChanged }) => docChanged)) return null;
      const before = doc.content.size;
      tablesToMend(doc).forEach(({ at, table }) => mend(tr, tr.mapping.map(at), table));
      isTrimmed = isTrimmed || (tr.doc.content.size < before && transactions.some(isChangeOrigin));
      return tr.docChanged ? tr : null;
    },
    view: () => ({
      update(view) {
        if (!isTrimmed) return;
        isTrimmed = false;
        queueMicrotask(() => tellOthers(view));
      },
    }),
  });
}

/** y-tiptap writes down nothing while a change is coming in; what is too much must not wait until one types. */
function tellOthers(view) {
  if (!view.isDestroyed && view.editable) view.dispatch(view.state.tr.setMeta("addToHistory", false));
}

function tablesToMend(doc) {
  const found = [];
  doc.descendants((node, at) => {
    if (node.type.name !== TABLE) return !node.isTextblock;
    const problems = (TableMap.get(node).problems || []).map(({ type }) => type);
    if (problems.includes("missing") && problems.every((type) => MENDED.includes(type))) found.push({ at, table: node });
    return false;
  });
  return found;
}

function mend(tr, at, table) {
  const rows = rowsOf(table);
  const width = Math.max(...rows.map(({ own }) => own));
  const columns = proposedColumns(table);
  for (const { index, fillers, own, ids } of rows.reverse()) {
    const wanted = width - own;
    const sorted = [...fillers].sort((one, other) => rank(one, columns) - rank(other, columns));
    const surplus = sorted.slice(wanted).sort((one, other) => other.from - one.from);
    surplus.forEach(({ from, cell }) => tr.delete(at + 1 + from, at + 1 + from + cell.nodeSize));
    const lacking = columns.filter(({ id }) => !ids.includes(id));
    for (let n = fillers.length; n < wanted; n += 1) putFiller(tr, at, index, lacking.shift());
  }
}

/** The rows of a table with what fills them up, and how many columns they have without that. Positions are within it. */
function rowsOf(table) {
  const map = TableMap.get(table);
  const rows = [];
  table.forEach((row, offset, index) => {
    const [fillers, ids] = [[], []];
    row.forEach((cell, inside) => {
      const id = idOf(cell);
      if (cell.attrs[FILLER] && isEmpty(cell)) fillers.push({ cell, from: offset + 1 + inside, id, isAgain: ids.includes(id) });
      if (id) ids.push(id);
    });
    const covered = map.map.slice(index * map.width, (index + 1) * map.width).filter(Boolean).length;
    rows.push({ index, fillers, ids, own: covered - fillers.length });
  });
  return rows;
}

/** First stays what stands for a suggested column, last what stands for one a second time or for one that is gone. */
function rank({ id, isAgain }, columns) {
  if (!id) return 1;
  return isAgain || !columns.some((column) => column.id === id) ? 2 : 0;
}

/** The columns that somebody would put in, from the left; what fills up a row makes none. */
function proposedColumns(table) {
  const map = TableMap.get(table);
  const found = new Map();
  for (const at of new Set(map.map.filter(Boolean))) {
    const cell = table.nodeAt(at);
    const id = idOf(cell);
    if (id && !cell.attrs[FILLER] && !found.has(id)) found.set(id, { id, change: cell.attrs[INSERTION], left: map.colCount(at) });
  }
  return [...found.values()].sort((one, other) => one.left - other.left);
}

const idOf = (cell) => (changesOf(cell).find(([name]) => name === INSERTION) || [null, { id: null }])[1].id;

/** Fill up a row by one cell, in a suggested column or else at its end. */
function putFiller(tr, at, index, column) {
  const table = tr.doc.nodeAt(at);
  const row = table.child(index);
  const { tableCell } = table.type.schema.nodes;
  const change = column ? column.change : null;
  const type = row.lastChild ? row.lastChild.type : tableCell;
  tr.insert(at + 1 + placeIn(table, index, column ? column.left : Infinity), type.createAndFill({ [FILLER]: true, [INSERTION]: change }));
}

/** Where in a row the cell of this column begins; the row's end where it has none. */
function placeIn(table, index, left) {
  const map = TableMap.get(table);
  let place = 0;
  table.forEach((row, offset, n) => {
    if (n !== index) return;
    place = offset + row.nodeSize - 1;
    row.forEach((_cell, inside) => {
      const at = offset + 1 + inside;
      if (at < place && map.colCount(at) >= left) place = at;
    });
  });
  return place;
}
