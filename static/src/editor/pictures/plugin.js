// What is pasted or dropped, and the pictures that wait at their places: only one's own page shows them.
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { isChangeOrigin } from "@tiptap/extension-collaboration";
import { button } from "../../elements.js";

const key = new PluginKey("pictures");

export function picturePlugin(pictures, take) {
  return new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(transaction, shown, _before, state) {
        const entries = transaction.getMeta("pictures");
        if (entries || (pictures.kept.entries.length && isChangeOrigin(transaction))) {
          return drawn(pictures, state.doc);
        }
        return shown.map(transaction.mapping, transaction.doc);
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handlePaste: (view, event) => {
        const data = event.clipboardData;
        // Word puts a picture of the text beside the text: the text is what is meant.
        if (!data || !view.editable || data.getData("text/html")) return false;
        return take(data.files);
      },
      handleDrop: (view, event, _slice, moved) => {
        if (moved || !event.dataTransfer || !view.editable) return false;
        const spot = view.posAtCoords({ left: event.clientX, top: event.clientY });
        const taken = take(event.dataTransfer.files, spot ? spot.pos : undefined);
        if (taken) event.preventDefault();
        return taken;
      },
    },
  });
}

function drawn(pictures, doc) {
  const widgets = pictures.kept.entries.map((entry) => {
    const at = Math.min(entry.place(), doc.content.size);
    const name = `${entry.key}:${entry.sending}:${entry.problem}`;
    const options = { side: 1, key: name, ignoreSelection: true, stopEvent: () => true };
    return Decoration.widget(at, () => card(pictures, entry), options);
  });
  return DecorationSet.create(doc, widgets);
}

function card(pictures, entry) {
  const box = document.createElement("span");
  box.className = "kept-picture";
  box.contentEditable = "false";
  const preview = document.createElement("img");
  preview.src = entry.preview;
  preview.alt = entry.alt;
  const words = document.createElement("span");
  words.className = "kept-picture-words";
  words.textContent = entry.problem ? `${where(entry)}：${entry.problem}` : "正在上传";
  box.append(preview, words);
  if (entry.problem) {
    box.append(
      button("再传一次", "button small", () => pictures.retry([entry])),
      button("不要了", "button small plain", () => pictures.drop(entry)),
    );
  }
  return box;
}

const where = (entry) => (entry.stored ? "这张图片只存在本机" : "这张图片只在这个页面里，请先不要关闭");
