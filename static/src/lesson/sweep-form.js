// 学生投入扫视 in the classroom or beside the film: each sweep is kept on this device at once, as live notes are, and sent with them.
import { newUuid } from "../behaviors/async-form.js";
import { requestHtml } from "../net.js";
import { morph } from "../live/fragment.js";
import { forgetNote, keepNote, sendNote, sendNotes } from "./live-queue.js";
import { keptNotes } from "./note-store.js";
import { clock } from "./time.js";
import { dropButton } from "./drop-button.js";

const TICK_MS = 1000;
const TWICE_MS = 1500; // a second press so soon is a trembling finger, no second sweep
const FULL = "本机存不下了，这一次还没有存，请等联网后再按一次";

export class SweepForm {
  constructor(element) {
    this.element = element;
    this.lesson = element.dataset.lesson;
    this.every = Number(element.dataset.every);
    this.form = element.querySelector(".sweep-form");
    this.player = null;
    this.last = 0;
    this.pressed = -Infinity;
    if (this.form) this.begin();
  }

  begin() {
    this.kinds = [...this.form.querySelectorAll("[data-sweep-kind]")];
    this.waiting = this.form.querySelector("[data-sweep-waiting]");
    keptNotes(this.lesson).then((kept) => kept.filter(({ to }) => to === "sweeps").forEach((sweep) => this.show(sweep)));
    this.form.addEventListener("click", (event) => this.onClick(event));
    this.form.addEventListener("input", () => this.tally());
    this.form.addEventListener("submit", (event) => this.take(event));
    document.addEventListener("live-note", ({ detail }) => this.told(detail));
    setInterval(() => this.tick(), TICK_MS);
    this.tally();
    this.form.dataset.ready = "";
  }

  attach(player) {
    this.player = player;
    const jump = this.form && this.form.querySelector("[data-sweep-jump]");
    if (!jump) return;
    jump.hidden = false;
    player.onTime(() => this.tick());
  }

  onClick({ target }) {
    const step = target.closest("[data-step]");
    if (step) {
      const field = step.parentNode.querySelector("input");
      field.value = Math.max(0, (Number(field.value) || 0) + Number(step.dataset.step));
      this.tally();
    } else if (target.closest("[data-sweep-jump]") && this.player) {
      this.player.seek((Math.floor(this.player.now / this.every) + 1) * this.every);
    } else if (target.closest("[data-drop]")) this.drop(target.closest("li"));
  }

  get off() {
    return this.kinds.reduce((sum, { value }) => sum + (Number(value) || 0), 0);
  }

  tally() {
    const pupils = Number(this.form.elements.pupils.value) || 0;
    this.form.querySelector("[data-sweep-off]").textContent = this.off;
    this.form.querySelector("[data-sweep-rate]").textContent = rateOf(pupils, this.off);
  }

  /** In the classroom the time until the next sweep, beside the film where it stands. */
  tick() {
    const place = this.form.querySelector("[data-sweep-next]");
    if (this.player) place.textContent = `记在 ${clock(this.player.now)}`;
    else if (this.last) {
      const left = Math.ceil((this.last + this.every - Date.now()) / 1000);
      place.textContent = left > 0 ? `${left} 秒后再扫一遍` : "到时间了，再扫一遍";
    }
  }

  async take(event) {
    event.preventDefault();
    const pupils = Number(this.form.elements.pupils.value) || 0;
    if (this.off > pupils) return this.problem("没有投入的人数比全班人数还多，请核对");
    if (performance.now() - this.pressed < TWICE_MS) return undefined;
    this.pressed = performance.now();
    const fields = { pupils: String(pupils) };
    for (const { name, value } of this.kinds) fields[name] = String(Number(value) || 0);
    if (this.player) fields.at_ms = String(Math.min(this.player.now, this.player.duration));
    const sweep = { to: "sweeps", lesson: this.lesson, uuid: newUuid(), at: Date.now(), fields, rate: rateOf(pupils, this.off) };
    const kept = await keepNote(sweep);
    this.problem(kept ? "" : FULL);
    if (!kept && !((await sendNote(sweep)) && !sweep.problem)) return this.problem(sweep.problem || FULL);
    this.last = sweep.at;
    if (kept) this.show(sweep);
    for (const field of this.kinds) field.value = 0;
    this.tally();
    this.tick();
    return sendNotes();
  }

  show(sweep) {
    const item = document.getElementById(`sweep-${sweep.uuid}`) || document.createElement("li");
    item.id = `sweep-${sweep.uuid}`;
    const at = new Date(sweep.at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
    item.textContent = `${at} 投入率 ${sweep.rate} ${sweep.problem || "存在本机，联网后自动提交"}`;
    if (sweep.problem) item.append(" ", dropButton());
    if (!item.parentNode) this.waiting.append(item);
    this.count();
  }

  told({ note, answer }) {
    if (note.to !== "sweeps" || String(note.lesson) !== this.lesson) return;
    if (!answer) return this.show(note);
    const item = document.getElementById(`sweep-${note.uuid}`);
    if (item) item.remove();
    return this.read();
  }

  drop(item) {
    forgetNote({ lesson: this.lesson, uuid: item.id.replace("sweep-", "") });
    item.remove();
    this.count();
  }

  count() {
    const known = this.element.querySelectorAll("[data-mine] tbody tr").length;
    const number = known + this.waiting.children.length + 1;
    this.form.querySelector("[data-sweep-number]").textContent = `第 ${number} 次，共 ${this.element.dataset.wanted} 次`;
  }

  /** The curve and the table as the server has them now. */
  async read() {
    try {
      const { html } = await requestHtml(location.href);
      const next = new DOMParser().parseFromString(html, "text/html").getElementById("sweep-results");
      if (next) morph(document.getElementById("sweep-results"), next);
      this.count();
    } catch (_) {
      // Read again with the next sweep.
    }
  }

  problem(text) {
    const place = this.form.querySelector("[data-form-error]");
    place.textContent = text;
    place.hidden = !text;
  }
}

const rateOf = (pupils, off) => (pupils > 0 && off <= pupils ? `${((100 * (pupils - off)) / pupils).toFixed(1)}%` : "—");
