// <ul data-my-drafts>: what this person has begun to write on this device and not sent, put before what the server knows.
import { whenText } from "./times.js";
import { draftPlace, myDrafts } from "./drafts.js";

const SHOWN = 5;
const WORDS = 60;

/** Add the newest drafts, one for each page, and show the section around the list. */
export function showDrafts(list) {
  const pages = new Map();
  for (const draft of myDrafts()) if (draft.value && !pages.has(draft.path)) pages.set(draft.path, draft);
  const rows = [...pages.values()].slice(0, SHOWN).map(row);
  list.prepend(...rows);
  if (rows.length) list.closest("section").hidden = false;
}

function row(draft) {
  const item = document.createElement("li");
  const main = element("div", "item-main", "");
  const title = element("p", "item-title", "");
  const link = element("a", "", draftPlace(draft));
  link.href = draft.path;
  title.append(link);
  main.append(title, element("p", "clamp-2 muted small", wordsOf(draft.value)), meta(draft));
  const box = element("div", "item", "");
  box.append(main);
  item.append(box);
  return item;
}

function meta(draft) {
  const line = element("p", "item-meta dots", "");
  line.append(element("span", "", "本机草稿"), element("span", "", whenText(new Date(draft.at))));
  return line;
}

function wordsOf(value) {
  const text = new DOMParser().parseFromString(value, "text/html").body.textContent.trim();
  return text.length > WORDS ? `${text.slice(0, WORDS)}…` : text;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
