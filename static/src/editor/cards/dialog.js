// Choose what a card leads to: search in what one may see, or paste an address of this site.
import { request, requestJson } from "../../net.js";
import { ask, complain } from "../dialog.js";
import { atSecond, isLesson, ownPath, readTime, secondsOf, shownTime } from "./address.js";

const WAIT_MS = 200;
const FIELDS = `<div class="field"><label for="card-words">找什么</label>
    <input id="card-words" type="text" autocomplete="off" placeholder="资源、听评课、教案的名称，或贴上本站的网址">
    <p class="field-help" role="status" data-status></p></div>
  <div class="card-choices" role="radiogroup" aria-label="找到的" data-choices></div>
  <div class="field" data-moment hidden><label for="card-moment">从录像的哪里开始</label>
    <input id="card-moment" type="text" inputmode="numeric" autocomplete="off" placeholder="分:秒，例如 12:30">
    <p class="field-help">不填就从头开始</p></div>
  <p class="field-error" role="alert" data-error="card" hidden></p>`;

export function cardDialog(editor) {
  const picker = new Picker(editor);
  ask({
    id: "card-dialog",
    title: "放一张资料卡片",
    html: FIELDS,
    yes: "放进来",
    ready: (dialog) => picker.bind(dialog),
    take: () => picker.take(),
  });
}

class Picker {
  constructor(editor) {
    this.editor = editor;
    this.chosen = null;
  }

  bind(dialog) {
    this.dialog = dialog;
    this.words = dialog.querySelector("#card-words");
    this.status = dialog.querySelector("[data-status]");
    this.choices = dialog.querySelector("[data-choices]");
    this.moment = dialog.querySelector("#card-moment");
    this.words.addEventListener("input", (event) => event.isComposing || this.later());
    this.words.addEventListener("compositionend", () => this.later());
    this.words.addEventListener("keydown", (event) => this.enter(event));
  }

  /** Enter in the search box looks; only with something chosen it takes it. */
  enter(event) {
    if (event.key !== "Enter" || this.chosen) return;
    event.preventDefault();
    if (!event.isComposing) this.look();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT_MS);
  }

  async look() {
    const text = this.words.value.trim();
    this.choose(null);
    const path = /^(https?:\/\/|\/)/.test(text) ? ownPath(text) : null;
    if (!text) return this.show([], text);
    try {
      const items = path ? [await named(path)] : await found(text);
      if (this.words.value.trim() === text) this.show(items, text);
    } catch (error) {
      this.show([], "");
      this.status.textContent = error.offline ? "网络断开了，联网以后再找" : error.message;
    }
  }

  show(items, text) {
    this.choices.replaceChildren(...items.map((item) => this.row(item)));
    this.status.textContent = items.length || !text ? "" : "没有找到，换个词试试";
    if (items.length === 1) this.choices.querySelector("input").click();
  }

  row(item) {
    const row = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = "card-choice";
    input.addEventListener("change", () => this.choose(item));
    const title = document.createElement("span");
    title.className = "grow";
    title.textContent = item.title;
    const label = document.createElement("span");
    label.className = "muted small";
    label.textContent = item.label;
    row.append(input, title, label);
    return row;
  }

  choose(item) {
    this.chosen = item;
    const lesson = Boolean(item) && isLesson(item.url);
    this.dialog.querySelector("[data-moment]").hidden = !lesson;
    const seconds = lesson ? secondsOf(item.url) : null;
    this.moment.value = seconds === null ? "" : shownTime(seconds);
    complain(this.dialog, "card");
  }

  take() {
    if (!this.chosen) return complain(this.dialog, "card", "请先找到并选中一项");
    let { url } = this.chosen;
    if (isLesson(url) && this.moment.value.trim()) {
      const seconds = readTime(this.moment.value);
      if (seconds === null) return complain(this.dialog, "card", "时间请写成 分:秒，例如 12:30");
      if (seconds !== secondsOf(url)) url = atSecond(url, seconds);
    }
    const attrs = { href: url, title: this.chosen.title, label: this.chosen.label };
    this.editor.chain().focus().insertContent({ type: "card", attrs }).run();
    return true;
  }
}

async function found(text) {
  return (await requestJson(`/search/suggestions?wide=1&q=${encodeURIComponent(text)}`)).items;
}

/** What a page of this site calls itself; whoever may not open it cannot put it here. */
async function named(path) {
  const page = await (await request(path, { headers: { Accept: "text/html" } })).text();
  const line = /<title>[^<]*<\/title>/.exec(page);
  const title = new DOMParser().parseFromString(line ? line[0] : "", "text/html").title;
  const parts = title.split(" · ");
  return { title: parts[0] || path, label: parts.length > 2 ? parts[parts.length - 2] : "本站", url: path };
}
