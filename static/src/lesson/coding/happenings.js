// Schemes of events: each press of a key is one, at the moment at which it was pressed.
import { newUuid } from "../../behaviors/async-form.js";
import { clock } from "../time.js";
import { Coding } from "./coding.js";
import { drawLane } from "./lanes.js";

const SAME_MS = 300; // two presses as close as this are one
const SHOWN_MS = 2000;

export class Happenings extends Coding {
  press(code) {
    const at = Math.max(0, Math.min(this.player.now, this.player.duration));
    if (this.marks.some((mark) => mark.code === code && Math.abs(mark.at - at) < SAME_MS)) return this.show(at);
    this.reached = Math.max(this.reached, at);
    return this.change([{ id: newUuid(), at, code }], []);
  }

  drawLane() {
    const spans = this.marks.map(({ at, code }) => [at, at + SHOWN_MS, code, this.groups.get(code)]);
    drawLane(this.lane, spans, this.player.duration);
    this.element.querySelector("[data-coding-progress]").textContent = `记到 ${clock(this.reached)}，共 ${this.marks.length} 次`;
  }

  show(ms) {
    const last = this.at(ms);
    const button = this.buttons.find(({ dataset }) => last && ms - last.at < SHOWN_MS && dataset.code === last.code);
    for (const one of this.buttons) one.setAttribute("aria-pressed", String(one === button));
    const words = last ? `${clock(last.at)} ${this.buttons.find(({ dataset }) => dataset.code === last.code).dataset.label}` : "还没有记";
    this.element.querySelector("[data-coding-now]").textContent = words;
    this.element.querySelector("[data-coding-clock]").textContent = clock(ms);
    this.element.querySelector("[data-coding-do=remove]").disabled = !last;
  }
}
