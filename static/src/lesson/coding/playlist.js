// Only the stretches in which two coders differ, played one after the other; a key writes down what was agreed on for the one
// that plays. Others write too: the part of the page is read again when somebody has.
import { follow } from "../../live/topics.js";
import { morph } from "../../live/fragment.js";
import { requestHtml } from "../../net.js";

const WAIT_MS = 150;
const SLACK_MS = 1500;

export class Playlist {
  constructor(element) {
    this.element = element;
    this.seen = Number(element.dataset.seq) || 0;
    this.current = null;
    this.goesOn = false;
    this.ended = false;
    element.addEventListener("click", (event) => this.onClick(event));
    element.addEventListener("async-form:done", () => this.readLater());
    follow(element.dataset.topic, {
      seq: () => Infinity,
      onChanged: ({ seq, what }) => seq > this.seen && (what === "coding" || what === "join") && this.readLater(),
    });
  }

  attach(player) {
    this.player = player;
    player.onTime((ms) => this.follow(ms));
  }

  get rows() {
    return [...this.element.querySelectorAll("[data-stretch]")];
  }

  onClick(event) {
    if (!this.player) return;
    const link = event.target.closest("[data-play]");
    if (event.target.closest("[data-play-all]")) this.play(this.rows[0], true);
    else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.play(link.closest("[data-stretch]"), false);
    }
  }

  play(row, goesOn) {
    if (!row) return;
    this.goesOn = goesOn;
    this.current = row.id;
    this.ended = false;
    this.mark();
    row.scrollIntoView({ block: "nearest", behavior: "smooth" });
    this.player.seek(Number(row.dataset.from));
    this.player.play();
  }

  /** The stretch behind the one that plays; the first one if none does. */
  next() {
    const { rows } = this;
    this.play(rows[rows.findIndex(({ id }) => id === this.current) + 1], this.goesOn);
  }

  follow(ms) {
    const row = this.current && document.getElementById(this.current);
    if (!row || this.player.paused) return;
    const [from, until] = [Number(row.dataset.from), Number(row.dataset.until)];
    if (ms < from - SLACK_MS || ms > until + SLACK_MS * 2) this.leave(); // somebody went elsewhere
    else if (ms < Math.min(until, this.player.duration - 100)) this.ended = false;
    else if (!this.ended) this.atEnd(row); // who plays on behind the end goes on watching
  }

  atEnd(row) {
    this.ended = true;
    const { rows } = this;
    const following = rows[rows.indexOf(row) + 1];
    if (this.goesOn && following) this.play(following, true);
    else this.player.pause();
  }

  leave() {
    this.current = null;
    this.mark();
  }

  mark() {
    for (const row of this.rows) {
      if (row.id === this.current) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  /** The code that a key stands for while a stretch is looked at. */
  codeOf(key) {
    const list = this.element.querySelector("[data-keys]");
    return list && this.current ? JSON.parse(list.dataset.keys)[key] : undefined;
  }

  decide(code) {
    const form = document.getElementById(this.current).querySelector("form");
    const button = [...form.querySelectorAll("button[name=code]")].find(({ value }) => value === code);
    if (button) form.requestSubmit(button);
    else {
      form.elements.other.value = code;
      form.requestSubmit(form.querySelector("button[value=other]"));
    }
  }

  readLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), WAIT_MS);
  }

  async read() {
    try {
      const { html } = await requestHtml(location.href);
      const next = new DOMParser().parseFromString(html, "text/html").getElementById("agreement");
      if (!next) return;
      this.seen = Number(next.dataset.seq);
      morph(this.element, next);
      this.mark();
    } catch (_) {
      // Read again on the next change, or when the line is back.
    }
  }
}
