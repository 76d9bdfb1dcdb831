// Find and replace. 全部替换 is one step for undo, and touches only what stands there at that moment.
import { Extension } from "@tiptap/core";
import { TextSelection } from "@tiptap/pm/state";
import { yUndoPluginKey } from "@tiptap/y-tiptap";
import { findKey, findPlugin } from "./matches.js";

const BAR = `<div class="find-row"><input type="text" aria-label="查找" placeholder="查找" autocomplete="off" maxlength="100" data-words>
    <span class="find-count num" role="status" data-count></span>
    <button type="button" class="tool" data-step="-1" aria-label="上一处" title="上一处 Shift+Enter">↑</button>
    <button type="button" class="tool" data-step="1" aria-label="下一处" title="下一处 Enter">↓</button>
    <button type="button" class="tool" data-shut aria-label="关闭查找" title="关闭 Esc">✕</button></div>
  <div class="find-row"><input type="text" aria-label="替换为" placeholder="替换为" autocomplete="off" maxlength="200" data-other>
    <button type="button" class="button small" data-one>替换</button>
    <button type="button" class="button small" data-all>全部替换</button></div>`;

export class Finder {
  constructor(hold) {
    this.hold = hold;
  }

  extension() {
    const open = () => (this.open(), true);
    return Extension.create({
      name: "find",
      priority: 900,
      addProseMirrorPlugins: () => [findPlugin()],
      addKeyboardShortcuts: () => ({ "Mod-f": open, "Mod-h": open }),
    });
  }

  attach(editor, place) {
    this.editor = editor;
    this.place = place;
    editor.on("transaction", ({ transaction }) => this.bar && (transaction.docChanged || transaction.getMeta(findKey)) && this.tell());
  }

  open() {
    if (!this.bar) this.build();
    const { from, to } = this.editor.state.selection;
    const chosen = this.editor.state.doc.textBetween(from, to, "\n");
    if (chosen && chosen.length < 60 && !chosen.includes("\n")) this.words.value = chosen;
    this.bar.hidden = false;
    this.words.focus();
    this.words.select();
    this.look();
  }

  build() {
    this.bar = document.createElement("div");
    this.bar.className = "find-bar no-print";
    this.bar.setAttribute("role", "search");
    this.bar.setAttribute("aria-label", "在正文里查找和替换");
    this.bar.innerHTML = BAR;
    this.words = this.bar.querySelector("[data-words]");
    this.other = this.bar.querySelector("[data-other]");
    this.words.addEventListener("input", (event) => event.isComposing || this.look());
    this.words.addEventListener("compositionend", () => this.look());
    this.bar.addEventListener("keydown", (event) => this.key(event));
    this.bar.addEventListener("click", (event) => this.press(event.target.closest("button")));
    this.place.before(this.bar);
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.shut();
    else if (event.key === "Enter" && event.target === this.words) this.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter" && event.target === this.other) this.replaceOne();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  press(button) {
    if (!button) return;
    if (button.dataset.step) this.step(Number(button.dataset.step));
    else if ("shut" in button.dataset) this.shut();
    else if ("one" in button.dataset) this.replaceOne();
    else this.replaceAll();
  }

  get found() {
    return findKey.getState(this.editor.state);
  }

  /** Begin at the caret, not at the top. */
  look() {
    this.ask({ words: this.words.value });
    const { matches } = this.found;
    const next = matches.findIndex(({ from }) => from >= this.editor.state.selection.from);
    if (matches.length) this.goTo(Math.max(0, next));
  }

  ask(what) {
    this.editor.view.dispatch(this.editor.state.tr.setMeta(findKey, what).setMeta("addToHistory", false));
  }

  step(by) {
    const { matches, at } = this.found;
    if (matches.length) this.goTo((at + by + matches.length) % matches.length);
  }

  goTo(at) {
    this.ask({ at });
    const shown = this.editor.view.dom.querySelector(".found.is-current");
    if (shown) shown.scrollIntoView({ block: "center" });
  }

  tell() {
    const { words, matches, at } = this.found;
    const count = matches.length ? `${at + 1} / ${matches.length}` : words && "没有找到";
    this.bar.querySelector("[data-count]").textContent = count || "";
    const able = this.editor.isEditable && matches.length > 0;
    for (const name of ["one", "all"]) this.bar.querySelector(`[data-${name}]`).disabled = !able;
  }

  replaceOne() {
    const { matches, at } = this.found;
    if (at < 0 || !this.mayWrite) return;
    this.editor.view.dispatch(this.changed([matches[at]]));
    if (this.found.matches.length) this.goTo(this.found.at);
  }

  replaceAll() {
    const { matches } = this.found;
    if (!matches.length || !this.mayWrite) return;
    this.alone(() => this.editor.view.dispatch(this.changed(matches)));
    this.bar.querySelector("[data-count]").textContent = `替换了 ${matches.length} 处`;
  }

  get mayWrite() {
    return this.editor.isEditable && !this.hold.active;
  }

  /** The words keep how they look; pinyin belongs to the characters that go. */
  changed(matches) {
    const { state } = this.editor;
    const { tr } = state;
    for (const { from, to } of [...matches].reverse()) {
      const marks = (state.doc.nodeAt(from) || { marks: [] }).marks.filter(({ type }) => type.name !== "pinyin");
      if (this.other.value) tr.replaceWith(from, to, state.schema.text(this.other.value, marks));
      else tr.delete(from, to);
    }
    return tr;
  }

  /** One step for undo, apart from what was typed before and after. */
  alone(step) {
    const { undoManager } = yUndoPluginKey.getState(this.editor.state);
    undoManager.stopCapturing();
    step();
    undoManager.stopCapturing();
  }

  shut() {
    const { matches, at } = this.found;
    this.bar.hidden = true;
    this.ask({ words: "" });
    const { state, view } = this.editor;
    if (matches[at]) view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, matches[at].from, matches[at].to)));
    view.focus();
  }
}
