// The sheet on a phone in the classroom. Every press is kept on this device first and sent from there, by this page or the next one;
// what somebody changed on another device meanwhile is shown beside what was chosen here, and nothing is overwritten unasked.
import { newUuid } from "../behaviors/async-form.js";
import { keepThisPage } from "../behaviors/offline.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { dropButton } from "./drop-button.js";
import { forgetNote, keepNote, keptNotes, sendNotes } from "./live-queue.js";
import { heldIn, knownSheet, knowSheet } from "./sheet-on-device.js";

const WAIT_MS = 600;
const MOST_KNOWN = 8;
const FULL = "这台设备存不下了，评的内容只在这一页上，联网时直接保存。保存好以前不要关闭这一页";
const WAITS = "存在本机，联网后自动保存（还没有提交评课）";
const HANDED = "评课存在本机，还没有提交，联网后自动提交";
const TO_COPY = "这里的评分和评语还在本机，可以抄下来。";

export function bindScoring(form) {
  new ScoringSheet(form).begin();
}

class ScoringSheet {
  constructor(form) {
    this.form = form;
    this.lesson = form.dataset.lesson;
    this.line = form.querySelector("[data-scoring-state]");
    this.version = form.elements.version.value;
    this.fields = [...form.querySelectorAll("[data-scoring-field]")].map((place) => place.dataset.scoringField);
    this.unkept = false;
  }

  begin() {
    const told = JSON.parse(this.form.dataset.told);
    const known = knownSheet(this.lesson);
    // A page out of the cache is older than what this device has heard since.
    this.sheet = known && known.stamp > told.stamp ? known : { ...told, apart: (known && known.apart) || {} };
    knowSheet(this.lesson, this.sheet);
    // Enter in the sheet presses its first button that is not disabled, seen or not: this one would hand in without the question.
    Object.assign(this.form.querySelector("[data-scoring-save]"), { hidden: true, disabled: true });
    this.show();
    this.form.addEventListener("input", ({ target }) => this.changed(target.name));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("click", ({ target }) => this.decide(target.closest("[data-take]")));
    document.addEventListener("live-note", ({ detail }) => this.told(detail));
    window.addEventListener("storage", ({ key }) => isOf(key, this.lesson) && this.follow());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.follow());
    warnBeforeLeaving(() => this.unkept);
    keepThisPage().then((kept) => (this.form.querySelector("[data-scoring-kept]").hidden = !kept));
    if (this.sheet.submitted || this.form.hidden) this.close();
    this.showStale();
    if (this.waiting) sendNotes();
    this.form.dataset.ready = "";
  }

  /** What was not sent yet of this lesson, on the lines of this page's rubric. */
  get waiting() {
    return this.kept.find((note) => !this.isStale(note));
  }

  get kept() {
    return keptNotes(undefined, this.lesson).filter(({ to }) => to === "scoring");
  }

  /** Chosen on another rubric: its lines may have the names of these. */
  isStale({ fields }) {
    return fields.version !== undefined && fields.version !== this.version;
  }

  /** What was filled in before the rubric was changed is no score here; its words are shown to be copied, and can be dropped. */
  showStale() {
    for (const note of this.kept.filter((one) => this.isStale(one))) {
      const scores = Object.keys(note.fields).filter((field) => field.startsWith("score-")).length;
      const words = ["strengths", "advice"].map((field) => note.fields[field]).filter(Boolean);
      const box = document.createElement("div");
      box.className = "callout";
      box.dataset.scoringStale = "";
      const told = document.createElement("p");
      told.textContent = `量表换过了。原来在本机按另一份量表评的 ${scores} 项没有提交，请按现在的量表重新评。`;
      const drop = dropButton();
      drop.addEventListener("click", () => {
        forgetNote(note);
        box.remove();
      });
      box.append(told, ...words.map(paragraph), drop);
      this.form.before(box);
    }
  }

  /** Another page of the same sheet has gone on: here stands what the device knows by now. */
  follow() {
    if (this.unkept) return;
    this.sheet = knownSheet(this.lesson) || this.sheet;
    this.problem("");
    this.show();
    if (this.sheet.submitted) this.close();
  }

  /** Handed in already, or no longer to be evaluated: what this device still has is shown to be copied, and can be dropped. */
  close() {
    const { waiting } = this;
    this.form.hidden = !waiting;
    for (const button of this.form.querySelectorAll("[type=submit]")) Object.assign(button, { hidden: true, disabled: true });
    if (!waiting) {
      if (!this.sheet.submitted || document.querySelector("[data-scoring-done]")) return;
      const done = document.createElement("p");
      done.className = "callout";
      done.dataset.scoringDone = "";
      done.textContent = "您已提交评课。";
      this.form.before(done);
      return;
    }
    this.problem(`${this.sheet.submitted ? "评课已经提交，不能再改" : "现在不能评课，没有保存到网上"}。${TO_COPY}`);
    if (this.form.querySelector("[data-drop]")) return;
    const drop = dropButton();
    drop.addEventListener("click", () => {
      forgetNote(waiting);
      this.form.hidden = true;
    });
    this.form.append(drop);
  }

  placeOf(field) {
    return this.form.querySelector(`[data-scoring-field="${CSS.escape(field)}"]`);
  }

  valueOf(field) {
    const choice = this.form.elements[field];
    return choice.value.replace(/\r\n/g, "\n");
  }

  /** The server's, over it what waits here, over it what is not decided. */
  show() {
    const { waiting } = this;
    for (const field of this.fields) {
      const apart = this.sheet.apart[field];
      const mine = apart !== undefined ? apart : waiting && waiting.fields[field];
      this.form.elements[field].value = mine !== undefined ? mine : heldIn(this.sheet, field);
      this.showApart(field);
    }
    if (waiting) this.sayWaits(waiting);
    else if (this.line.dataset.state === "offline") this.say("");
    if (waiting && waiting.problem) this.problem(`${waiting.problem}。${TO_COPY}`);
  }

  changed(field) {
    if (!this.fields.includes(field)) return;
    if (this.sheet.apart[field] !== undefined) {
      this.sheet.apart[field] = this.valueOf(field);
      knowSheet(this.lesson, this.sheet);
      this.showApart(field);
      return;
    }
    this.keep("");
    clearTimeout(this.timer);
    this.timer = setTimeout(sendNotes, WAIT_MS);
  }

  /** Keep everything that is not as the server has it; what may have been sent already counts as known there. */
  keep(submit) {
    const before = this.waiting;
    const fields = {};
    for (const field of this.fields) {
      const [mine, held] = [this.valueOf(field), heldIn(this.sheet, field)];
      // What waits was chosen beside what was known then: a page that came later must not make it look newer.
      const waits = before && before.fields[field] !== undefined;
      if (this.sheet.apart[field] !== undefined || (mine.trim() === held.trim() && !(waits && before.tried))) continue;
      const known = waits ? [...before.fields[`known-${field}`], ...(before.tried ? [before.fields[field]] : [])] : [held];
      fields[field] = mine;
      fields[`known-${field}`] = [...new Set(known)].slice(-MOST_KNOWN);
    }
    // A hand-in that waits for the line stays one, unless there is something to decide on.
    const hand = submit || (before && before.fields.submit && !Object.keys(this.sheet.apart).length);
    if (!Object.keys(fields).length && !hand) {
      if (before) forgetNote(before);
      this.unkept = false;
      this.problem("");
      this.say("");
      return;
    }
    fields.version = this.version;
    if (hand) fields.submit = "1";
    const rev = ((before && before.rev) || 0) + 1;
    const note = { lesson: this.lesson, uuid: before ? before.uuid : newUuid(), to: "scoring", at: Date.now(), rev, fields };
    this.unkept = !keepNote(note);
    this.problem(this.unkept ? FULL : "");
    if (this.unkept) this.say("");
    else this.sayWaits(note);
  }

  submit(event) {
    event.preventDefault();
    const left = this.fields.filter((field) => field.startsWith("score-") && !this.isOptional(field) && !this.valueOf(field));
    if (left.length) {
      this.problem(`还有 ${left.length} 项没有评分，评完再提交`);
      this.form.querySelector(`[name="${CSS.escape(left[0])}"]`).focus();
      return;
    }
    if (Object.keys(this.sheet.apart).length) {
      this.problem("有几处和电脑上的不一样，先选好用哪一个，再提交");
      return;
    }
    clearTimeout(this.timer);
    this.keep("1");
    sendNotes();
  }

  /** Bonus lines may stay empty. */
  isOptional(field) {
    return this.placeOf(field).hasAttribute("data-optional");
  }

  /** Something of this lesson was answered, whichever page sent it. */
  told({ note, answer }) {
    if (note.to !== "scoring" || String(note.lesson) !== this.lesson) return;
    if (!answer) {
      this.show();
      return;
    }
    this.sheet = knownSheet(this.lesson) || this.sheet;
    if (answer.submitted) {
      location.assign(this.form.dataset.results);
      return;
    }
    for (const field of this.fields) this.showApart(field);
    const undecided = note.fields.submit && answer.apart.length ? "还没有提交：先选好用哪一个，再按提交" : "";
    this.problem(answer.refused || undecided);
    if (this.waiting) return;
    this.unkept = false;
    this.say(`已保存 ${answer.saved_at}`, "saved");
  }

  showApart(field) {
    const place = this.placeOf(field).querySelector("[data-scoring-apart]");
    const mine = this.sheet.apart[field];
    place.hidden = mine === undefined;
    if (place.hidden) {
      place.replaceChildren();
      return;
    }
    const held = heldIn(this.sheet, field);
    const isText = !field.startsWith("score-");
    const told = (value) => (value ? (isText ? `“${value}”` : this.chosen(field, value)) : "空白");
    const words = document.createElement("p");
    words.textContent = `别处（例如电脑上）后来改成了 ${told(held)}，这里是 ${told(mine)}。两个都留着，请选一个：`;
    const choices = [["mine", "用这里的"], ["held", "用那边的"], ...(isText && held && mine ? [["both", "两段都留"]] : [])];
    place.replaceChildren(words, ...choices.map(([take, label]) => choiceButton(field, take, label)));
    place.setAttribute("role", "alert");
  }

  /** A score, or the word for what was noted beside the scores. */
  chosen(field, value) {
    const line = this.placeOf(field);
    const choice = line.hasAttribute("data-words") && [...line.querySelectorAll("input")].find((one) => one.value === value);
    return choice ? `“${choice.parentElement.textContent.trim()}”` : `${value} 分`;
  }

  decide(button) {
    if (!button) return;
    const { field, take } = button.dataset;
    const [held, mine] = [heldIn(this.sheet, field), this.sheet.apart[field]];
    this.form.elements[field].value = { mine, held, both: `${mine}\n${held}` }[take];
    delete this.sheet.apart[field];
    knowSheet(this.lesson, this.sheet);
    this.showApart(field);
    this.keep("");
    sendNotes();
  }

  sayWaits({ problem, fields }) {
    this.say(problem ? "" : fields.submit ? HANDED : WAITS, "offline");
  }

  say(text, state = "") {
    this.line.textContent = text;
    this.line.dataset.state = state;
  }

  problem(text) {
    const place = this.form.querySelector("[data-scoring-error]");
    place.textContent = text;
    place.hidden = !text;
  }
}

/** Whether a key of this device's storage holds something of the lesson's sheet: note:<person>:<lesson>:…, sheet:<person>:<lesson>. */
function isOf(key, lesson) {
  const [kind, , of] = (key || "").split(":");
  return (kind === "note" || kind === "sheet") && of === lesson;
}

function paragraph(text) {
  const place = document.createElement("p");
  place.className = "plain-text";
  place.textContent = text;
  return place;
}

function choiceButton(field, take, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  Object.assign(button.dataset, { field, take });
  button.textContent = label;
  return button;
}
