// What is switched where it stands, as suggestions: whether a cell is one of a table's headings, whether a task is done.
// Attributes of the cell and of the task say so. The server reads them in lessonplans/document/switching.py.
import { changeOf } from "./formats.js";

/** Of a cell: `on` says whether it would be a heading. */
export const HEADER = "header";
/** Of a task: `on` says whether it would be done. */
export const TICK = "tick";
const CELL = "tableCell";
const HEADING = "tableHeader";
const TASK = "taskItem";

/** What stands in such an attribute, if it is a suggestion. */
export function switchOf({ attrs }, name) {
  const change = changeOf(attrs, name);
  return change && typeof change.on === "boolean" ? change : null;
}

/** The attribute of a task that says so; what is pasted, and the task that Enter makes of one, is nobody's suggestion. */
export function tickAttribute() {
  return { [TICK]: { default: null, keepOnSplit: false, parseHTML: () => null, renderHTML: hint } };
}

function hint(attrs) {
  const change = switchOf({ attrs }, TICK);
  if (!change) return {};
  const words = `${change.name} 建议：${tickName(change)}`;
  return { class: "suggested-tick", "data-suggestion": change.id, "data-shape": words, title: words };
}

/** What is suggested about a task: pairs of a kind and whose it is. */
export function ticksOf(node) {
  const change = node.type.name === TASK ? switchOf(node, TICK) : null;
  return change ? [[TICK, change]] : [];
}

export const tickName = ({ on }) => (on ? "勾选完成" : "取消勾选");

/** `count`: of how many cells. */
export const headerName = ({ on }, count) => `${on ? "作表头" : "不作表头"}${count > 1 ? `（${count} 格）` : ""}`;

/** Return the transaction that suggests what `transaction` does, if it switches cells and tasks and nothing else; null where
 *  it does more, or somebody else has suggested that already. Whoever does the same again takes it back. */
export function asSwitches({ before, doc }, out, attrs) {
  const found = [];
  if (!switchedIn(before, doc, 0, found) || !found.length) return null;
  const pending = found.map(({ node, name }) => switchOf(node, name));
  if (pending.some((change) => change && change.author !== attrs.author)) return null;
  const isOpen = ({ on }, n) => Boolean(pending[n]) && pending[n].on === on;
  const isBack = found.every(isOpen);
  found.forEach((each, n) => {
    if (isBack) out.setNodeAttribute(each.at, each.name, null);
    else if (!isOpen(each, n)) out.setNodeAttribute(each.at, each.name, { ...attrs, on: each.on });
  });
  return out;
}

/** Add to `found` what is switched between two nodes; false where they differ in anything else. */
function switchedIn(old, now, start, found) {
  if (old.childCount !== now.childCount) return false;
  let at = start;
  for (let n = 0; n < old.childCount; n += 1) {
    const [was, is] = [old.child(n), now.child(n)];
    if (was !== is) {
      const change = switchedTo(was, is);
      if (change) found.push({ at, node: was, ...change });
      else if (was.isText || !was.sameMarkup(is)) return false;
      if (!switchedIn(was, is, at + 1, found)) return false;
    }
    at += was.nodeSize;
  }
  return true;
}

function switchedTo(was, is) {
  const [from, to] = [was.type.name, is.type.name];
  if ([CELL, HEADING].includes(from) && [CELL, HEADING].includes(to) && from !== to) {
    return is.hasMarkup(is.type, was.attrs, is.marks) ? { name: HEADER, on: to === HEADING } : null;
  }
  if (from !== TASK || to !== TASK || was.attrs.checked === is.attrs.checked) return null;
  const isAlike = is.hasMarkup(is.type, { ...was.attrs, checked: is.attrs.checked }, is.marks);
  return isAlike ? { name: TICK, on: is.attrs.checked === true } : null;
}

/** Let the cell at `at` be what is suggested for it. It is another element then, so its words are put in anew. */
export function acceptHeader(tr, at) {
  const { attrs } = tr.doc.nodeAt(at);
  const { nodes } = tr.doc.type.schema;
  const type = nodes[switchOf({ attrs }, HEADER).on ? HEADING : CELL];
  return tr.setNodeMarkup(at, type, { ...attrs, [HEADER]: null });
}

export function acceptTick(tr, at) {
  const { on } = switchOf(tr.doc.nodeAt(at), TICK);
  return tr.setNodeAttribute(at, "checked", on).setNodeAttribute(at, TICK, null);
}
