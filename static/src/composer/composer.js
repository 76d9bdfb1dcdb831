// The rich composer of posts: Tiptap over a hidden textarea, which always holds the HTML that will be sent.
import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import Image from "@tiptap/extension-image";
import { Placeholder } from "@tiptap/extensions";
import { LOOKS_LIKE_HTML, setFormat } from "./prepare.js";
import { FreshCaret } from "./fresh-caret.js";
import { mentions } from "./mentions.js";
import { Toolbar } from "./toolbar.js";
import { pickedFiles, takeFiles } from "./uploads.js";

export class Composer {
  constructor(area) {
    this.area = area;
    const hadFocus = document.activeElement === area;
    this.box = document.createElement("div");
    this.box.className = "composer";
    this.text = document.createElement("div");
    this.box.append(this.text);
    area.insertAdjacentElement("beforebegin", this.box);
    this.editor = this.createEditor();
    this.box.prepend(new Toolbar(this).element);
    setFormat(area, "html");
    this.writeBack(false);
    this.listen();
    if (hadFocus) this.takeFocus();
    area.hidden = true;
  }

  /** At once, not in the next frame as the focus command does: a key pressed in between would be lost. */
  takeFocus() {
    const { editor } = this;
    editor.commands.setTextSelection(editor.state.doc.content.size);
    editor.view.focus();
  }

  createEditor() {
    const { area } = this;
    const label = area.labels && area.labels[0] ? area.labels[0].textContent.trim() : "正文";
    return new Editor({
      element: this.text,
      injectCSS: false,
      extensions: [
        FreshCaret,
        StarterKit.configure({ heading: { levels: [3] }, code: false, codeBlock: false, link: { openOnClick: false } }),
        Image.configure({ allowBase64: false }),
        Placeholder.configure({ placeholder: area.placeholder }),
        ...(area.dataset.mentionSrc ? [mentions(area.dataset.mentionSrc)] : []),
      ],
      content: htmlOf(area.value),
      editorProps: {
        attributes: {
          class: "composer-text prose",
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": label,
          lang: "zh-CN",
          ...(area.getAttribute("aria-describedby") ? { "aria-describedby": area.getAttribute("aria-describedby") } : {}),
        },
        handleKeyDown: (_, event) => this.sendQuickly(event),
        handlePaste: (_, event) => this.takeFiles(event, event.clipboardData),
        handleDrop: (_, event) => this.takeFiles(event, event.dataTransfer),
      },
      onUpdate: () => this.writeBack(true),
    });
  }

  listen() {
    const { area, editor } = this;
    if (area.form) area.form.addEventListener("reset", () => setTimeout(() => this.load(area.value)));
    area.addEventListener("draft:restored", () => this.load(area.value));
    area.addEventListener("focus", () => editor.commands.focus());
    for (const label of area.labels || []) {
      label.addEventListener("click", () => editor.commands.focus());
    }
  }

  get html() {
    return this.editor.isEmpty ? "" : this.editor.getHTML();
  }

  /** The textarea is the truth for forms, drafts and the server. */
  writeBack(tell) {
    this.area.value = this.html;
    if (tell) this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  load(value) {
    // Emptied by the page it is left alone if somebody has gone on writing meanwhile.
    if (value === this.html) return;
    this.editor.commands.setContent(htmlOf(value), { emitUpdate: false });
    this.writeBack(false);
  }

  /** Before the editor's own Ctrl+Enter, which breaks the line. */
  sendQuickly(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !this.area.form) return false;
    this.area.form.requestSubmit();
    return true;
  }

  takeFiles(event, transfer) {
    const files = pickedFiles(transfer);
    if (!this.area.dataset.uploadUrl || !files.length) return false;
    event.preventDefault();
    takeFiles(this, files);
    return true;
  }
}

/** What was typed before the composer came is plain text. */
function htmlOf(value) {
  if (LOOKS_LIKE_HTML.test(value)) return value;
  const box = document.createElement("div");
  for (const line of value ? value.split(/\r?\n/) : []) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    box.append(paragraph);
  }
  return box.innerHTML;
}
