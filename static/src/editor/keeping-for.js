// What the keeper of words asks of the page of a plan.
import { getSchema } from "@tiptap/core";
import { TextSelection } from "@tiptap/pm/state";
import * as Y from "yjs";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "@tiptap/y-tiptap";
import { toast } from "../behaviors/toast.js";
import { keepEnded } from "../lessonplans/suggesting/only.js";
import { extensions } from "./schema.js";

const ALONE = "您刚写字的那一段被同伴删掉了，您的字另起一段留了下来";
const MOVED = "同伴改了您正在写的这一段的样式或位置，您的字接在了原处";

export function keepingFor(page) {
  const { nodes } = getSchema(extensions());
  return {
    allows: (name) => Boolean(nodes[name] && nodes[name].contentMatch.matchType(nodes.paragraph)),
    // Who only suggests may not note in the document what was put back, so that nobody else does it too.
    canWrite: () => page.provider.role === "write" && !page.provider.problem,
    ready: () => page.provider.hold.released(),
    caretText: () => caretText(page.editor),
    kept: (words) => showKept(page.editor, words),
    ended: (words) => page.provider.role === "suggest" && keepEnded(page.page, words),
  };
}

/** The text that one's caret stands in. */
function caretText(editor) {
  if (!editor || editor.isDestroyed || !editor.view.hasFocus()) return null;
  const { binding } = ySyncPluginKey.getState(editor.state);
  const { item, type } = absolutePositionToRelativePosition(editor.state.selection.head, binding.type, binding.mapping);
  const found = item || type;
  if (!found) return null;
  const struct = Y.getItem(binding.doc.store, found);
  if (!(struct instanceof Y.Item)) return null;
  return item ? struct.parent : struct.content.type || null;
}

/** The caret goes on where one was writing; a change that one would not notice is said. */
function showKept(editor, { text, at, hadCaret, isAlone }) {
  toast(isAlone ? ALONE : MOVED);
  if (!hadCaret || !editor || editor.isDestroyed) return;
  const { binding } = ySyncPluginKey.getState(editor.state);
  const place = Y.createRelativePositionFromTypeIndex(text, at, -1);
  const position = relativePositionToAbsolutePosition(binding.doc, binding.type, place, binding.mapping);
  if (position === null || position > editor.state.doc.content.size) return;
  const selection = TextSelection.near(editor.state.doc.resolve(position), -1);
  editor.view.dispatch(editor.state.tr.setSelection(selection).setMeta("addToHistory", false));
}
