// Schemes in which a window of the film may have several codes: a key ticks a code for the window that plays, and takes it back.
import { newUuid } from "../../behaviors/async-form.js";
import { clock } from "../time.js";
import { Coding } from "./coding.js";
import { drawLane } from "./lanes.js";

export class Windows extends Coding {
  constructor(element) {
    super(element);
    this.interval = Number(element.dataset.interval);
  }

  startAt(ms) {
    const last = Math.max(0, this.player.duration - 1);
    return Math.floor(Math.max(0, Math.min(ms, last)) / this.interval) * this.interval;
  }

  marksAt(ms) {
    const start = this.startAt(ms);
    return this.marks.filter(({ at }) => at === start);
  }

  /** "None of them" and the codes exclude each other. */
  press(code) {
    const at = this.startAt(this.player.now);
    const here = this.marksAt(at);
    const same = here.filter((mark) => mark.code === code);
    if (same.length) return this.change([], same);
    const contrary = here.filter((mark) => (mark.code === this.gap) !== (code === this.gap));
    this.reached = Math.max(this.reached, Math.min(at + this.interval, this.player.duration));
    return this.change([{ id: newUuid(), at, code }], contrary);
  }

  removeHere() {
    const here = this.marksAt(this.player.now);
    if (here.length) this.change([], here);
  }

  resume() {
    this.player.seek(Math.max(0, Math.min(this.reached, this.player.duration - 1)));
  }

  drawLane() {
    const spans = this.marks.map(({ at, code }) => [at, at + this.interval, code, this.groups.get(code)]);
    drawLane(this.lane, spans, this.player.duration);
    const all = Math.ceil(this.player.duration / this.interval);
    const coded = new Set(this.marks.map(({ at }) => at)).size;
    this.element.querySelector("[data-coding-progress]").textContent = `编了 ${coded} 段，全课 ${all} 段，共 ${this.marks.length} 处`;
  }

  show(ms) {
    const here = this.marksAt(ms);
    const held = new Set(here.map(({ code }) => code));
    const pressed = this.buttons.filter(({ dataset }) => held.has(dataset.code));
    for (const one of this.buttons) one.setAttribute("aria-pressed", String(pressed.includes(one)));
    const start = this.startAt(ms);
    const words = pressed.map(({ dataset }) => dataset.label).join("、") || "还没有勾";
    this.element.querySelector("[data-coding-now]").textContent = `${clock(start)}–${clock(Math.min(start + this.interval, this.player.duration))} ${words}`;
    this.element.querySelector("[data-coding-clock]").textContent = clock(ms);
    this.element.querySelector("[data-coding-do=remove]").disabled = !here.length;
  }
}
