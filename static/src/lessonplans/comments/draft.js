// Writing a comment: about which words, wherever others move them meanwhile. What is not sent stays on this device.
import { whenSaved } from "../../editor/saving.js";
import { follow } from "../../editor/places.js";
import { findParts, partsBetween, wordsOf } from "./place.js";

export class Draft {
  /** `show(range)` lets the text show the words that are meant: a function that tells where they are, or null. */
  constructor(form, provider, show) {
    this.form = form;
    this.provider = provider;
    this.show = show;
    this.body = form.elements.body;
    this.place = form.elements.place;
    this.quote = form.querySelector("[data-comment-quote]");
    form.addEventListener("submit", (event) => this.beforeSending(event));
    form.addEventListener("async-form:done", () => this.close());
    form.addEventListener("async-form:failed", (event) => this.refused(event.detail));
    form.querySelector("[data-comment-cancel]").addEventListener("click", () => this.cancel());
    form.addEventListener("draft:restored", () => this.takeUp());
    this.body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    this.takeUp();
  }

  attach(editor) {
    this.editor = editor;
    if (!this.form.hidden) this.findAgain();
  }

  /** Write about what is selected; false if that is nothing. */
  open() {
    const { from, to } = this.editor.state.selection;
    const parts = partsBetween(this.editor.state.doc, from, to);
    if (!parts.length) return false;
    this.follow(from, to);
    this.note(parts);
    this.form.hidden = false;
    return true;
  }

  follow(from, to) {
    const [begin, end] = [follow(this.editor, from), follow(this.editor, to)];
    this.range = () => ({ from: begin(), to: end() });
    this.show(this.range);
  }

  note(parts) {
    this.place.value = JSON.stringify(parts);
    this.quote.textContent = wordsOf(parts);
    this.place.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** A draft came back with the page, or was let go. */
  takeUp() {
    const parts = read(this.place.value);
    if (!this.body.value || !parts.length) return;
    this.quote.textContent = wordsOf(parts);
    this.form.hidden = false;
    if (this.editor) this.findAgain();
  }

  findAgain() {
    const range = findParts(this.editor.state.doc, read(this.place.value));
    if (range) this.follow(range.from, range.to);
  }

  /** The words must be on the server before the comment on them is; they may have changed since they were selected. */
  beforeSending(event) {
    if (this.range) {
      const { from, to } = this.range();
      const parts = partsBetween(this.editor.state.doc, from, to);
      if (parts.length) this.note(parts);
    }
    if (this.passing || (!this.waiting && !this.provider.unconfirmed)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.waiting) this.sendWhenSaved();
  }

  async sendWhenSaved() {
    this.waiting = true;
    await whenSaved(this.provider);
    this.waiting = false;
    if (this.form.hidden) return;
    this.passing = true;
    this.form.requestSubmit();
    this.passing = false;
  }

  /** What was written without a line and sent as it came back: the words follow a moment later. */
  refused(error) {
    // Cancelled while it was on its way: it is not sent again.
    if (this.form.hidden) this.form.dataset.state = "";
    if (error.status !== 409 || !this.provider.unconfirmed) return;
    whenSaved(this.provider).then((saved) => saved && !this.form.hidden && this.form.requestSubmit());
  }

  cancel() {
    this.body.value = "";
    this.body.dispatchEvent(new Event("input", { bubbles: true }));
    this.body.dispatchEvent(new Event("change", { bubbles: true }));
    if (this.form.dataset.state === "offline") this.form.dataset.state = "";
    this.close();
    this.editor.commands.focus();
  }

  close() {
    this.place.value = "";
    this.place.dispatchEvent(new Event("input", { bubbles: true }));
    this.place.dispatchEvent(new Event("change", { bubbles: true }));
    this.form.dispatchEvent(new Event("send-once:anew"));
    this.form.hidden = true;
    this.range = null;
    this.show(null);
  }
}

function read(text) {
  try {
    return JSON.parse(text) || [];
  } catch (_) {
    return [];
  }
}
