// A place in the text as Yjs knows it: it stays between the same two characters whoever writes meanwhile.
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from "@tiptap/y-tiptap";

/** Remember a position; returns a function that tells where it is now (the end of the text when its place is gone). */
export function follow(editor, position) {
  const { binding } = ySyncPluginKey.getState(editor.state);
  const place = absolutePositionToRelativePosition(position, binding.type, binding.mapping);
  return () => {
    const now = ySyncPluginKey.getState(editor.state).binding;
    const found = relativePositionToAbsolutePosition(now.doc, now.type, place, now.mapping);
    const end = editor.state.doc.content.size;
    return found === null ? end : Math.min(found, end);
  };
}
