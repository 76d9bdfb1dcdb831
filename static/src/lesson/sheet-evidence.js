// What a score rests on, chosen on a phone: a remark on what is seen now, a moment or a stretch of the film, a note or a comment. Devices
// add and take away, so none overwrites another; what was not sent waits with the sheet as its `pieces` and `dropped`.
import { newUuid } from "../behaviors/async-form.js";
import { keptNotes } from "./note-store.js";
import { clock, parseClock } from "./time.js";

const RANGE = /^(.+?)\s*[-－–—~～至到]\s*(.+)$/;
const WORDS = 60;

export const proofOf = (note) => ({ pieces: (note && note.pieces) || [], dropped: (note && note.dropped) || [] });

/** The fields under which the server takes them. */
export function fieldsOf({ pieces, dropped }) {
  const fields = {};
  for (const { key, token } of pieces) (fields[`add-evidence-${key}`] = fields[`add-evidence-${key}`] || []).push(token);
  for (const { key, token } of dropped) (fields[`drop-evidence-${key}`] = fields[`drop-evidence-${key}`] || []).push(token);
  return fields;
}

/** What the server has by now does not wait any more. */
export function stillWaiting(sheet, { pieces, dropped }) {
  const there = (key, same) => ((sheet.evidence || {})[key] || []).some((one) => one.same === same);
  return { pieces: pieces.filter(({ key, same }) => !there(key, same)), dropped };
}

export class SheetEvidence {
  /** `sheet` is asked for {sheet, waiting} and keeps what is changed: `keepProof(edit)`, `keepTyping(key, typed)`. */
  constructor(form, sheet) {
    this.form = form;
    this.sheet = sheet;
    this.film = form.dataset.film;
    this.duration = Number(form.dataset.duration) || 0;
    this.offered = [];
    this.arrived = [];
    this.places = [...form.querySelectorAll("[data-evidence]")];
    for (const place of this.places) this.prepare(place);
    form.addEventListener("click", (event) => this.onClick(event));
    document.addEventListener("live-note", ({ detail }) => this.noteArrived(detail));
  }

  /** Without this script the fields themselves are sent; with it what is written counts once it is added, or with the sheet. */
  prepare(place) {
    for (const field of place.querySelectorAll("[name]")) field.removeAttribute("name");
    place.querySelector("[data-evidence-put]").hidden = false;
    const seen = place.querySelector("[data-seen]");
    place.querySelector("[data-evidence-add]").addEventListener("toggle", ({ target }) => target.open && this.offer(place));
    seen.addEventListener("input", () => this.typed(place));
    const typed = place.querySelector("[data-clip-typed]");
    if (typed) typed.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.put(place);
    });
    place.querySelector("[data-evidence-comment]").addEventListener("change", ({ target }) => this.putOffered(place, target));
  }

  /** The notes and comments that the page came with, and one's notes that wait on this device. */
  async offer(place) {
    const waiting = (await keptNotes(this.form.dataset.lesson)).filter(({ to }) => !to);
    const here = waiting.map(({ uuid, at, body, label }) => ({ value: `n${uuid}`, at, label: `${timeOf(at)} 现场`, words: body || label, from: null }));
    this.offered = [...here.reverse(), ...this.arrived, ...JSON.parse(this.form.dataset.offers)];
    const choice = place.querySelector("[data-evidence-comment]");
    choice.replaceChildren(new Option("", ""), ...this.offered.map(({ value, label, words }) => new Option(`${label} ${words}`.slice(0, WORDS), value)));
    place.querySelector("[data-evidence-comments]").hidden = !this.offered.length;
  }

  /** A note that has arrived since the page came is a comment with a number. */
  noteArrived({ note, answer }) {
    if (note.to || !answer || String(note.lesson) !== this.form.dataset.lesson) return;
    this.arrived.unshift({ value: `c${answer.id}`, label: `${timeOf(note.at)} 现场`, words: note.body || note.label, from: null });
  }

  /** A remark is of the moment at which one began to write it; what is being written is kept, too. */
  typed(place) {
    const key = place.dataset.evidence;
    const { value } = place.querySelector("[data-seen]");
    const before = (this.sheet.state.sheet.typing || {})[key];
    place.begun = value.trim() ? place.begun || (before && before.at) || Date.now() : 0;
    this.showClock(place);
    this.sheet.keepTyping(key, value.trim() ? { words: value, at: place.begun } : null);
  }

  showClock(place) {
    place.querySelector("[data-seen-clock]").textContent = place.begun ? timeOf(place.begun) : "";
  }

  onClick({ target }) {
    const drop = target.closest("[data-evidence-drop]");
    if (drop) this.drop(drop);
    else if (target.closest("[data-evidence-put]")) this.put(target.closest("[data-evidence]"));
  }

  /** Add what is written and typed; false where it is no moment of the film, which is then shown. */
  put(place) {
    const found = this.written(place);
    if (found === null) return false;
    if (!found.length) {
      say(place, "先写下看到的，或者填时刻、选一条");
      return true;
    }
    this.empty(place);
    this.sheet.keepProof(adding(found), place.dataset.evidence);
    return true;
  }

  /** The pieces in the fields of a criterion, null where one is wrong. */
  written(place) {
    const [seen, typed] = [place.querySelector("[data-seen]"), place.querySelector("[data-clip-typed]")];
    const clip = typed && typed.value.trim() ? this.clip(place, typed.value) : [];
    if (!clip) return null;
    const words = seen.value.trim();
    return [...(words ? [remark(place, place.begun || Date.now(), words)] : []), ...clip];
  }

  empty(place) {
    for (const field of place.querySelectorAll("[data-seen], [data-clip-typed]")) field.value = "";
    place.begun = 0;
    this.showClock(place);
    say(place, "");
  }

  /** What was written and not added goes along with the sheet: [pieces] of all criteria; null where something is wrong, which is then shown. */
  takeWritten() {
    const found = this.places.map((place) => this.written(place));
    const wrong = found.indexOf(null);
    if (wrong < 0) {
      for (const place of this.places) this.empty(place);
      return found.flat();
    }
    const field = this.places[wrong].querySelector("[data-clip-typed]");
    field.closest("details").open = true;
    field.focus();
    return null;
  }

  clip(place, text) {
    const found = RANGE.exec(text.trim());
    const [from, until] = found ? [parseClock(found[1]), parseClock(found[2])] : [parseClock(text), undefined];
    if (from === null || until === null) return say(place, "写成一个时刻 12:31，或两个时刻 12:31-13:05");
    // A time is typed in whole seconds; the film may end within one.
    const end = until > this.duration && until - this.duration < 1000 ? this.duration : until;
    if (from >= (end === undefined ? this.duration : Math.min(end, this.duration)) || end > this.duration) return say(place, "时刻要在实录之内，结束晚于开始");
    const token = `${from}${end === undefined ? "" : `-${end}`}@${this.film}`;
    return [{ key: place.dataset.evidence, token, same: token, label: end === undefined ? clock(from) : `${clock(from)}–${clock(end)}`, words: "", from }];
  }

  putOffered(place, choice) {
    const chosen = this.offered.find(({ value }) => value === choice.value);
    choice.value = "";
    if (!chosen) return;
    const { value, label, words, from, at } = chosen;
    const key = place.dataset.evidence;
    // One's own note that has not arrived is written down here: nobody knows when it will have a number.
    const piece = value.startsWith("n") ? remark(place, at, words) : { key, token: value, same: value, label, words, from };
    say(place, "");
    this.sheet.keepProof(adding([piece]), key);
  }

  drop(button) {
    const item = button.closest("li");
    const next = item.nextElementSibling || item.previousElementSibling;
    const focus = next ? next.querySelector("[data-evidence-drop]") : item.closest("[data-evidence]").querySelector("summary");
    const { key, token, same } = item.piece;
    this.sheet.keepProof(({ pieces, dropped }) => ({
      pieces: pieces.filter((one) => one.key !== key || one.same !== same),
      // It may be on its way: then it is taken back.
      dropped: [...dropped.filter((one) => one.key !== key || one.token !== token), { key, token }],
    }), key);
    focus.focus();
  }

  /** The pieces of a criterion as they stand here. */
  piecesOf(key) {
    const { sheet } = this.sheet.state;
    const { pieces, dropped } = proofOf(this.sheet.waiting);
    const gone = new Set(dropped.filter((one) => one.key === key).map(({ token }) => token));
    const there = ((sheet.evidence || {})[key] || []).filter(({ token, same }) => !gone.has(token) && !gone.has(same));
    const known = new Set(there.map(({ same }) => same));
    return [...there.map((one) => ({ ...one, key })), ...pieces.filter((one) => one.key === key && !known.has(one.same))];
  }

  /** The first criterion that asks for evidence and has none, not even written beside it. */
  get lacking() {
    const isBare = (place) => !this.piecesOf(place.dataset.evidence).length && !(this.written(place) || []).length;
    return this.places.find((place) => place.hasAttribute("data-needed") && isBare(place));
  }

  isFull(key) {
    return this.piecesOf(key).length >= Number(this.form.dataset.most);
  }

  show() {
    for (const place of this.places) {
      const key = place.dataset.evidence;
      const shown = this.piecesOf(key);
      const list = place.querySelector("[data-evidence-list]");
      list.replaceChildren(...shown.map((piece) => this.item(piece, place.dataset.title)));
      list.hidden = !shown.length;
      const needed = place.querySelector("[data-evidence-needed]");
      if (needed) needed.hidden = shown.length > 0;
      const add = place.querySelector("[data-evidence-put]");
      add.disabled = this.isFull(key);
      this.showTyping(place, (this.sheet.state.sheet.typing || {})[key]);
    }
  }

  showTyping(place, typing) {
    const seen = place.querySelector("[data-seen]");
    if (!typing || seen.value || place.begun) return;
    seen.value = typing.words;
    place.begun = typing.at;
    place.querySelector("[data-evidence-add]").open = true;
    this.showClock(place);
  }

  item(piece, title) {
    const item = document.createElement("li");
    item.className = "evidence-piece";
    item.piece = piece;
    const time = document.createElement(piece.from === null ? "span" : "a");
    time.className = "timecode";
    time.textContent = piece.label;
    if (piece.from !== null) time.href = `/lessons/${this.form.dataset.lesson}?t=${Math.floor(piece.from / 1000)}`;
    const said = document.createElement("span");
    said.className = "evidence-words";
    said.textContent = piece.words;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "link-button";
    drop.dataset.evidenceDrop = "";
    drop.textContent = "去掉";
    drop.setAttribute("aria-label", `去掉${title}的证据 ${piece.label}`);
    item.append(time, ...(piece.words ? [said] : []), drop);
    return item;
  }
}

/** Who adds what was taken away before wants it again. */
const adding = (found) => ({ pieces, dropped }) => ({
  pieces: [...pieces.filter((one) => found.every(({ key, same }) => key !== one.key || same !== one.same)), ...found],
  dropped: dropped.filter((one) => found.every(({ key, token }) => key !== one.key || token !== one.token)),
});

function remark(place, at, words) {
  const same = `r${newUuid()}`;
  return { key: place.dataset.evidence, token: `${same} ${at} ${words}`, same, label: `${timeOf(at)} 现场`, words, from: null };
}

const timeOf = (at) => new Date(at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });

function say(place, words) {
  const line = place.querySelector("[data-evidence-error]");
  line.textContent = words;
  line.hidden = !words;
  return null;
}
