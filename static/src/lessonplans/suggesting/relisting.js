// What becomes of lists when a paragraph is to stand elsewhere in them: the lists around it are laid out as rows, each with
// its kind and level, and built again. The server does the same in lessonplans/document/relisting.py.
import { Fragment } from "@tiptap/pm/model";
import { RELIST, isList, relistOf } from "./formats.js";

/** Let the paragraphs whose suggestions have these ids stand where these say. */
export function relist(tr, ids) {
  const wanted = (line) => {
    const change = line.isTextblock ? relistOf(line) : null;
    return change && ids.includes(change.id) ? change : null;
  };
  const places = [];
  look(tr.doc, 0, wanted, places);
  places.reverse().forEach(({ from, to, blocks }) => {
    tr.replaceWith(from, to, rebuilt(blocks, wanted, tr.doc.type.schema));
  });
}

/** Find what changes in a section, a cell or a quotation, with the lists beside it. */
function look(parent, start, wanted, found) {
  const children = [];
  parent.forEach((child, offset) => children.push({ child, from: start + offset, to: start + offset + child.nodeSize }));
  const isTouched = ({ child }) => (isList(child) ? holds(child, wanted) : Boolean(wanted(child)));
  for (let n = 0; n < children.length; n += 1) {
    let end = n;
    const isBegun = isTouched(children[n]) || (isList(children[n].child) && n + 1 < children.length && isTouched(children[n + 1]));
    if (isBegun) {
      while (end + 1 < children.length && (isTouched(children[end + 1]) || isList(children[end + 1].child))) end += 1;
      const blocks = children.slice(n, end + 1);
      found.push({ from: blocks[0].from, to: blocks[blocks.length - 1].to, blocks: blocks.map(({ child }) => child) });
    } else if (!children[n].child.isTextblock && !isList(children[n].child)) {
      look(children[n].child, children[n].from + 1, wanted, found);
    }
    n = end;
  }
}

function holds(node, wanted) {
  let found = false;
  node.descendants((each) => (found = found || Boolean(wanted(each)), !found));
  return found;
}

const rebuilt = (blocks, wanted, schema) => Fragment.from(built(rowsOf(blocks, wanted), schema));

/** What an item holds besides paragraphs and lists, with what changes in it. */
function within(block, wanted) {
  if (block.isTextblock) return wanted(block) ? block.type.create({ ...block.attrs, [RELIST]: null }, block.content, block.marks) : block;
  if (block.isLeaf || !holds(block, wanted)) return block;
  const children = [];
  block.forEach((child) => children.push(child));
  const isFlat = children.some((child) => isList(child) || child.isTextblock);
  return block.copy(isFlat ? rebuilt(children, wanted, block.type.schema) : Fragment.from(children.map((child) => within(child, wanted))));
}

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
      else if (rows[rows.length - 1] === own) own.blocks.push(within(block, wanted));
      else rows.push({ more: true, level, blocks: [within(block, wanted)] });
    });
  });
}

function moved(row, wanted) {
  const [line, ...others] = row.blocks;
  const change = line ? wanted(line) : null;
  const blocks = line ? [within(line, wanted), ...others] : [];
  // A task stays done where it goes, as long as it is one.
  return change ? { list: change.list, level: change.level, item: row.item, blocks } : { ...row, blocks };
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
