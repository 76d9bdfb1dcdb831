// 接受 and 不接受: ordinary edits of the document, each one step for undo.
import { canSplit } from "@tiptap/pm/transform";
import { ySyncPluginKey, yUndoPluginKey } from "@tiptap/y-tiptap";
import { CELLS, settleBlock } from "./blocks.js";
import { dropFillers } from "./columns.js";
import { RELIST } from "./formats.js";
import { becomeFormula } from "./formulas.js";
import { MERGE, SPLIT, regrid } from "./grid.js";
import { BREAK, INSERTION, JOIN } from "./marks.js";
import { PLAIN } from "./mode.js";
import { breaksUp, isGrid, suggestionsIn } from "./list.js";
import { relist } from "./relisting.js";
import { isJoinable, joiningDepth } from "./rewriting.js";
import { HEADER } from "./switches.js";
import { aloneId, isForgotten, notedIn } from "./twice.js";

const ITEMS = ["listItem", "taskItem"];
const WRAPS = [...ITEMS, "bulletList", "orderedList", "taskList", "blockquote"];

/** Accept or refuse the suggestions with these ids as one step; returns how many that were, how many stay because their cells
 *  cannot be merged now, and how to take it back. */
export function decide(editor, ids, accepted) {
  const chosen = suggestionsIn(editor.state.doc).filter(({ id }) => ids.includes(id));
  if (!chosen.length || !editor.isEditable) return { count: 0 };
  const { undoManager } = yUndoPluginKey.getState(editor.state);
  asOneStep(undoManager, () => {
    const moving = accepted ? chosen.filter(breaksUp) : [];
    settleAll(editor, chosen.filter((one) => !moving.includes(one)), accepted);
    inOrder(moving).forEach(({ id }) => acceptMoving(editor, id));
  });
  const left = accepted ? suggestionsIn(editor.state.doc).filter(({ id, ranges }) => ids.includes(id) && ranges.some(isGrid)).length : 0;
  return { count: chosen.length - left, left, undo: undoing(editor, undoManager) };
}

/** An item goes below the one before it, so those go first; whatever breaks up a paragraph, from the end. Cells are split
 *  before others are merged, once all that is in them is settled; what is left of them becomes headings. */
function inOrder(moving) {
  const ranks = moving.map((one) => {
    const kinds = one.ranges.map(({ kind }) => kind);
    return kinds.includes(HEADER) ? 4 : kinds.includes(MERGE) ? 3 : kinds.includes(SPLIT) ? 2 : kinds.includes(RELIST) ? 1 : 0;
  });
  const of = (rank) => moving.filter((_one, n) => ranks[n] === rank);
  return [...of(0).reverse(), ...[1, 2, 3, 4].flatMap(of)];
}

function asOneStep(undoManager, act) {
  const { captureTimeout } = undoManager;
  undoManager.stopCapturing();
  undoManager.captureTimeout = Infinity;
  act();
  undoManager.captureTimeout = captureTimeout;
  undoManager.stopCapturing();
}

/** Returns how it is taken back; that returns why it cannot be, in words, or nothing: only the latest step can. */
function undoing(editor, undoManager) {
  const step = undoManager.undoStack[undoManager.undoStack.length - 1];
  return () => {
    const steps = undoManager.undoStack;
    if (isForgotten(step)) return "同伴在同一刻也接受了，留下的是 TA 的那一次，请 TA 来撤销";
    if (!steps.includes(step)) return "这一步已经撤销了";
    if (steps[steps.length - 1] !== step) return "这之后您又改了别处，请按 Ctrl+Z 一步步撤销";
    editor.commands.undo();
    return "";
  };
}

function settleAll({ state, view }, chosen, accepted) {
  if (!chosen.length) return;
  const ranges = chosen.flatMap((suggestion) => suggestion.ranges).sort((one, other) => other.from - one.from);
  const tr = state.tr.setMeta(PLAIN, true);
  const isMove = ({ kind }) => accepted && kind === RELIST;
  const isPlaced = (range) => accepted && isGrid(range);
  ranges.filter((range) => !isMove(range) && !isPlaced(range)).forEach((range) => settle(tr, range, accepted));
  tablesOf(state.doc, ranges).forEach((at) => dropFillers(tr, tr.mapping.map(at)));
  const ids = chosen.map(({ id }) => id);
  if (ranges.some(isMove)) relist(tr, ids);
  if (ranges.some(isPlaced)) regrid(tr, ids);
  if (tr.docChanged) view.dispatch(tr);
}

/** Where the tables stand of which cells come or go, from the last one. */
function tablesOf(doc, ranges) {
  const cells = ranges.filter(({ block }) => block && CELLS.includes(block.type.name));
  return [...new Set(cells.map(({ from }) => doc.resolve(from).before(-1)))];
}

/** What moves text to another paragraph, by itself: it is noted what it puts there. */
function acceptMoving(editor, id) {
  const { doc } = ySyncPluginKey.getState(editor.state);
  const found = suggestionsIn(editor.state.doc).filter((one) => one.id === id);
  notedIn(doc, found.some(({ ranges }) => ranges.some(isGrid)) ? aloneId(id) : id, () => settleAll(editor, found, true));
}

function settle(tr, range, accepted) {
  const from = tr.mapping.map(range.from, 1);
  const to = tr.mapping.map(range.to, -1);
  if (from >= to) return;
  if (range.block) {
    settleBlock(tr, from, range.kind, accepted);
    if (range.block.isInline && accepted) dropEmptied(tr, from);
    return;
  }
  const isInsertion = range.kind === INSERTION;
  if (isInsertion !== accepted) {
    tr.delete(from, to);
    if (!isInsertion) dropEmptied(tr, from);
  } else {
    tr.removeMark(from, to, range.mark);
    if (isInsertion && range.tex) return void becomeFormula(tr, from, to, range.tex);
    if (isInsertion) joinOn(tr, from, range.text);
    if (isInsertion) breakUp(tr, from, range.text.split(JOIN).join(""));
  }
}

/** Where that was suggested the next paragraph joins on. */
function joinOn(tr, from, text) {
  for (let at = text.lastIndexOf(JOIN); at >= 0; at = at ? text.lastIndexOf(JOIN, at - 1) : -1) {
    tr.delete(from + at, from + at + 1);
    const place = tr.doc.resolve(from + at);
    if (place.parentOffset !== place.parent.content.size || !isJoinable(place)) continue;
    const depth = joiningDepth(place);
    tr.join(place.after(place.depth - depth + 1), depth);
  }
}

/** The suggested breaks become paragraphs, or items of a list. */
function breakUp(tr, from, text) {
  for (let at = text.lastIndexOf(BREAK); at >= 0; at = at ? text.lastIndexOf(BREAK, at - 1) : -1) {
    tr.delete(from + at, from + at + 1);
    const place = tr.doc.resolve(from + at);
    const depth = place.depth > 1 && ITEMS.includes(place.node(-1).type.name) ? 2 : 1;
    const types = place.parent.type.name === "heading" ? [{ type: tr.doc.type.schema.nodes.paragraph }] : undefined;
    if (canSplit(tr.doc, from + at, depth, types)) tr.split(from + at, depth, types);
  }
}

/** A paragraph of which everything was taken out goes too, with its item, unless it is the last in its place. */
function dropEmptied(tr, at) {
  const place = tr.doc.resolve(at);
  if (!place.parent.isTextblock || place.parent.content.size) return;
  let { depth } = place;
  while (depth > 1 && place.node(depth - 1).childCount === 1 && WRAPS.includes(place.node(depth - 1).type.name)) depth -= 1;
  if (depth > 1 && place.node(depth - 1).childCount > 1) tr.delete(place.before(depth), place.after(depth));
}
