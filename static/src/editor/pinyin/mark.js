// Pinyin over a character. A mark of the character itself, so that search, counting and co-editing see plain text; the
// number tells 妈 from the 妈 beside it, which would else become one mark over both.
import { Mark } from "@tiptap/core";
import { pinyinDialog } from "./dialog.js";

export const Pinyin = Mark.create({
  name: "pinyin",
  inclusive: false,
  excludes: "pinyin",

  addAttributes() {
    return {
      text: { default: "", parseHTML: (element) => element.dataset.pinyin || heard(element) },
      n: { default: 0, parseHTML: (element) => Number(element.dataset.n) || Math.floor(Math.random() * 1e6) },
    };
  },

  parseHTML() {
    return [{ tag: "ruby[data-pinyin]", contentElement: "span" }, { tag: "ruby", priority: 40 }, { tag: "rt, rp", ignore: true }];
  },

  renderHTML({ mark }) {
    const { text, n } = mark.attrs;
    return ["ruby", { "data-pinyin": text, "data-n": n }, ["span", 0], ["rt", { contenteditable: "false" }, text]];
  },

  addKeyboardShortcuts() {
    return { "Mod-Alt-p": ({ editor }) => editor.isEditable && (pinyinDialog(editor), true) };
  },
});

function heard(ruby) {
  const over = ruby.querySelector("rt");
  return over ? over.textContent.trim() : "";
}
