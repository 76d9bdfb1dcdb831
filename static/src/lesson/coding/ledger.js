// 问答记录: four keys tell when a question was asked, answered and responded to; what kind it was is kept on the question. It is
// saved, undone and kept on this device as any coding.
import { newUuid } from "../../behaviors/async-form.js";
import { clock } from "../time.js";
import { Coding } from "./coding.js";
import { drawLane } from "./lanes.js";

const ASKED = "Q";
const SAME_MS = 300; // two presses as close as this are one
const PARTS = [
  ["Q", "W", "silence"],
  ["W", "A", "student"],
  ["A", "F", "teacher"],
];

export class Ledger extends Coding {
  attach(player) {
    super.attach(player);
    player.setRate(1);
  }

  buttonOf(code) {
    return this.buttons.find(({ dataset }) => dataset.code === code);
  }

  groupOf(code) {
    const button = this.buttonOf(code);
    return button ? button.dataset.group : "";
  }

  /** Questions in order of time: {at, marks, moments: {Q, W, A, F}, kinds: {level, call, response}}. */
  get questions() {
    const found = [];
    const ordered = [...this.marks].sort((a, b) => a.at - b.at || (b.code === ASKED) - (a.code === ASKED));
    for (const mark of ordered) {
      if (mark.code === ASKED) found.push({ at: mark.at, marks: [mark], moments: { Q: mark.at }, kinds: {} });
      else if (found.length) note(found[found.length - 1], mark, this.groupOf(mark.code));
    }
    return found;
  }

  currentAt(ms) {
    return this.questions.filter(({ at }) => at <= ms).pop();
  }

  press(code) {
    const at = Math.max(0, Math.min(this.player.now, this.player.duration));
    this.problem("");
    if (code === ASKED) {
      if (this.questions.some((one) => Math.abs(one.at - at) < SAME_MS)) return this.show(at);
      this.reached = Math.max(this.reached, at);
      return this.change([{ id: newUuid(), at, code }], []);
    }
    const question = this.currentAt(at);
    if (!question) return this.problem("先在老师问完时按 Q，再记别的");
    return this.mark(question, code, at);
  }

  /** A kind that is chosen already is taken back by the same key; a moment moves to where it was pressed last. */
  mark(question, code, at) {
    const group = this.groupOf(code);
    const isMoment = group === "moment";
    const old = question.marks.filter((mark) => (isMoment ? mark.code === code : this.groupOf(mark.code) === group));
    if (!isMoment && old.some((mark) => mark.code === code)) return this.change([], old);
    this.reached = Math.max(this.reached, at);
    return this.change([{ id: newUuid(), at: isMoment ? at : question.at, code }], old);
  }

  removeHere() {
    const question = this.currentAt(this.player.now);
    if (question) this.change([], question.marks);
  }

  draw() {
    super.draw();
    const rows = this.questions.map((question, index) => this.row(question, index));
    this.element.querySelector("[data-questions]").replaceChildren(...rows.reverse());
    this.element.querySelector("[data-no-questions]").hidden = rows.length > 0;
  }

  row(question, index) {
    const row = document.createElement("tr");
    const link = document.createElement("a");
    link.href = `?t=${Math.floor(question.at / 1000)}`;
    link.dataset.seek = question.at;
    link.textContent = clock(question.at);
    const kinds = ["level", "call", "response"].map((kind) => this.labelOf(question.kinds[kind]));
    const cells = [String(index + 1), link, waitOf(question), ...kinds];
    for (const cell of cells) {
      const td = document.createElement("td");
      td.append(cell);
      row.append(td);
    }
    return row;
  }

  labelOf(code) {
    const button = code && this.buttonOf(code);
    return button ? button.dataset.label : "—";
  }

  drawLane() {
    const { questions } = this;
    const spans = questions.flatMap(({ moments }) =>
      PARTS.filter(([from, to]) => moments[to] > moments[from]).map(([from, to, group]) => [moments[from], moments[to], from, group]),
    );
    drawLane(this.lane, spans, this.player.duration);
    const place = this.element.querySelector("[data-coding-progress]");
    place.textContent = `记到 ${clock(this.reached)}，共 ${questions.length} 个问题`;
  }

  show(ms) {
    const question = this.currentAt(ms);
    const held = new Set(question ? question.marks.map(({ code }) => code) : []);
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(held.has(button.dataset.code)));
    const number = question ? this.questions.findIndex(({ at }) => at === question.at) + 1 : 0;
    const now = question ? `第 ${number} 问 ${clock(question.at)}，候答 ${waitOf(question)}` : "还没有问题";
    this.element.querySelector("[data-coding-now]").textContent = now;
    this.element.querySelector("[data-coding-clock]").textContent = clock(ms);
    this.element.querySelector("[data-coding-do=remove]").disabled = !question;
  }
}

function note(question, mark, group) {
  question.marks.push(mark);
  if (group === "moment") question.moments[mark.code] = mark.at;
  else question.kinds[group] = mark.code;
}

function waitOf({ moments }) {
  return moments.W === undefined ? "—" : `${((moments.W - moments.Q) / 1000).toFixed(1)} 秒`;
}
