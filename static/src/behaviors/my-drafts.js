// <ul data-my-drafts>: what this person has begun to write on this device and not sent, put before what the server knows.
import { whenText } from "./times.js";
import { viewerId } from "../net.js";
import { draftPlace, myDrafts } from "./drafts.js";
import { unsentFiles } from "./files-on-device.js";
import { unsentPlans } from "./plans-on-device.js";

const SHOWN = 5;
const WORDS = 60;

/** Add the newest drafts, one for each page, and the plans not wholly sent; show the section around the list. */
export async function showDrafts(list) {
  const drafts = draftPages();
  add(list, drafts.map((draft) => row(draft.path, draftPlace(draft), draft.at, "本机草稿", wordsOf(draft.value))));
  add(list, fileRows(await unsentFiles(viewerId()), new Set(drafts.map(({ path }) => path))));
  add(list, (await unsentPlans(viewerId())).filter(({ path }) => path).map(planRow));
}

function add(list, rows) {
  list.prepend(...rows);
  if (rows.length) list.closest("section").hidden = false;
}

function draftPages() {
  const pages = new Map();
  for (const draft of myDrafts()) if (draft.value && !pages.has(draft.path)) pages.set(draft.path, draft);
  return [...pages.values()].slice(0, SHOWN);
}

/** Pages where only photos, files or a recording wait; where words wait too, their row leads there already. */
function fileRows(files, named) {
  const pages = new Map();
  for (const kept of files) if (!named.has(kept.path) && !pages.has(kept.path)) pages.set(kept.path, kept);
  const rows = [...pages.values()].slice(0, SHOWN);
  return rows.map((kept) => row(kept.path, draftPlace(kept), kept.at, "本机草稿", "照片、附件或录音还没发出"));
}

const planRow = ({ path, title, unsentAt }) => row(path, title, unsentAt, "有修改还没提交", "打开它就会自动提交");

function row(path, name, at, kind, words) {
  const item = document.createElement("li");
  const main = element("div", "item-main", "");
  const title = element("p", "item-title", "");
  const link = element("a", "", name);
  link.href = path;
  title.append(link);
  const line = element("p", "item-meta dots", "");
  line.append(element("span", "", kind), element("span", "", whenText(new Date(at))));
  main.append(title, element("p", "clamp-2 muted small", words), line);
  const box = element("div", "item", "");
  box.append(main);
  item.append(box);
  return item;
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
