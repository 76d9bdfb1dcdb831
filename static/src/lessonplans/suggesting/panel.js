// The open suggestions beside the sheet: one by one, all, or all of one author; and those at the caret in a bar below.
import { TextSelection } from "@tiptap/pm/state";
import { whenText } from "../../behaviors/times.js";
import { toast } from "../../behaviors/toast.js";
import { button } from "../../elements.js";
import { decide } from "./deciding.js";
import { breaksUp, suggestionsIn, told } from "./list.js";
import { toneOf } from "./marks.js";

export class SuggestionPanel {
  constructor(page, editor, mode) {
    Object.assign(this, { page, editor, mode, author: null });
    this.count = button("", "suggested-count no-print", () => this.card.scrollIntoView({ block: "start" }));
    this.card = element("section", "card suggested-panel no-print");
    this.card.id = "panel-suggested";
    this.card.setAttribute("aria-label", "修订");
    this.here = element("div", "suggested-here no-print");
    this.here.setAttribute("role", "group");
    this.here.setAttribute("aria-label", "光标处的修订");
    page.querySelector(".plan-status").append(this.count);
    const [first] = page.querySelector("[data-plan-panel]").children;
    first.after(this.card);
    page.append(this.here);
    editor.on("update", () => this.schedule());
    editor.on("selectionUpdate", () => this.schedule());
    this.show();
  }

  schedule() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      if (!this.editor.isDestroyed) this.show();
    });
  }

  show() {
    const all = suggestionsIn(this.editor.state.doc);
    const caret = this.editor.state.selection;
    const asked = all.filter(({ author }) => !(this.mode.on && author === this.mode.userId));
    this.showHere(caret.empty ? inmost(asked, caret.from) : null);
    const signature = JSON.stringify([this.editor.isEditable, this.mode.only, this.author, all.map((one) => [one.id, one.author, told(one)])]);
    if (signature === this.shown) return;
    this.shown = signature;
    this.count.hidden = this.card.hidden = !all.length;
    this.count.textContent = `${all.length} 处修订待定`;
    this.fill(all);
  }

  fill(all) {
    const authors = new Map(all.map(({ author, name }) => [author, name]));
    if (this.author !== null && !authors.has(this.author)) this.author = null;
    const chosen = all.filter(({ author }) => this.author === null || author === this.author);
    const list = element("ol", "suggested-list");
    list.append(...chosen.map((suggestion) => this.row(suggestion)));
    const focused = this.card.contains(document.activeElement) && document.activeElement.dataset.focus;
    this.card.replaceChildren(heading(all.length), ...this.people(all, authors), list, ...this.forAll(chosen));
    if (focused) this.refocus(focused);
  }

  refocus(wanted) {
    const buttons = [...this.card.querySelectorAll("button")];
    const same = buttons.find(({ dataset }) => dataset.focus === wanted) || buttons[0];
    if (same) same.focus();
  }

  people(all, authors) {
    if (authors.size < 2) return [];
    const row = element("div", "suggested-people");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "只看一个人的修订");
    const chip = (author, name, count) => {
      const one = button(`${name} ${count}`, "suggested-person", () => {
        this.author = author;
        this.show();
      });
      one.dataset.focus = `person-${author}`;
      one.setAttribute("aria-pressed", String(this.author === author));
      return one;
    };
    row.append(chip(null, "全部", all.length));
    authors.forEach((name, author) => row.append(chip(author, name, all.filter((one) => one.author === author).length)));
    return [row];
  }

  row(suggestion) {
    const row = element("li", "suggested-row");
    const jump = button("", "suggested-jump", () => this.goTo(suggestion));
    jump.dataset.focus = `jump-${suggestion.id}`;
    jump.append(who(suggestion), words(suggestion));
    row.append(jump, ...this.decisions(suggestion));
    return row;
  }

  /** Who only suggests takes back their own and decides on nothing. */
  decisions(suggestion) {
    const isOwn = suggestion.author === this.mode.userId;
    if (!this.editor.isEditable || (this.mode.only && !isOwn)) return [];
    const act = (text, accepted, look) => {
      const one = button(text, `button small ${look}`, () => this.decide([suggestion.id], accepted));
      one.dataset.focus = `${accepted}-${suggestion.id}`;
      return one;
    };
    const row = element("div", "suggested-decisions");
    if (!this.mode.only) row.append(act("接受", true, ""));
    row.append(act(isOwn ? "收回" : "不接受", false, "plain"));
    return [row];
  }

  forAll(chosen) {
    if (!this.editor.isEditable || this.mode.only || chosen.length < 2) return [];
    const row = element("div", "suggested-all");
    const whose = this.author === null ? "全部" : `${chosen[0].name}的都`;
    const ids = chosen.map(({ id }) => id);
    row.append(
      button(`${whose}接受`, "button small", () => this.decide(ids, true)),
      button(`${whose}不接受`, "button small plain", () => this.decide(ids, false)),
    );
    return [row];
  }

  decide(ids, accepted) {
    if (this.mode.provider.hold.active) return;
    const waiting = accepted ? this.waitingForLine(ids) : [];
    if (waiting.length) toast("分段、标题、列表、公式、表头和合并、拆分格子的修订要等连上网络再接受，免得和同伴重复");
    const { count, left, undo } = decide(this.editor, ids.filter((id) => !waiting.includes(id)), accepted);
    if (left) toast("有格子现在合并不了：请先决定这里增删的行列和别的合并、拆分；表格已经变了的，请不接受，再重新提");
    const done = accepted ? "接受" : "没有接受";
    const act = () => {
      const refused = undo();
      return refused ? { toast: refused } : {};
    };
    if (count) toast(`${done}了 ${count} 处修订`.replace("没有接受了", "没有接受"), { undo: { act } });
  }

  /** Two who break up a paragraph unknown to each other double what stands behind the break. */
  waitingForLine(ids) {
    const { provider } = this.mode;
    if (provider.joined || provider.http.up) return [];
    const chosen = suggestionsIn(this.editor.state.doc).filter((one) => ids.includes(one.id) && breaksUp(one));
    return chosen.map(({ id }) => id);
  }

  /** The range in its place now: the list may be a moment old. */
  goTo({ id }) {
    const found = suggestionsIn(this.editor.state.doc).find((one) => one.id === id);
    if (!found) return;
    const { doc } = this.editor.state;
    const isPicture = doc.nodeAt(found.from).isLeaf && !doc.nodeAt(found.from).isText;
    const chain = this.editor.chain();
    const chosen = isPicture ? chain.setNodeSelection(found.from) : chain.setTextSelection(TextSelection.near(doc.resolve(found.from + 1)).from);
    chosen.focus(null, { scrollIntoView: false }).run();
    const place = this.page.querySelector(`[data-suggestion~="${CSS.escape(id)}"]`);
    if (place) place.scrollIntoView({ block: "center" });
  }

  showHere(suggestion) {
    const signature = suggestion ? JSON.stringify([suggestion.id, told(suggestion), this.editor.isEditable, this.mode.only]) : "";
    if (signature === this.shownHere) return;
    this.shownHere = signature;
    this.here.hidden = !suggestion;
    if (suggestion) this.here.replaceChildren(who(suggestion), words(suggestion), ...this.decisions(suggestion));
  }
}

/** The suggestion at a place; within a row that is suggested as a whole, that of the words. */
function inmost(suggestions, at) {
  const around = ({ ranges }) => ranges.filter(({ from, to }) => from <= at && at <= to).map(({ from, to }) => to - from);
  const found = suggestions.filter((one) => around(one).length);
  return found.sort((one, other) => Math.min(...around(one)) - Math.min(...around(other)))[0] || null;
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function heading(count) {
  const title = document.createElement("h2");
  title.append("修订", element("span", "suggested-number num", String(count)));
  return title;
}

function who({ author, name, at }) {
  const line = element("span", "suggested-who");
  line.append(element("span", `suggested-dot suggested-dot-${toneOf(author)}`), `${name}　${dated(at)}`);
  return line;
}

/** Whatever stands in the document: a number that is no time has no words. */
function dated(at) {
  const moment = new Date(Number(at) || 0);
  return at && !Number.isNaN(moment.getTime()) ? whenText(moment) : "";
}

function words(suggestion) {
  const { kind, out, put } = told(suggestion);
  const line = element("span", "suggested-words");
  line.append(element("b", "suggested-kind", kind));
  if (out) line.append(element("del", "", out));
  if (put) line.append(element("ins", "", put));
  return line;
}
