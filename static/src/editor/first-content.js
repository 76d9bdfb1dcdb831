// The editor begins with the document as it is. Left to itself it begins empty, y-tiptap then replaces everything, and
// the selection is carried over as two bare numbers, to a place between the sections where no text can stand.
import { initProseMirrorDoc } from "@tiptap/y-tiptap";

/** What the editor and its Collaboration extension have to be told, for the content of this Yjs fragment. */
export function beginningWith(fragment) {
  const mapping = new Map();
  const onBeforeCreate = ({ editor }) => {
    const made = initProseMirrorDoc(fragment, editor.schema);
    made.mapping.forEach((node, type) => mapping.set(type, node));
    editor.options.content = made.doc;
  };
  return { onBeforeCreate, ySyncOptions: { mapping } };
}
