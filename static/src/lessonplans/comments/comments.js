// 批注 beside the text: the list in the order of the text, from a comment to its words and back.
import { toast } from "../../behaviors/toast.js";
import { Draft } from "./draft.js";
import { FloatingButton } from "./floating.js";
import { highlighting, highlights } from "./highlights.js";
import { Mentions } from "./mentions.js";

const NARROW = window.matchMedia("(max-width: 59.99em)");

export class Comments {
  static on(page, provider) {
    const panel = page.querySelector("[data-plan-comments]");
    return panel ? new Comments(page, panel, provider) : null;
  }

  constructor(page, panel, provider) {
    this.page = page;
    this.panel = panel;
    this.list = panel.querySelector("live-list");
    this.button = page.querySelector("[data-comments-open]");
    const form = panel.querySelector("[data-comment-form]");
    this.draft = form ? new Draft(form, provider, (draft) => this.tell({ draft })) : null;
    new Mentions(panel, JSON.parse(panel.dataset.people));
    this.bind(form);
    this.count();
  }

  extension() {
    return highlighting({ known: () => new Set(this.threads().map(({ dataset }) => dataset.anchor)), press: (anchors) => this.pressed(anchors) });
  }

  bind(form) {
    // The button bears the word that the hint names: with words selected it is for writing about them. On a phone it opens the list.
    this.button.addEventListener("mousedown", (event) => this.hasSelection() && event.preventDefault());
    this.button.addEventListener("click", () => (this.hasSelection() ? this.write() : this.toggle()));
    this.panel.querySelector("[data-comments-close]").addEventListener("click", () => this.close());
    this.panel.addEventListener("click", (event) => this.press(event.target));
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.leave());
    this.list.addEventListener("focusin", (event) => this.look(event.target.closest("[data-anchor]")));
    this.list.addEventListener("live-list:updated", () => this.changed());
    this.list.addEventListener("live-list:gone", () => this.changed());
    if (form) form.addEventListener("async-form:done", (event) => (this.wanted = event.detail.id));
    document.addEventListener("keydown", (event) => this.onKey(event));
    window.addEventListener("hashchange", () => this.goToHash());
  }

  attach(editor) {
    this.editor = editor;
    if (this.draft) {
      this.draft.attach(editor);
      this.floating = new FloatingButton(editor, this.page.querySelector(".plan-main"), () => this.write(), () => !this.draft.form.hidden);
      if (!this.draft.form.hidden && NARROW.matches) this.open();
    }
    editor.on("transaction", ({ transaction }) => transaction.docChanged && this.scheduleOrder());
    this.changed();
    this.goToHash();
    this.panel.dataset.ready = "true";
  }

  threads() {
    return [...this.list.querySelectorAll(":scope > [data-anchor]")];
  }

  tell(change) {
    if (!this.editor || this.editor.isDestroyed) return;
    this.editor.view.dispatch(this.editor.state.tr.setMeta(highlights, change).setMeta("addToHistory", false));
  }

  /** The server told something new. */
  changed() {
    this.count();
    if (!this.editor) return;
    const open = this.threads().filter((thread) => !thread.classList.contains("is-resolved"));
    this.tell({ open: new Set(open.map(({ dataset }) => dataset.anchor)) });
    this.order();
    const fresh = this.wanted && document.getElementById(`comment-${this.wanted}`);
    if (!fresh) return;
    this.wanted = null;
    this.show(fresh);
    fresh.focus();
  }

  count() {
    const threads = this.threads();
    const open = threads.filter((thread) => !thread.classList.contains("is-resolved")).length;
    this.button.querySelector("[data-comments-count]").textContent = open || "";
    this.panel.querySelector("[data-none-open]").hidden = open > 0 || !threads.length || this.panel.dataset.show === "all";
  }

  scheduleOrder() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.order();
    });
  }

  /** In the order of the text; those whose words are gone come last and say so. Nobody's typing is moved away. */
  order() {
    const { places } = highlights.getState(this.editor.state);
    const threads = this.threads();
    for (const thread of threads) {
      const gone = !places.has(thread.dataset.anchor);
      thread.querySelector("[data-lost]").hidden = !gone;
      thread.querySelector("[data-to-text]").disabled = gone;
    }
    if (this.list.contains(document.activeElement)) return;
    const at = ({ dataset }) => (places.has(dataset.anchor) ? places.get(dataset.anchor)[0].from : Infinity);
    const sorted = [...threads].sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
    if (sorted.some((thread, index) => thread !== threads[index])) this.list.append(...sorted);
  }

  press(target) {
    const filter = target.closest("[data-show-comments]");
    if (filter) return this.filter(filter.dataset.showComments);
    const quote = target.closest("[data-to-text]");
    if (quote) this.goToText(quote.closest("[data-anchor]").dataset.anchor);
  }

  filter(wanted) {
    this.panel.dataset.show = wanted;
    for (const button of this.panel.querySelectorAll("[data-show-comments]")) {
      button.setAttribute("aria-pressed", String(button.dataset.showComments === wanted));
    }
    this.count();
  }

  /** Show which words a thread is about. */
  look(thread) {
    for (const other of this.threads()) other.classList.toggle("is-current", other === thread);
    this.tell({ current: thread ? thread.dataset.anchor : null });
  }

  goToText(anchor) {
    const ranges = this.editor && highlights.getState(this.editor.state).places.get(anchor);
    if (!ranges) return;
    this.close();
    this.tell({ current: anchor });
    this.editor.chain().setTextSelection({ from: ranges[0].from, to: ranges[ranges.length - 1].to }).focus().run();
    const { node } = this.editor.view.domAtPos(ranges[0].from);
    const place = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    place.scrollIntoView({ block: "center" });
  }

  /** Commented words were pressed: on a phone one says by the button that one wants to read what is said. */
  pressed(anchors) {
    const thread = this.threads().find(({ dataset }) => anchors.includes(dataset.anchor));
    if (!thread) return;
    this.look(thread);
    if (NARROW.matches) this.open();
    thread.scrollIntoView({ block: "nearest" });
  }

  show(thread) {
    if (thread.classList.contains("is-resolved")) this.filter("all");
    if (NARROW.matches) this.open();
    this.look(thread.closest("[data-anchor]"));
    thread.scrollIntoView({ block: "nearest" });
  }

  goToHash() {
    const target = /^#comment-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!target) return;
    this.show(target.closest("[data-anchor]"));
    target.closest("[data-anchor]").focus();
  }

  onKey(event) {
    if (!event.ctrlKey || !event.altKey || event.code !== "KeyC") return;
    event.preventDefault();
    this.write();
  }

  /** Write about what is selected; without a selection, to the comment on the words at the caret. */
  write() {
    if (!this.editor) return;
    if (this.draft && this.draft.open()) {
      if (NARROW.matches) this.open();
      this.floating.follow();
      this.draft.body.focus();
      return;
    }
    const { places } = highlights.getState(this.editor.state);
    const { from } = this.editor.state.selection;
    const here = this.threads().find(({ dataset }) => (places.get(dataset.anchor) || []).some((range) => from >= range.from && from <= range.to));
    if (!here) return toast("先选中要批注的字");
    this.show(here);
    here.focus();
  }

  hasSelection() {
    return Boolean(!NARROW.matches && this.draft && this.draft.form.hidden && this.editor && !this.editor.state.selection.empty);
  }

  toggle() {
    if (NARROW.matches && this.panel.classList.contains("is-open")) return this.close();
    this.open();
    this.panel.querySelector("#comments-title").focus();
  }

  open() {
    this.panel.classList.add("is-open");
    this.button.setAttribute("aria-expanded", "true");
    if (!NARROW.matches) this.panel.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.panel.classList.remove("is-open");
    this.button.setAttribute("aria-expanded", "false");
  }

  leave() {
    const sheet = NARROW.matches && this.panel.classList.contains("is-open");
    this.close();
    if (sheet) this.button.focus();
    else if (this.editor) this.editor.commands.focus();
  }
}

