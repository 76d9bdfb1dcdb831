// Who watches what. The host deals by press, key or drag; everybody else sees it at once, also where one watches and notes.
import { follow } from "../live/topics.js";
import { morph } from "../live/fragment.js";
import { requestHtml, requestJson } from "../net.js";
import { toast } from "../behaviors/toast.js";

const SOON_MS = 150;
// Comments come by the dozen; only how many there are is shown here.
const LATER_MS = 2000;
const WHAT = { perspective: SOON_MS, member: SOON_MS, comment: LATER_MS };

export function bindPerspectives(element) {
  const page = new Perspectives(element);
  page.begin();
}

class Perspectives {
  constructor(element) {
    this.element = element;
    this.seen = Number(element.dataset.seq) || 0;
    this.timer = 0;
    this.stale = false;
    // Presses are sent one after the other, in their order.
    this.line = Promise.resolve();
    this.waiting = 0;
    this.dragged = null;
  }

  begin() {
    const { element } = this;
    const deals = element.hasAttribute("data-matrix");
    follow(element.dataset.topic, {
      seq: () => Infinity,
      onChanged: ({ seq, what }) => {
        const newer = seq > this.seen;
        if (what === "join") {
          element.dataset.state = "live";
          if (newer || this.stale) this.fetchIn(SOON_MS);
        } else if (newer && WHAT[what] && (deals || what !== "comment")) this.fetchIn(WHAT[what]);
      },
    });
    window.addEventListener("online", () => this.stale && this.fetchIn(SOON_MS));
    if (deals) this.bindDealing();
  }

  bindDealing() {
    document.addEventListener("async-form:done", (event) => event.target.closest(".card") === this.element.closest(".card") && this.fetchNow());
    document.addEventListener("async-form:failed", (event) => this.element.contains(event.target) && this.fetchNow());
    this.element.addEventListener("click", (event) => {
      const cell = event.target.closest(".watch-cell");
      if (!cell) return;
      event.preventDefault();
      this.deal({ cell: cell.value }, cell);
    });
    for (const kind of ["dragstart", "dragover", "drop", "dragend"]) this.element.addEventListener(kind, (event) => this[kind](event));
  }

  /** A cell shows at once what was pressed; the server's answer comes with the table. */
  deal(fields, cell) {
    if (cell) {
      const on = cell.getAttribute("aria-pressed") !== "true";
      cell.setAttribute("aria-pressed", String(on));
      cell.value = cell.value.replace(/\d$/, on ? "0" : "1");
    }
    this.waiting += 1;
    this.line = this.line.then(() => this.send(fields));
  }

  async send(fields) {
    const form = document.getElementById("watchers-form");
    const body = new FormData(form);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    try {
      await requestJson(form.action, { method: "POST", body });
    } catch (error) {
      toast(error.message);
    }
    this.waiting -= 1;
    if (!this.waiting) await this.fetchNow();
  }

  dragstart(event) {
    const { deals, from } = (event.target.closest("[data-deals]") || event.target).dataset;
    this.dragged = deals ? { deals, from } : null;
    if (deals) event.dataTransfer.setData("text/plain", deals);
  }

  dragover(event) {
    const over = this.dragged && event.target.closest("[data-person]");
    this.mark(over);
    if (over) event.preventDefault();
  }

  drop(event) {
    const over = this.dragged && event.target.closest("[data-person]");
    if (!over) return;
    event.preventDefault();
    const { deals, from } = this.dragged;
    const { person } = over.dataset;
    if (from !== person) this.deal({ cell: `${deals}-${person}-1`, ...(from ? { from } : {}) });
  }

  dragend() {
    this.dragged = null;
    this.mark(null);
    if (this.stale) this.fetchIn(SOON_MS);
  }

  /** The column over which something is held. */
  mark(over) {
    const person = over ? over.dataset.person : "";
    for (const cell of this.element.querySelectorAll("[data-person]")) cell.classList.toggle("is-over", cell.dataset.person === person);
  }

  fetchIn(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetchNow(), ms);
  }

  async fetchNow() {
    clearTimeout(this.timer);
    // What was pressed is not shown as it was before; the last answer fetches.
    if (this.waiting || this.dragged) {
      this.stale = true;
      return;
    }
    try {
      const { html, response } = await requestHtml(this.element.dataset.src);
      this.stale = false;
      this.seen = Math.max(this.seen, Number(response.headers.get("X-Seq")) || 0);
      if (!this.waiting) show(html);
    } catch (_) {
      this.stale = true; // asked again on the next change or when the connection is back
    }
  }
}

/** Every part that came takes the place of the one with its id, where the page has it. */
function show(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const part of template.content.children) {
    const current = document.getElementById(part.id);
    if (current) morph(current, part);
  }
}
