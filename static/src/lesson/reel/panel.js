// What belongs to the clip in front: its task, what was said about it, and a remark that lands at the same second of the lesson.
import { follow } from "../../live/topics.js";
import { morph } from "../../live/fragment.js";
import { requestHtml } from "../../net.js";
import { toast } from "../../behaviors/toast.js";
import { wentOn } from "../../behaviors/written.js";
import { clock } from "../time.js";

const WAIT_MS = 150;

export class ReelPanel {
  constructor(reel, owner) {
    this.reel = reel;
    this.owner = owner;
    this.held = null;
    this.resumes = false;
    reel.addEventListener("input", (event) => this.onInput(event));
    reel.addEventListener("keydown", (event) => this.onKey(event));
    reel.addEventListener("click", (event) => this.onClick(event));
    for (const name of ["submit", "async-form:sending"]) reel.addEventListener(name, (event) => this.writeTime(event), true);
    reel.addEventListener("async-form:done", (event) => this.sent(event));
    window.addEventListener("online", () => this.isOfAnother && this.read());
    this.live();
  }

  get panel() {
    return this.reel.querySelector("[data-reel-panel]");
  }

  get form() {
    return this.reel.querySelector("[data-reel-form]");
  }

  /** The clip in front is not the one of which the panel tells: what is written now would land in the other's lesson. */
  get isOfAnother() {
    const { row } = this.owner;
    return Boolean(row && row.dataset.orderRow !== this.panel.dataset.reelPanel);
  }

  /** Others say something about this lesson too. */
  live() {
    if (this.leave) this.leave();
    const { topic } = this.panel.dataset;
    this.leave = follow(topic, {
      seq: () => Infinity,
      onChanged: ({ seq }) => seq > Number(this.panel.dataset.seq) && this.readLater(),
    });
  }

  readLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), WAIT_MS);
  }

  /** The panel of the clip in front. Of another clip it is another one: a remark that was begun stays with its own. */
  async read() {
    const { row } = this.owner;
    if (!row) return;
    this.panel.setAttribute("aria-busy", String(this.isOfAnother));
    try {
      const { html } = await requestHtml(row.dataset.panel);
      if (this.owner.row !== row) return;
      const next = new DOMParser().parseFromString(html, "text/html").querySelector("[data-reel-panel]");
      if (next.dataset.reelPanel === this.panel.dataset.reelPanel) morph(this.panel, next);
      else {
        this.held = null;
        this.panel.replaceWith(document.importNode(next, true));
      }
      this.live();
    } catch (error) {
      if (!error.offline) toast(error.message);
    }
  }

  onClick(event) {
    const link = event.target.closest("[data-reel-seek]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.owner.front.seek(Number(link.dataset.reelSeek));
  }

  /** C: stop here and write. */
  open() {
    if (!this.form || this.isOfAnother) return;
    this.hold();
    this.form.elements.body.focus();
    this.form.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  hold() {
    const { front } = this.owner;
    if (this.held !== null) return;
    this.held = front.now;
    this.resumes = !front.paused;
    front.pause();
  }

  onInput({ target }) {
    if (!target.matches("[data-reel-form] [name=body]")) return;
    if (target.value) this.hold();
    else this.held = null;
  }

  /** The moment runs with the film until somebody writes. */
  follow(ms) {
    const place = this.reel.querySelector("[data-reel-now]");
    const words = clock(this.held === null ? ms : this.held);
    if (place && place.textContent !== words) place.textContent = words;
  }

  /** Enter sends and the film goes on, Shift+Enter is a new line; an open pinyin window keeps its Enter. */
  onKey(event) {
    if (!event.target.matches("[data-reel-form] [name=body]") || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.target.blur();
      if (!event.target.value) this.held = null;
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      if (event.target.value.trim()) this.form.requestSubmit();
    }
  }

  writeTime({ target }) {
    if (!target.matches("[data-reel-form]")) return;
    target.elements.start_ms.value = this.held === null ? this.owner.front.now : this.held;
  }

  sent({ target }) {
    if (!target.matches("[data-reel-form]")) return;
    const { body } = target.elements;
    if (!wentOn(body, target.sentValues)) {
      body.value = "";
      body.dispatchEvent(new Event("input", { bubbles: true }));
      body.blur();
      if (this.resumes) this.owner.front.play();
    }
    toast("已发表，课例里的同一秒也看得到");
    this.read();
  }
}
