// The page in the classroom: a press on a tag keeps the note on this device at once, with the moment one began to write it.
import { newUuid } from "../behaviors/async-form.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { viewerId } from "../net.js";
import { forgetNote, keepNote, sendNote, sendNotes } from "./live-queue.js";
import { keptNotes } from "./note-store.js";
import { dropButton } from "./drop-button.js";

const TICK_MS = 1000;
const FULL = "本机存不下了，这一条还没有存，请等联网后再按一次";

export function bindLiveNotes(element) {
  const page = new LiveNotes(element);
  page.begin();
}

class LiveNotes {
  constructor(element) {
    this.lesson = element.dataset.lesson;
    this.form = element.querySelector("form");
    this.field = this.form.elements.body;
    this.list = element.querySelector("[data-live-list]");
    this.count = element.querySelector("[data-live-count]");
    this.state = element.querySelector("[data-live-state]");
    this.clock = element.querySelector("[data-live-clock]");
    this.begun = 0;
    // The note for which the device has no room, until the server has it.
    this.unkept = null;
    this.keeping = null;
  }

  begin() {
    this.showKept();
    this.form.addEventListener("submit", (event) => this.take(event));
    this.field.addEventListener("input", () => this.hold());
    document.addEventListener("live-note", ({ detail }) => this.told(detail));
    this.list.addEventListener("click", ({ target }) => this.drop(target.closest("[data-drop]")));
    warnBeforeLeaving(() => Boolean(this.homeless || this.keeping));
    const audience = this.form.elements.visibility;
    audience.value = remembered() || audience.value;
    audience.addEventListener("change", () => remember(audience.value));
    setInterval(() => this.tick(), TICK_MS);
    this.tick();
    this.tally();
    this.form.dataset.ready = "";
  }

  async showKept() {
    for (const note of await keptNotes(this.lesson)) if (!note.to && !document.getElementById(`note-${note.uuid}`)) this.show(note);
  }

  /** A note is of the moment at which one began to write it. */
  hold() {
    if (!this.field.value.trim()) this.begun = 0;
    else if (!this.begun) this.begun = Date.now();
    this.tick();
  }

  tick() {
    this.clock.textContent = timeOf(this.begun || Date.now());
    this.clock.classList.toggle("is-held", Boolean(this.begun));
  }

  async take(event) {
    event.preventDefault();
    const button = event.submitter || this.form.querySelector("button[name=kind]");
    const bell = button.dataset.body;
    const typed = this.field.value;
    const note = this.sameAgain({
      lesson: this.lesson,
      uuid: newUuid(),
      kind: button.value,
      body: bell || typed.trim(),
      visibility: this.form.elements.visibility.value,
      at: bell ? Date.now() : this.begun || Date.now(),
      label: bell ? "打铃" : button.textContent,
      ...this.perspective(bell),
    });
    // A second press before the first is on the disk is a trembling finger.
    if (typed && this.keeping === typed && !bell) return;
    this.keeping = typed;
    const kept = await keepNote(note);
    this.keeping = null;
    this.problem(kept ? "" : FULL);
    if (!kept && !(await this.sendUnkept(note))) return;
    this.unkept = null;
    if (kept) this.show(note);
    if (!bell && this.field.value === typed) this.empty();
    sendNotes();
  }

  /** Under which perspective the note belongs, where the lesson has any; the bell belongs to none. */
  perspective(bell) {
    const field = this.form.elements.perspective;
    return field && field.value && !bell ? { perspective: field.value } : {};
  }

  /** What was pressed again because it could not be kept is the same note: the line may have broken after the server had it. */
  sameAgain(note) {
    const before = this.unkept;
    // A bell and a moment without words are of the moment of this press.
    const isSame = before && note.body && note.body === this.field.value.trim() && ["kind", "body"].every((name) => before[name] === note[name]);
    return isSame ? { ...note, uuid: before.uuid, at: before.at } : note;
  }

  async sendUnkept(note) {
    this.unkept = note;
    if (!(await sendNote(note))) return false;
    this.problem(note.problem || "");
    return !note.problem;
  }

  empty() {
    this.begun = 0;
    this.field.value = "";
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show(note) {
    const item = document.getElementById(`note-${note.uuid}`) || document.createElement("li");
    item.id = `note-${note.uuid}`;
    item.toggleAttribute("data-waits", !note.problem);
    const words = [span("timecode", timeOf(note.at)), span("tag", note.label), span("live-words", note.body || "记下这一刻")];
    const why = note.problem ? [span("live-waits problem", note.problem), dropButton()] : [span("live-waits", "存在本机")];
    item.replaceChildren(...words.concat(why).flatMap((part) => [part, " "]));
    if (!item.parentNode) this.list.prepend(item);
    this.tally();
  }

  told({ note, answer }) {
    if (note.to || String(note.lesson) !== this.lesson) return;
    this.show(note);
    const item = document.getElementById(`note-${note.uuid}`);
    if (answer) {
      delete item.dataset.waits;
      item.querySelector(".live-waits").remove();
      item.querySelector(".timecode").textContent = answer.clock;
    }
    this.tally();
  }

  drop(button) {
    if (!button) return;
    const item = button.closest("li");
    forgetNote({ lesson: this.lesson, uuid: item.id.replace("note-", "") });
    item.remove();
    this.tally();
  }

  tally() {
    this.count.textContent = this.list.children.length;
    const waiting = this.list.querySelectorAll("[data-waits]").length;
    const refused = this.list.querySelectorAll(".live-waits.problem").length;
    const words = [waiting && `${waiting} 条存在本机，联网后自动提交`, refused && `${refused} 条没有提交成功`].filter(Boolean);
    this.state.textContent = words.join("；") || (this.list.children.length ? "都已提交" : "");
  }

  problem(text) {
    const place = this.form.querySelector("[data-form-error]");
    this.homeless = text;
    place.textContent = text;
    place.hidden = !text;
  }
}

const audienceKey = () => `mark:${viewerId()}:live-audience`;

function remembered() {
  try {
    return localStorage.getItem(audienceKey());
  } catch (_) {
    return null;
  }
}

function remember(audience) {
  try {
    localStorage.setItem(audienceKey(), audience);
  } catch (_) {
    // Without storage it is chosen again the next time.
  }
}

const timeOf = (at) => new Date(at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });

function span(name, text) {
  const part = document.createElement("span");
  part.className = name;
  part.textContent = text;
  return part;
}
