// Suggestions about a paragraph as a whole: that it is a heading or none, stands in the middle, is an item of a list (of
// tasks too) or one of another level. They stand in attributes of the paragraph, with what it was. The server reads them in
// lessonplans/document/suggesting.py.
import { Extension } from "@tiptap/core";

export const RESHAPE = "reshape";
export const REALIGN = "realign";
export const RELIST = "relist";
export const LINES = ["paragraph", "heading"];
const LISTS = ["bulletList", "orderedList", "taskList"];
const PLACES = ["", ...LISTS];
const SIDES = { left: "左对齐", center: "居中", right: "右对齐", justify: "两端对齐" };
const KINDS = { bulletList: "项目列表", orderedList: "编号列表", taskList: "任务列表" };
const DEEPEST = 8;

export const isList = (node) => LISTS.includes(node.type.name);

/** Whatever stands in the document: only what says whose it is counts. */
export function changeOf(attrs, name) {
  const change = attrs && attrs[name];
  return change && typeof change.id === "string" && change.id && Number.isSafeInteger(change.author) ? change : null;
}

export function relistOf({ attrs }) {
  const change = changeOf(attrs, RELIST);
  const isPlace = change && PLACES.includes(change.list) && Number.isSafeInteger(change.level);
  return isPlace && change.level >= 0 && change.level <= DEEPEST ? change : null;
}

const READERS = {
  [RESHAPE]: ({ attrs }) => {
    const change = changeOf(attrs, RESHAPE);
    return change && LINES.includes(change.type) ? change : null;
  },
  [REALIGN]: ({ attrs }) => {
    const change = changeOf(attrs, REALIGN);
    return change && SIDES[change.align] ? change : null;
  },
  [RELIST]: relistOf,
};

export const FORMATS = Object.keys(READERS);

/** What is suggested about a paragraph as a whole: pairs of an attribute's name and whose it is. */
export function formatsOf(node) {
  return FORMATS.map((name) => [name, READERS[name](node)]).filter(([, change]) => change);
}

export const Reformatting = Extension.create({
  name: "reformatting",
  addGlobalAttributes() {
    const attribute = (renderHTML) => ({ default: null, keepOnSplit: false, parseHTML: () => null, renderHTML });
    const attributes = Object.fromEntries(FORMATS.map((name) => [name, attribute(name === RESHAPE ? hint : () => ({}))]));
    return [{ types: LINES, attributes }];
  },
});

/** All that is suggested about a paragraph, said before its words. */
function hint(attrs) {
  const changes = formatsOf({ attrs });
  if (!changes.length) return {};
  const hands = new Map();
  changes.forEach(([name, change]) => hands.set(change.name, [...(hands.get(change.name) || []), formatName(name, change)]));
  const words = [...hands].map(([who, what]) => `${who} 建议：${what.join("、")}`).join("；");
  const ids = [...new Set(changes.map(([, { id }]) => id))].join(" ");
  return { class: "suggested-shape", "data-suggestion": ids, "data-shape": words, title: words };
}

/** What a suggestion makes of a paragraph, in words. */
export function formatName(name, change) {
  if (name === RESHAPE) return shapeName(change);
  if (name === REALIGN) return SIDES[change.align];
  const was = change.was || {};
  if (!change.list) return "不列成列表";
  const kind = change.list === was.list ? [] : [KINDS[change.list]];
  if (was.list && change.level !== was.level) kind.push(change.level > was.level ? "缩进一级" : "退回一级");
  return kind.join("、");
}

const shapeName = ({ type, level }) => (type !== "heading" ? "正文" : level === 4 ? "四级标题" : "小标题");

/** Suggest that a paragraph becomes a heading or the other way round; whoever does it again takes it back. Returns whether
 *  the step was that, and nobody else has suggested another shape. */
export function suggestShape(out, step, from, attrs) {
  const made = step.slice.content.firstChild;
  const isShape = step.structure && step.insert === 1 && step.slice.size === 2 && step.gapFrom === step.from + 1 && step.gapTo === step.to - 1;
  const node = out.doc.nodeAt(from);
  if (!isShape || !node || ![node, made].every(({ type }) => LINES.includes(type.name))) return false;
  if (sideOf(node) !== sideOf(made)) return false;
  return propose(out, from, RESHAPE, shapeOf(made), attrs, (shape) => sameShape(shape, shapeOf(node)), sameShape);
}

const shapeOf = ({ type, attrs: { level } }) => ({ type: type.name, ...(type.name === "heading" && { level }) });
const sameShape = (one, other) => one.type === other.type && (one.level || null) === (other.level || null);
const sideOf = ({ attrs }) => attrs.textAlign || "left";
const samePlace = (one, other) => one.list === other.list && (!one.list || one.level === other.level);

/** Note on a paragraph what would become of it. What it is already, and what one suggests a second time, is taken back.
 *  Returns whether nobody else has suggested something else of the kind. */
function propose(out, at, name, wanted, attrs, isReal, isSame) {
  const node = out.doc.nodeAt(at);
  const pending = READERS[name](node);
  if (pending && pending.author !== attrs.author) return false;
  const isBack = isReal(wanted) || (pending && isSame(pending, wanted));
  if (!isBack || pending) out.setNodeAttribute(at, name, isBack ? null : { ...attrs, ...wanted });
  return true;
}

/** Return the transaction that suggests what `transaction` does, if it changes nothing but sides, shapes and lists of
 *  paragraphs; null where it does more, or somebody else has suggested something else. */
export function asFormats(transaction, out, attrs) {
  const [before, after] = [transaction.before, transaction.doc].map(layout);
  if (before.lines.length !== after.lines.length || !sameBoxes(before.boxes, after.boxes)) return null;
  let isFormat = false;
  for (let n = 0; n < before.lines.length; n += 1) {
    const [old, now] = [before.lines[n], after.lines[n]];
    if (old.node === now.node && samePlace(old, now) && old.isIn === now.isIn && old.box === now.box) continue;
    if (!isSameText(old, now)) return null;
    const done = LINES.includes(old.node.type.name) ? suggestLine(out, old, now, attrs) : samePlace(old, now);
    if (!done) return null;
    isFormat = true;
  }
  return isFormat ? out : null;
}

function suggestLine(out, old, now, attrs) {
  const [was, is] = [old.node, now.node];
  const shape = shapeOf(is);
  if (!sameShape(shapeOf(was), shape) && !propose(out, old.at, RESHAPE, shape, attrs, () => false, sameShape)) return false;
  if (was.attrs.textAlign !== is.attrs.textAlign) {
    const align = sideOf(is);
    const isSame = (one, other) => one.align === other.align;
    if (!propose(out, old.at, REALIGN, { align, was: sideOf(was) }, attrs, () => align === sideOf(was), isSame)) return false;
  }
  return samePlace(old, now) || suggestPlace(out, old, now, attrs);
}

/** Whoever moves an item again moves it from where they suggested it to be; another kind of list leaves its level. */
function suggestPlace(out, old, now, attrs) {
  const was = placeOf(old);
  const wanted = { ...placeOf(now), was };
  if (!PLACES.includes(was.list) || !PLACES.includes(wanted.list)) return false;
  // The editor puts a list of tasks within an item, and an item within a task: it is another kind of the same.
  if (was.list && wanted.list && wanted.list !== was.list) wanted.level = was.level;
  const pending = relistOf(old.node);
  if (pending && pending.list && was.list) {
    const isKind = wanted.list && wanted.list !== was.list;
    Object.assign(wanted, isKind ? otherKind(pending, wanted, was) : otherLevel(pending, wanted, was));
    if (samePlace(pending, wanted)) return pending.author === attrs.author;
  }
  return propose(out, old.at, RELIST, wanted, attrs, (place) => samePlace(place, was), samePlace);
}

const otherKind = (pending, wanted, was) => ({ list: pending.list === wanted.list ? was.list : wanted.list, level: pending.level });

function otherLevel(pending, wanted, was) {
  const level = Math.min(pending.level + (wanted.list ? wanted.level : -1) - was.level, was.level + 1, DEEPEST);
  return level < 0 ? { list: "", level: 0 } : { list: pending.list, level };
}

const placeOf = ({ list, level }) => ({ list, level: list ? level : 0 });

function isSameText(old, now) {
  if (old.box !== now.box) return false;
  if (!LINES.includes(old.node.type.name)) return old.node.eq(now.node) && goesOn(old) === goesOn(now);
  // What goes on an item may be left on its own, but nothing else joins an item or leaves one.
  if (goesOn(old) ? now.list : goesOn(now)) return false;
  return LINES.includes(now.node.type.name) && old.node.content.eq(now.node.content);
}

const goesOn = ({ isIn, list }) => isIn && !list;

const sameBoxes = (some, others) => some.length === others.length && some.every((box, n) => box.sameMarkup(others[n]));

/** The paragraphs of a document, each with the list that it begins an item of, and what else stands around them. */
function layout(doc) {
  const [lines, boxes] = [[], []];
  const walk = (parent, start, box, list, level) =>
    parent.forEach((child, offset, index) => {
      const at = start + offset;
      if (isList(child)) child.forEach((item, within) => walk(item, at + within + 2, box, child.type.name, level + 1));
      else if (child.isTextblock || child.isLeaf) lines.push({ node: child, at, box, list: index ? "" : list, level, isIn: Boolean(list) });
      else walk(child, at + 1, boxes.push(child), "", -1);
    });
  walk(doc, 0, 0, "", -1);
  return { lines, boxes };
}
