// One's own coding: from the press of a key on a code holds until the next one. What one does is kept on this device at once
// and sent in batches that may arrive twice or late; the page says truthfully whether everything has.
import { newUuid } from "../../behaviors/async-form.js";
import { warnBeforeLeaving } from "../../behaviors/leaving.js";
import { requestJson } from "../../net.js";
import { clock } from "../time.js";
import { drawLane } from "./lanes.js";
import { Unsent } from "./unsent.js";

const WAIT_MS = 500;
const REACHED_MS = 5000;
const RETRY_MS = 5000;
const SAME_MS = 300; // two presses as close as this are one that was corrected
const HOLE_MS = 3000; // who jumps further than this has left something out
const RATE = 1.5;

export class Coding {
  constructor(element) {
    this.element = element;
    this.gap = element.dataset.gap;
    this.buttons = [...element.querySelectorAll("[data-code]")];
    this.groups = new Map(this.buttons.map(({ dataset }) => [dataset.code, dataset.group]));
    this.marks = JSON.parse(element.dataset.marks).map(([id, at, code]) => ({ id, at, code }));
    this.reached = Number(element.dataset.reached);
    this.steps = [];
    this.unsent = new Unsent();
    this.takeUp();
    this.bind();
  }

  /** What was not sent the last time is sent now. */
  takeUp() {
    const gone = new Set(this.unsent.gone);
    const known = new Set(this.marks.map(({ id }) => id));
    for (const [id, at, code] of this.unsent.added) if (!known.has(id)) this.marks.push({ id, at, code });
    this.marks = this.marks.filter(({ id }) => !gone.has(id));
    this.reached = Math.max(this.reached, this.unsent.reached);
    this.marks.sort((a, b) => a.at - b.at);
  }

  attach(player) {
    this.player = player;
    this.lane = player.element.querySelector("[data-lane]");
    player.setRate(RATE);
    player.onTime((ms) => this.follow(ms));
    const rate = player.element.querySelector("[data-rate]");
    rate.addEventListener("change", () => rate.blur());
    if (this.reached && !new URLSearchParams(location.search).has("t")) this.resume();
    this.draw();
    this.element.dataset.ready = "";
    if (this.unsent.size) this.save();
  }

  bind() {
    const acts = { back: () => this.player.step(-5000), toggle: () => this.player.toggle(), undo: () => this.undo(), remove: () => this.removeHere() };
    this.element.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button || !this.player) return;
      if (button.dataset.code) this.press(button.dataset.code);
      else if (button.dataset.codingDo) acts[button.dataset.codingDo]();
    });
    this.element.querySelector("[data-coding-finish]").addEventListener("submit", (event) => this.finish(event));
    window.addEventListener("online", () => this.unsent.size && this.save());
    document.addEventListener("connection:back", () => this.unsent.size && this.save());
    window.addEventListener("pagehide", () => this.unsent.keep(this.reached));
    warnBeforeLeaving(() => this.unsent.size > 0);
  }

  codeOf(key) {
    const button = this.buttons.find(({ dataset }) => dataset.key === key);
    return button && button.dataset.code;
  }

  /** The mark that holds at a moment. */
  at(ms) {
    let found = null;
    for (const mark of this.marks) if (mark.at <= ms) found = mark;
    return found;
  }

  press(code) {
    const at = Math.max(0, Math.min(this.player.now, this.player.duration));
    const holds = this.at(at);
    if (holds && holds.code === code && at <= this.reached + HOLE_MS) return this.show(at);
    const removed = this.marks.filter((mark) => Math.abs(mark.at - at) < SAME_MS);
    // What was jumped over stays uncoded, also when the press is undone.
    if (this.jumpsOver(at)) this.change([{ id: newUuid(), at: this.reached, code: this.gap }], [], { undone: true });
    this.reached = Math.max(this.reached, at);
    return this.change([{ id: newUuid(), at, code }], removed);
  }

  jumpsOver(at) {
    const last = this.marks[this.marks.length - 1];
    return Boolean(last) && last.code !== this.gap && at > this.reached + HOLE_MS;
  }

  undo() {
    const step = this.steps.pop();
    if (!step) return;
    // What was taken back stays so under its number: it comes again under another.
    const again = step.removed.map((mark) => ({ ...mark, id: newUuid() }));
    this.change(again, step.added, { undone: true });
  }

  removeHere() {
    const mark = this.at(this.player.now);
    if (mark) this.change([], [mark]);
  }

  resume() {
    this.player.seek(this.reached);
  }

  change(added, removed, { undone = false } = {}) {
    const gone = new Set(removed.map(({ id }) => id));
    this.marks = [...this.marks.filter(({ id }) => !gone.has(id)), ...added].sort((a, b) => a.at - b.at);
    if (!undone) this.steps.push({ added, removed });
    else this.renumber(added);
    this.unsent.add(added.map(({ id, at, code }) => [id, at, code]), [...gone], this.reached);
    this.draw();
    this.say(this.unsent.kept ? "dirty" : "error", `${this.unsent.size} 处正要保存`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT_MS);
  }

  /** Earlier steps may name a mark that came again under another number. */
  renumber(added) {
    for (const mark of added) {
      for (const step of this.steps) {
        step.added = step.added.map((old) => (old.at === mark.at && old.code === mark.code ? mark : old));
      }
    }
  }

  /** While one watches on, the last code holds on; a jump does not count as watched. */
  follow(ms) {
    const step = ms - (this.last === undefined ? ms : this.last);
    const watched = !this.player.paused && step >= 0 && step < HOLE_MS && this.last <= this.reached + SAME_MS;
    this.last = ms;
    if (watched && this.marks.length && ms > this.reached) {
      this.reached = ms;
      this.drawLane();
      if (!this.later) this.later = setTimeout(() => this.save(), REACHED_MS);
    }
    this.show(ms);
  }

  save() {
    clearTimeout(this.timer);
    clearTimeout(this.later);
    this.later = 0;
    this.saving = (this.saving || Promise.resolve()).then(() => this.send());
    return this.saving;
  }

  async send() {
    const batch = this.unsent.batch(this.reached);
    if (!batch) return true;
    this.say("saving", "保存中");
    const body = new FormData();
    body.set("changes", JSON.stringify(batch));
    try {
      const answer = await requestJson(this.element.dataset.src, { method: "POST", body });
      this.unsent.sent(batch);
      this.problem("");
      if (this.unsent.size) return this.send();
      this.say("saved", `已保存 ${answer.saved_at}`);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  failed(error) {
    const again = error.offline || error.status >= 500 || error.status === 429;
    const where = this.unsent.kept ? "存在本机，联网后自动保存" : "还没存上，请不要关闭页面";
    if (again) this.say("offline", `${this.unsent.size} 处${where}`);
    else {
      this.say("error", `${this.unsent.size} 处没有保存`);
      this.problem(error.message);
    }
    if (again) this.timer = setTimeout(() => this.save(), RETRY_MS);
  }

  async finish(event) {
    event.preventDefault();
    const form = event.target;
    if (!(await this.save())) return;
    const body = new FormData(form);
    body.set("finish", "1");
    try {
      const answer = await requestJson(form.action, { method: "POST", body });
      this.unsent.forget();
      location.assign(answer.redirect);
    } catch (error) {
      this.problem(error.message);
    }
  }

  draw() {
    for (const button of this.buttons) {
      button.querySelector("[data-count]").textContent = this.marks.filter(({ code }) => code === button.dataset.code).length;
    }
    this.element.querySelector("[data-coding-do=undo]").disabled = !this.steps.length;
    this.drawLane();
    this.show(this.player.now);
  }

  drawLane() {
    const ends = [...this.marks.slice(1).map(({ at }) => at), this.reached];
    const spans = this.marks.map(({ at, code }, index) => [at, ends[index], code, this.groups.get(code)]);
    drawLane(this.lane, spans.filter(([, , code]) => code !== this.gap), this.player.duration);
    const share = this.player.duration ? Math.round((this.reached / this.player.duration) * 100) : 0;
    this.element.querySelector("[data-coding-progress]").textContent = `编到 ${clock(this.reached)}（全课的 ${share}%），共 ${this.marks.length} 处`;
  }

  show(ms) {
    const holds = ms <= this.reached + HOLE_MS ? this.at(ms) : null;
    const button = this.buttons.find(({ dataset }) => holds && dataset.code === holds.code);
    for (const one of this.buttons) one.setAttribute("aria-pressed", String(one === button));
    this.element.querySelector("[data-coding-now]").textContent = button ? button.dataset.label : "还没有编码";
    this.element.querySelector("[data-coding-clock]").textContent = clock(ms);
    this.element.querySelector("[data-coding-do=remove]").disabled = !holds;
  }

  say(state, text) {
    const place = this.element.querySelector("[data-coding-state]");
    place.dataset.state = state;
    place.textContent = text;
  }

  problem(text) {
    const place = this.element.querySelector("[data-coding-error]");
    place.textContent = text;
    place.hidden = !text;
  }
}
