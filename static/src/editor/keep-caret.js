// One's own caret stays between the same two characters when others write in the same paragraph.
//
// y-tiptap 3.0.9 takes any change of the paragraph for a moved block and then keeps the caret's *number*; with sections,
// whose attributes are distinctive, it always finds such a "moved block", and the next word typed lands inside another.
// So the position is remembered as Yjs knows it, and put right after the change.
import { TextSelection } from "@tiptap/pm/state";
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from "@tiptap/y-tiptap";

export function keepCaret(editor, change) {
  const before = remember(editor);
  change();
  if (before) putRight(editor, before);
}

function remember(editor) {
  if (!editor || editor.isDestroyed || !(editor.state.selection instanceof TextSelection)) return null;
  const { binding } = ySyncPluginKey.getState(editor.state);
  const { anchor, head } = editor.state.selection;
  const relative = (position) => absolutePositionToRelativePosition(position, binding.type, binding.mapping);
  return { anchor: relative(anchor), head: relative(head) };
}

function putRight(editor, before) {
  const { state, view } = editor;
  const { binding } = ySyncPluginKey.getState(state);
  const absolute = (place) => relativePositionToAbsolutePosition(binding.doc, binding.type, place, binding.mapping);
  const anchor = absolute(before.anchor);
  const head = absolute(before.head);
  // The text around the caret was deleted: whatever place was found for it stands.
  if (anchor === null || head === null) return;
  const { selection } = state;
  if (selection.anchor === anchor && selection.head === head) return;
  if (Math.max(anchor, head) > state.doc.content.size) return;
  const kept = TextSelection.between(state.doc.resolve(anchor), state.doc.resolve(head));
  view.dispatch(state.tr.setSelection(kept).setMeta("addToHistory", false));
}
