// What becomes of lists when a paragraph is to stand elsewhere in them: the lists around it are laid out as rows, each with
// its kind and level, and built again. The server does the same in lessonplans/document/relisting.py.
import { Fragment } from "@tiptap/pm/model";
import { RELIST, isList, relistOf } from "./formats.js";

/** Let the paragraphs whose suggestions have these ids stand where these say. */
export function relist(tr, ids) {
  const wanted = (line) => {
    const change = relistOf(line);
    return change && ids.includes(change.id) ? change : null;
  };
  placesOf(tr.doc, wanted)
    .reverse()
    .forEach(({ from, to }) => {
      const blocks = [];
      tr.doc.slice(from, to).content.forEach((block) => blocks.push(block));
      tr.replaceWith(from, to, Fragment.from(built(rowsOf(blocks, wanted), tr.doc.type.schema)));
    });
}

/** Where what changes stands in its section, cell or quotation, with the lists beside it. */
function placesOf(doc, wanted) {
  const found = [];
  const look = (parent, start) => {
    const touched = [];
    let at = start;
    const children = [];
    parent.forEach((child, _offset, index) => {
      children.push({ from: at, to: at + child.nodeSize, child });
      if (child.isTextblock ? wanted(child) : isList(child) && holds(child, wanted)) touched.push(index);
      if (!child.isTextblock && !child.isLeaf && !isList(child)) look(child, at + 1);
      if (isList(child)) lookInItems(child, at + 1);
      at += child.nodeSize;
    });
    let last = -2;
    touched.forEach((index) => {
      const first = index > 0 && isList(children[index - 1].child) ? index - 1 : index;
      const end = index + 1 < children.length && isList(children[index + 1].child) ? index + 1 : index;
      const range = { from: children[first].from, to: children[end].to };
      if (first <= last + 1) found[found.length - 1].to = Math.max(range.to, found[found.length - 1].to);
      else found.push(range);
      last = end;
    });
  };
  // A table or a quotation within an item is a place of its own.
  const lookInItems = (list, start) =>
    list.forEach((item, offset) =>
      item.forEach((block, inner) => {
        const at = start + offset + 1 + inner;
        if (isList(block)) lookInItems(block, at + 1);
        else if (!block.isTextblock && !block.isLeaf) look(block, at + 1);
      }),
    );
  look(doc, 0);
  return found.sort((one, other) => one.from - other.from).filter(({ to }, n, all) => n + 1 === all.length || to <= all[n + 1].from);
}

const holds = (list, wanted) => {
  let found = false;
  list.forEach((item) =>
    item.forEach((block) => (found = found || Boolean(block.isTextblock ? wanted(block) : isList(block) && holds(block, wanted)))),
  );
  return found;
};

/** Lists and paragraphs as rows: which list they are an item of and how deep; `more`: what goes on an item. */
function rowsOf(blocks, wanted) {
  const rows = [];
  blocks.forEach((block) => {
    if (isList(block)) itemsOf(block, 0, rows, wanted);
    else rows.push(moved({ list: "", level: 0, blocks: [block] }, wanted));
  });
  return rows;
}

function itemsOf(list, level, rows, wanted) {
  list.forEach((item) => {
    let own = null;
    const begin = (blocks) => rows.push((own = moved({ list: list.type.name, level, origin: list, item, blocks }, wanted)));
    item.forEach((block) => {
      if (isList(block)) {
        if (!own) begin([]);
        itemsOf(block, level + 1, rows, wanted);
      } else if (!own) begin([block]);
      else if (rows[rows.length - 1] === own) own.blocks.push(block);
      else rows.push({ more: true, level, blocks: [block] });
    });
  });
}

function moved(row, wanted) {
  const [line] = row.blocks;
  const change = line && line.isTextblock ? wanted(line) : null;
  if (!change) return row;
  const plain = line.type.create({ ...line.attrs, [RELIST]: null }, line.content, line.marks);
  return { list: change.list, level: change.level, blocks: [plain] };
}

/** The rows as blocks again. An item is never deeper than one level below the one before it. */
function built(rows, schema) {
  const out = [];
  let open = [];
  for (const row of rows) {
    if (!row.list && !(row.more && open.length)) {
      out.push(...row.blocks);
      open = [];
      continue;
    }
    if (row.more) {
      open = open.slice(0, row.level + 1);
      open[open.length - 1].items[open[open.length - 1].items.length - 1].blocks.push(...row.blocks);
      continue;
    }
    const level = Math.min(row.level, open.length);
    if (level !== row.level) row.origin = null;
    open = open.slice(0, level + 1);
    if (open.length > level && !goesOn(open[level], row)) open = open.slice(0, level);
    if (open.length === level) {
      const list = { kind: row.list, origin: row.origin, made: row.origin, items: [] };
      const above = open[level - 1];
      (above ? above.items[above.items.length - 1].blocks : out).push(list);
      open.push(list);
    }
    open[level].origin = row.origin;
    open[level].items.push({ item: row.item, blocks: [...row.blocks] });
  }
  return out.map((block) => asNode(block, schema));
}

const goesOn = (list, row) => list.kind === row.list && (!list.origin || !row.origin || list.origin === row.origin);

/** What did not change stays the same node. */
function asNode(block, schema) {
  if (!block.items) return block;
  const type = schema.nodes[block.kind];
  const items = block.items.map(({ item, blocks }) => {
    const content = Fragment.from(blocks.map((one) => asNode(one, schema)));
    const itemType = type === schema.nodes.taskList ? schema.nodes.taskItem : schema.nodes.listItem;
    if (item && item.type === itemType) return item.content.eq(content) ? item : item.copy(content);
    return itemType.create(null, content);
  });
  const content = Fragment.from(items);
  const { made } = block;
  if (made && made.type === type) return made.content.eq(content) ? made : made.copy(content);
  return type.create(null, content);
}
