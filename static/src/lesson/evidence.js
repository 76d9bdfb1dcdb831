// Choosing what a score rests on: words, a stretch of the film by [ and ], by typing, or a comment of the lesson. What is chosen is a ticked
// box of the sheet, so that it is kept, sent again after a broken line and handed in as every other part of it.
import { newUuid } from "../behaviors/async-form.js";
import { dropDraft } from "../behaviors/drafts.js";
import { clock, parseClock } from "./time.js";

const RANGE = /^(.+?)\s*[-－–—~～至到]\s*(.+)$/;
const LABEL = 40;

export class Evidence {
  constructor(form, page) {
    this.form = form;
    this.page = page;
    for (const place of form.querySelectorAll("[data-evidence]")) this.prepare(place);
    form.addEventListener("click", (event) => this.onClick(event));
    // Who goes over to writing a comment marks the stretch of that.
    document.addEventListener("focusin", ({ target }) => target.closest("[data-comment-form]") && this.close());
  }

  /** Without this script the field itself is sent; with it what is typed counts once it is added. */
  prepare(place) {
    for (const item of place.querySelectorAll(".evidence-piece")) addDrop(item);
    const add = place.querySelector("[data-evidence-add]");
    for (const part of add.querySelectorAll("[data-evidence-marks], [data-evidence-put], [data-evidence-write]")) part.hidden = false;
    add.addEventListener("toggle", () => add.open && this.opened(add));
    add.querySelector("[data-evidence-comment]").addEventListener("input", (event) => {
      event.stopPropagation();
      this.putComment(place, event.target);
    });
    this.prepareWords(add);
    this.prepareRange(place, add.querySelector("[data-evidence-range]"));
  }

  /** Words are no part of the sheet before they are added; until then this device keeps them as a draft. */
  prepareWords(add) {
    const seen = add.querySelector("[data-evidence-seen]");
    seen.removeAttribute("name");
    for (const name of ["input", "change"]) seen.addEventListener(name, (event) => event.stopPropagation());
    if (seen.value) add.open = true;
    seen.addEventListener("draft:restored", () => { add.open = true; });
  }

  prepareRange(place, field) {
    if (!field) return;
    field.removeAttribute("name");
    for (const name of ["input", "change"]) field.addEventListener(name, (event) => event.stopPropagation());
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.put(place);
    });
  }

  get open() {
    return this.form.querySelector("[data-evidence-add][open]");
  }

  get isOpen() {
    return Boolean(this.open && this.page.player && this.open.querySelector("[data-evidence-range]"));
  }

  close() {
    if (this.open) this.open.open = false;
  }

  opened(add) {
    for (const other of this.form.querySelectorAll("[data-evidence-add][open]")) if (other !== add) other.open = false;
    for (const marks of add.querySelectorAll("[data-evidence-marks]")) marks.hidden = !this.page.player;
    const choice = add.querySelector("[data-evidence-comment]");
    const offered = offers(this.page);
    choice.replaceChildren(new Option("", ""), ...offered.map(({ value, label }) => new Option(label, value)));
    add.querySelector("[data-evidence-comments]").hidden = !offered.length;
  }

  /** [ and ]: the stretch begins or ends at this moment. */
  mark(edge) {
    const now = this.page.player.now;
    const field = this.open.querySelector("[data-evidence-range]");
    const [from, until] = timesOf(field.value);
    if (edge === "in") field.value = until !== null && until > now ? `${clock(now)}-${clock(until)}` : `${clock(now)}-`;
    else field.value = from !== null && from < now ? `${clock(from)}-${clock(now)}` : `-${clock(now)}`;
    say(this.open.closest("[data-evidence]"), "");
  }

  onClick(event) {
    const drop = event.target.closest("[data-evidence-drop]");
    if (drop) this.drop(drop);
    const edge = event.target.closest("[data-evidence-mark]");
    if (edge && this.page.player) this.mark(edge.dataset.evidenceMark);
    const put = event.target.closest("[data-evidence-put]");
    if (put) this.put(put.closest("[data-evidence]"));
    const write = event.target.closest("[data-evidence-write]");
    if (write) this.write(write.closest("[data-evidence]"));
  }

  /** Add what is written in words. */
  write(place) {
    const seen = place.querySelector("[data-evidence-seen]");
    const words = seen.value.trim();
    if (!words) {
      say(place, "先写下看到的");
      seen.focus();
      return;
    }
    this.add(place, `w${newUuid()} ${words}`, { label: "文字", from: null, words });
    seen.value = "";
    dropDraft(seen);
  }

  put(place) {
    const field = place.querySelector("[data-evidence-range]");
    const [from, until] = timesOf(field.value);
    const version = document.getElementById("recording-view").dataset.version;
    const most = this.page.player ? this.page.player.duration : 0;
    if (!most || !version) return say(place, "实录还不能观看，不能选片段");
    if (from === null || until === null) return say(place, "写成两个时刻，例如 12:31-13:05");
    // A time is typed in whole seconds; the film may end within one.
    const end = until > most && until - most < 1000 ? most : until;
    if (from >= end || end > most) return say(place, "片段要在实录之内，结束晚于开始");
    field.value = "";
    return this.add(place, `${from}-${end}@${version}`, { label: `${clock(from)}–${clock(end)}`, from, until: end });
  }

  /** What was marked or typed and not added goes along with the sheet; false where it is no stretch, which is then shown. */
  putTyped() {
    for (const place of this.form.querySelectorAll("[data-evidence]")) {
      if (place.querySelector("[data-evidence-seen]").value.trim()) this.write(place);
      const field = place.querySelector("[data-evidence-range]");
      if (!field || !field.value.trim()) continue;
      this.put(place);
      if (!field.value) continue;
      field.closest("details").open = true;
      field.focus();
      return false;
    }
    return true;
  }

  /** The first criterion that asks for evidence and has none, not even written beside it. */
  get lacking() {
    const isBare = (place) =>
      !place.querySelector(".evidence-piece input:checked") &&
      [...place.querySelectorAll("[data-evidence-seen], [data-evidence-range]")].every(({ value }) => !value.trim());
    return [...this.form.querySelectorAll("[data-evidence][data-needed]")].find(isBare);
  }

  putComment(place, choice) {
    const chosen = offers(this.page).find(({ value }) => value === choice.value);
    choice.value = "";
    if (chosen) this.add(place, chosen.value, chosen);
  }

  add(place, token, about) {
    say(place, "");
    const list = place.querySelector("[data-evidence-list]");
    const known = [...list.querySelectorAll("input")].find(({ value }) => value === token);
    if (known) return;
    list.hidden = false;
    list.append(piece(`evidence-${place.dataset.evidence}`, token, { ...about, what: place.dataset.title }));
    this.changed();
  }

  drop(button) {
    const item = button.closest("li");
    const list = item.parentNode;
    const next = item.nextElementSibling || item.previousElementSibling;
    item.remove();
    list.hidden = !list.children.length;
    const focus = next ? next.querySelector("[data-evidence-drop]") : list.parentNode.querySelector("summary");
    if (focus) focus.focus();
    this.changed();
  }

  changed() {
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The comments one sees: those on the film, and live notes that have only their time by the clock. */
function offers({ list }) {
  const placed = ((list && list.moments) || []).map(({ id, start, end, label }) => ({
    value: id.replace("comment-", "c"),
    label: `${clock(start)} ${label}`.slice(0, LABEL),
    from: start,
    until: end === null ? start + 10000 : end,
    words: label,
  }));
  const noted = [...document.querySelectorAll("#live-notes .comment[data-clock]")].map((item) => ({
    value: item.id.replace("comment-", "c"),
    label: `${item.querySelector(".timecode").textContent} ${item.dataset.label}`.slice(0, LABEL),
    from: null,
    at: item.querySelector(".timecode").textContent,
    words: item.dataset.label,
  }));
  return [...placed, ...noted];
}

/** "12:31-13:05" in milliseconds; null for what is missing or no time. */
function timesOf(text) {
  const found = RANGE.exec(text.trim());
  if (found) return [parseClock(found[1]), parseClock(found[2])];
  return text.trim().startsWith("-") ? [null, parseClock(text.trim().slice(1))] : [parseClock(text.trim().replace(/[-–—]$/, "")), null];
}

/** `at` stands in place of a time on the film for what has none. */
function piece(name, token, { label, from, until, at = label, words, what }) {
  const item = document.createElement("li");
  item.className = "evidence-piece";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name, value: token, checked: true });
  box.setAttribute("aria-label", `保留${what}的证据 ${label}`);
  const time = document.createElement(from === null ? "span" : "a");
  time.className = "timecode";
  time.textContent = from === null ? at : words ? clock(from) : label;
  if (from !== null) {
    time.href = `?t=${Math.floor(from / 1000)}`;
    Object.assign(time.dataset, { clip: "", from, until });
  }
  item.append(box, time);
  if (words) {
    const said = document.createElement("span");
    said.className = "evidence-words muted small";
    said.textContent = words;
    item.append(said);
  }
  addDrop(item);
  return item;
}

/** With a script a button takes a piece away; the box that does so without one carries it still. */
function addDrop(item) {
  const box = item.querySelector("input");
  if (!box || item.querySelector("[data-evidence-drop]")) return;
  box.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.dataset.evidenceDrop = "";
  button.textContent = "去掉";
  button.setAttribute("aria-label", box.getAttribute("aria-label").replace("保留", "去掉"));
  item.append(button);
}

function say(place, words) {
  const line = place.querySelector("[data-evidence-error]");
  line.textContent = words;
  line.hidden = !words;
}
