// A key works where the caret is. Browsers report a moved caret a moment later, on a busy computer after the next key:
// until then a shortcut would act where the caret was, and what arrives from others meanwhile would put the caret back.
// The same with a press into a text that was not in use: the editor itself, 20 ms after it is in use, would put it back.
import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";

const COMPOSING = 229;

export const FreshCaret = Extension.create({
  name: "freshCaret",
  priority: 1000,
  addProseMirrorPlugins() {
    return [new Plugin({ props: { handleDOMEvents: { keydown, keyup: settled, mousedown, mouseup: settled } } })];
  },
});

/** Make what the browser has selected the editor's selection. */
export function readCaret(view) {
  if (!view.isDestroyed && !view.composing) view.domObserver.flush();
}

function keydown(view, event) {
  if (!event.isComposing && event.keyCode !== COMPOSING) readCaret(view);
  return false;
}

function mousedown(view) {
  setTimeout(() => readCaret(view), 0); // the browser moves the caret once all handlers have run
  return false;
}

function settled(view) {
  readCaret(view);
  return false;
}
