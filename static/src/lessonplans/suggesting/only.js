// On the page of who may do nothing but suggest: 修订 is on and stays on, and what the server did not take is kept for its
// writer on this device while the text is loaded anew.
import * as Y from "yjs";
import { yUndoPluginKey } from "@tiptap/y-tiptap";
import { isChangeOrigin } from "@tiptap/extension-collaboration";
import { button } from "../../elements.js";
import { toast } from "../../behaviors/toast.js";
import { fetchState } from "../../editor/early-state.js";
import { isOwn } from "./blocks.js";
import { suggestionsIn } from "./list.js";
import { INSERTION } from "./marks.js";

const CODE = "suggest_only";
// Tools for what who only suggests has to ask for in a comment.
const NOT_SUGGESTED = ["table", "card", "board", "rule", "deleteTable"];
/** What is said of a picture: of one's own suggestion, and of no other. */
const OF_PICTURES = ["describe", "small", "half", "full"];
const NOW_ONLY = "现在您可以在正文里提出修订，由主备人采纳";

/** Keeps the switch as the right is, and undoing from taking back what was decided on meanwhile. */
export function onlySuggesting(page, editor, mode) {
  let was = mode.only;
  const note = page.querySelector("[data-suggest-note]");
  const show = () => {
    page.dataset.suggesting = String(mode.on);
    const tool = page.querySelector("[data-command=suggesting]");
    if (tool) tool.setAttribute("aria-pressed", String(mode.on));
    if (note) note.hidden = !mode.only;
    if (mode.only && !was) toast(NOW_ONLY);
    was = mode.only;
  };
  mode.provider.on("role", show);
  show();
  let own = ownIn(editor.state.doc, mode.userId);
  editor.on("transaction", ({ transaction }) => {
    if (!mode.only || !transaction.docChanged) return;
    const now = ownIn(transaction.doc, mode.userId);
    const isDecided = isChangeOrigin(transaction) && [...own].some(([id, size]) => (now.get(id) || 0) < size);
    own = now;
    // It would be undone for everybody, and is not this person's any more.
    if (isDecided) yUndoPluginKey.getState(editor.state).undoManager.clear();
  });
}

/** How much each of a person's suggestions is about. */
function ownIn(doc, userId) {
  const own = suggestionsIn(doc).filter(({ author }) => author === userId);
  return new Map(own.map(({ id, ranges }) => [id, ranges.reduce((sum, { from, to }) => sum + to - from, 0)]));
}

/** Let go of a copy that the server does not take any more, after keeping what was put in and not stored. */
export async function startAgain(page, provider, field, userId) {
  const found = await fetchState(page.dataset.stateUrl);
  const stored = found ? Y.decodeStateVector(Y.encodeStateVectorFromUpdate(found.state)) : new Map();
  if (!keep(wordsBeyond(stored, provider.doc.getXmlFragment(field)), userId)) return; // they stay on the page, to be copied
  await provider.memory.clear();
  location.reload();
}

/** Whether a tool is not for who only suggests, where the caret is. */
export function isOff(mode, { state: { selection } }, name) {
  if (!mode.only) return false;
  const isOthers = !(selection.node && isOwn(selection.node, mode.userId));
  return NOT_SUGGESTED.includes(name) || (OF_PICTURES.includes(name) && isOthers);
}

export const isRefused = (code) => code === CODE;

/** The words that a server with this state vector has not, suggested or not: who wrote just now may only suggest since. */
function wordsBeyond(stored, type, found = []) {
  if (!(type instanceof Y.XmlText)) {
    type.toArray().forEach((child) => wordsBeyond(stored, child, found));
    return found;
  }
  let words = "";
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const known = Math.max(0, (stored.get(item.id.client) || 0) - item.id.clock);
    if (words && known) found.push(words);
    words = (known ? "" : words) + (item.content instanceof Y.ContentString ? item.content.str.slice(known) : "");
  }
  if (words) found.push(words);
  return found;
}

/** Words that ended with the paragraph they stood in before who decides had seen them. */
export function keepEnded(page, words) {
  const userId = Number(page.dataset.userId);
  if (words && keep([words], userId)) showUnsent(page, userId);
}

const keyOf = (userId) => `draft:${userId}:${location.pathname}:unsent`;

function keep(words, userId) {
  try {
    const before = kept(userId);
    const value = [...(before ? [before] : []), ...words].join("\n");
    const draft = { value, at: Date.now(), title: document.title };
    if (value) localStorage.setItem(keyOf(userId), JSON.stringify(draft));
    sessionStorage.setItem(keyOf(userId), "refused");
    return true;
  } catch (_) {
    return !words.length;
  }
}

function kept(userId) {
  try {
    return (JSON.parse(localStorage.getItem(keyOf(userId))) || {}).value || "";
  } catch (_) {
    return "";
  }
}

/** Shows what a page before this one could not store, until its writer says that it is seen. */
export function showUnsent(page, userId) {
  const words = kept(userId);
  const isFresh = sessionStorage.getItem(keyOf(userId)) !== null;
  sessionStorage.removeItem(keyOf(userId));
  if (!words && !isFresh) return;
  if (!words) return toast("刚才的改动没有存上：那一处已经定了，或不是修订。正文已换成最新的");
  page.querySelectorAll(".plan-unsent").forEach((old) => old.remove());
  const box = document.createElement("div");
  box.className = "plan-problem is-mild plan-unsent no-print";
  box.setAttribute("role", "status");
  const said = document.createElement("p");
  said.textContent = "有几句修订没有存上：那一处正文已经改了、定了，或改动里有不是修订的。您写的在下面，可以复制到正文里重新提。";
  const area = document.createElement("textarea");
  area.readOnly = true;
  area.rows = 4;
  area.value = words;
  area.setAttribute("aria-label", "没有存上的修订");
  const close = button("知道了", "button small plain", () => {
    localStorage.removeItem(keyOf(userId));
    box.remove();
  });
  const copy = button("复制", "button small", async () => {
    area.select();
    try {
      await navigator.clipboard.writeText(words);
      toast("已复制");
    } catch (_) {
      area.focus(); // selected, to be copied by hand
    }
  });
  box.append(said, copy, close, area);
  page.querySelector("[data-plan-problem]").after(box);
}
