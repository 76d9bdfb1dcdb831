// The sheet on a phone in the classroom. Every press is kept on this device first and sent from there, by this page or the next one;
// what somebody changed on another device meanwhile is shown beside what was chosen here, and nothing is overwritten unasked.
import { newUuid } from "../behaviors/async-form.js";
import { keepThisPage } from "../behaviors/offline.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { dropButton } from "./drop-button.js";
import { forgetNote, sendAgain, sendNotes } from "./live-queue.js";
import { change, keptOf, onElsewhere } from "./note-store.js";
import { SheetEvidence, fieldsOf, proofOf, stillWaiting } from "./sheet-evidence.js";
import { heldIn, laterOf } from "./sheet-on-device.js";
import { goToUnjudged, goToUnproven } from "./unjudged.js";

const WAIT_MS = 600;
const MOST_KNOWN = 8;
const SLOW_MS = 1000;
const OPENING = "正在读这台设备上存的内容…";
const SAVING = "保存中…";
const FULL = "这台设备存不下了，评的内容只在这一页上，联网时直接送出。送到以前不要关闭这一页";
const WAITS = "已存本机，联网后自动送出（还没有提交评课）";
const HANDED = "评课已存本机，还没有提交，联网后自动提交";
const WRITING = "正在写的证据已存本机，附上或提交时送出";
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
    this.saving = 0;
    this.unjudged = "";
    // Fields that were changed and are not in what is kept yet: nothing is shown over them.
    this.touched = new Set();
    this.state = { notes: [], sheet: JSON.parse(form.dataset.told) };
    this.evidence = new SheetEvidence(form, this);
  }

  async begin() {
    const told = this.state.sheet;
    // Enter in the sheet presses its first button that is not disabled, seen or not: this one would hand in without the question.
    Object.assign(this.form.querySelector("[data-scoring-save]"), { hidden: true, disabled: true });
    this.form.addEventListener("submit", (event) => this.submit(event));
    // A press comes before the question that stands in the button's data-confirm.
    this.form.querySelector("[data-confirm]").addEventListener("click", (event) => {
      if ("ready" in this.form.dataset && !this.isWhole()) event.preventDefault();
    });
    this.form.addEventListener("input", ({ target }) => this.touch(target.name));
    warnBeforeLeaving(() => this.unkept || this.saving > 0);
    // A page out of the cache is older than what this device has heard since.
    this.loaded = change(this.lesson, ({ notes, sheet }) => ({ notes, sheet: laterOf(sheet, told) }));
    const slow = setTimeout(() => this.say(OPENING, "saving"), SLOW_MS);
    this.state = await this.loaded;
    clearTimeout(slow);
    if (!this.saving) this.say("");
    this.form.toggleAttribute("data-kept-here", this.state.kept !== false);
    this.show();
    this.form.addEventListener("click", ({ target }) => this.decide(target.closest("[data-take]")));
    document.addEventListener("live-note", ({ detail }) => this.told(detail));
    onElsewhere(this.lesson, () => this.follow());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.follow());
    keepThisPage().then((kept) => (this.form.querySelector("[data-scoring-kept]").hidden = !kept));
    if (this.state.sheet.submitted || this.form.hidden) this.close();
    this.showStale();
    if (this.waiting) sendNotes();
    this.form.dataset.ready = "";
  }

  /** What was not sent yet of this lesson, on the lines of this page's rubric. */
  get waiting() {
    return this.latest(this.kept);
  }

  /** Of an older page something may have come beside it; that is sent for itself. */
  latest(notes) {
    return notes.filter((note) => note.to === "scoring" && !this.isStale(note)).sort((a, b) => b.at - a.at)[0];
  }

  get kept() {
    return this.state.notes.filter(({ to }) => to === "scoring");
  }

  /** Chosen on another rubric: its lines may have the names of these. */
  isStale({ fields }) {
    return fields.version !== undefined && fields.version !== this.version;
  }

  /** What was filled in before the rubric was changed is no score here; its words are shown to be copied, and can be dropped. */
  showStale() {
    for (const note of this.kept.filter((one) => this.isStale(one))) {
      const scores = Object.keys(note.fields).filter((field) => field.startsWith("score-")).length;
      const said = ["strengths", "advice"].map((field) => note.fields[field]);
      const words = [...said, ...proofOf(note).pieces.map((piece) => piece.words)].filter(Boolean);
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
  async follow() {
    const state = await keptOf(this.lesson);
    if (this.unkept || this.saving) return;
    this.state = { ...state, sheet: state.sheet || this.state.sheet };
    this.problem("");
    this.show();
    if (this.state.sheet.submitted) this.close();
  }

  /** Handed in already, or no longer to be evaluated: what this device still has is shown to be copied, and can be dropped. */
  close() {
    const { waiting } = this;
    this.form.hidden = !waiting;
    for (const button of this.form.querySelectorAll("[type=submit]")) Object.assign(button, { hidden: true, disabled: true });
    if (!waiting) {
      if (!this.state.sheet.submitted || document.querySelector("[data-scoring-done]")) return;
      const done = document.createElement("p");
      done.className = "callout";
      done.dataset.scoringDone = "";
      done.textContent = "您已提交评课。";
      this.form.before(done);
      return;
    }
    this.problem(`${this.state.sheet.submitted ? "评课已经提交，不能再改" : "现在不能评课，没有保存到网上"}。${TO_COPY}`);
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
    const { sheet } = this.state;
    for (const field of this.fields) {
      const apart = sheet.apart[field];
      const mine = apart !== undefined ? apart : waiting && waiting.fields[field];
      if (!this.touched.has(field)) this.form.elements[field].value = mine !== undefined ? mine : heldIn(sheet, field);
      this.showApart(field);
    }
    this.evidence.show();
    if (waiting) this.sayWaits(waiting);
    else if (this.line.dataset.state === "offline") this.say("");
    if (waiting && waiting.problem) this.problem(`${waiting.problem}。${TO_COPY}`);
  }

  async touch(field) {
    if (!this.fields.includes(field)) return;
    this.touched.add(field);
    await this.loaded; // what is typed while the page begins is joined with what was kept
    if (this.state.sheet.apart[field] === undefined) {
      await this.keep((state) => this.joined(state));
      this.sendSoon();
      return;
    }
    const mine = this.valueOf(field);
    await this.keep(({ notes, sheet }) => ({ notes, sheet: { ...sheet, apart: { ...sheet.apart, [field]: mine } } }));
    this.touched.delete(field);
    this.showApart(field);
  }

  sendSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(sendNotes, WAIT_MS);
  }

  /** Evidence was added or taken away; a remark that was added is not being written any more. */
  async keepProof(edit, key) {
    await this.keep((state) => this.joined({ ...state, sheet: withTyping(state.sheet, key, null) }, "", edit));
    this.evidence.show();
    this.sendSoon();
  }

  async keepTyping(key, typed) {
    await this.loaded;
    await this.keep(({ notes, sheet }) => ({ notes, sheet: withTyping(sheet, key, typed) }));
  }

  /** 保存中 until it is on the disk. */
  async keep(work) {
    this.saving += 1;
    this.say(SAVING, "saving");
    this.state = await change(this.lesson, work);
    this.saving -= 1;
    if (this.saving) return;
    const { waiting } = this;
    if (waiting) sendAgain(waiting.uuid);
    this.unkept = !this.state.kept;
    this.form.toggleAttribute("data-kept-here", !this.unkept);
    this.problem(this.unkept ? FULL : this.unjudged);
    if (waiting && !this.unkept) this.sayWaits(waiting);
    else this.say(!this.unkept && Object.keys(this.state.sheet.typing || {}).length ? WRITING : "", "offline");
  }

  /** What is kept, with everything that is not as the server has it; what may have been sent already counts as known there. */
  joined({ notes, sheet }, submit = "", edit = (proof) => proof) {
    const before = this.latest(notes);
    const fields = {};
    for (const field of this.fields) {
      const [mine, held] = [this.valueOf(field), heldIn(sheet, field)];
      // What waits was chosen beside what was known then: a page that came later must not make it look newer.
      const waits = before && before.fields[field] !== undefined;
      if (sheet.apart[field] !== undefined || (mine.trim() === held.trim() && !(waits && before.tried))) continue;
      const known = waits ? [...before.fields[`known-${field}`], ...(before.tried ? [before.fields[field]] : [])] : [held];
      fields[field] = mine;
      fields[`known-${field}`] = [...new Set(known)].slice(-MOST_KNOWN);
    }
    const proof = stillWaiting(sheet, edit(proofOf(before)));
    Object.assign(fields, fieldsOf(proof));
    this.touched.clear();
    const others = notes.filter((note) => note !== before);
    // A hand-in that waits for the line stays one, unless there is something to decide on.
    const hand = submit || (before && before.fields.submit && !Object.keys(sheet.apart).length);
    if (!Object.keys(fields).length && !hand) return { notes: others, sheet };
    fields.version = this.version;
    if (hand) fields.submit = "1";
    const rev = ((before && before.rev) || 0) + 1;
    const uuid = before ? before.uuid : newUuid();
    const note = { lesson: this.lesson, uuid, to: "scoring", at: Date.now(), rev, fields, ...proof };
    return { notes: [...others, note], sheet };
  }

  async submit(event) {
    event.preventDefault();
    await this.loaded;
    if (!this.isWhole()) return;
    const written = this.evidence.takeWritten();
    if (!written) return;
    clearTimeout(this.timer);
    const edit = ({ pieces, dropped }) => ({ pieces: [...pieces, ...written], dropped });
    await this.keep((state) => this.joined({ ...state, sheet: { ...state.sheet, typing: {} } }, "1", edit));
    this.evidence.show();
    sendNotes();
  }

  /** Whether everything is there that the sheet asks for; else it is named and gone to. */
  isWhole() {
    this.unjudged = "";
    const left = this.fields.filter((field) => field.startsWith("score-") && !this.isOptional(field) && !this.valueOf(field));
    const { lacking } = this.evidence;
    if (left.length) goToUnjudged(left.map((field) => this.placeOf(field)), (words) => this.problem((this.unjudged = words)));
    else if (Object.keys(this.state.sheet.apart).length) this.problem("有几处和电脑上的不一样，先选好用哪一个，再提交");
    else if (lacking) this.problem(goToUnproven(lacking, lacking.querySelector("[data-seen]")));
    else return true;
    return false;
  }

  /** Bonus lines may stay empty. */
  isOptional(field) {
    return this.placeOf(field).hasAttribute("data-optional");
  }

  /** Something of this lesson was answered, whichever page sent it. */
  async told({ note, answer }) {
    if (note.to !== "scoring" || String(note.lesson) !== this.lesson) return;
    const state = await keptOf(this.lesson);
    if (!this.saving) this.state = state;
    if (!answer) {
      this.show();
      return;
    }
    if (answer.submitted) {
      location.assign(this.form.dataset.results);
      return;
    }
    for (const field of this.fields) this.showApart(field);
    this.evidence.show();
    if (this.saving) return; // what is being kept right now says the rest
    const undecided = note.fields.submit && answer.apart.length ? "还没有提交：先选好用哪一个，再按提交" : "";
    this.problem(answer.refused || undecided || this.unjudged);
    if (this.waiting) return;
    this.unkept = false;
    this.say(`已送达 ${answer.saved_at}`, "saved");
  }

  showApart(field) {
    const place = this.placeOf(field).querySelector("[data-scoring-apart]");
    const { sheet } = this.state;
    const mine = sheet.apart[field];
    place.hidden = mine === undefined;
    if (place.hidden) {
      place.replaceChildren();
      return;
    }
    const held = heldIn(sheet, field);
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

  async decide(button) {
    if (!button) return;
    const { field, take } = button.dataset;
    const { sheet } = this.state;
    const [held, mine] = [heldIn(sheet, field), sheet.apart[field]];
    this.form.elements[field].value = { mine, held, both: `${mine}\n${held}` }[take];
    this.touched.add(field);
    await this.keep((state) => {
      const { [field]: _decided, ...apart } = state.sheet.apart;
      return this.joined({ ...state, sheet: { ...state.sheet, apart } });
    });
    this.showApart(field);
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

function withTyping(sheet, key, typed) {
  const { [key]: _before, ...rest } = sheet.typing || {};
  return { ...sheet, typing: typed ? { ...rest, [key]: typed } : rest };
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
