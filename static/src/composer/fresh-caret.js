// A key works where the caret is. Browsers report a moved caret a moment later, on a busy computer after the next key:
// until then a shortcut would act where the caret was.
import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";

const COMPOSING = 229;

export const FreshCaret = Extension.create({
  name: "freshCaret",
  priority: 1000,
  addProseMirrorPlugins() {
    return [new Plugin({ props: { handleDOMEvents: { keydown: readCaret } } })];
  },
});

function readCaret(view, event) {
  if (!view.composing && !event.isComposing && event.keyCode !== COMPOSING) view.domObserver.flush();
  return false;
}
