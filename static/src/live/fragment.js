// Server HTML into a list: morph what is there by id, add what is new, take away what is gone.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { isChanged } from "../behaviors/written.js";
import { applyViewer } from "../behaviors/viewer-buttons.js";

const OWN_ATTRIBUTES = new Set(["open", "data-state", "data-dirty"]);
const OWN_VALUES = new Set(["value", "checked", "selected"]);
// More than these at once are no news to be pointed out one by one, and fading a hundred keeps a slow computer busy for seconds.
const MOST_SHOWN_ARRIVING = 12;

/**
 * Apply a fragment to `list`. Items may name another place by data-into="<id>"; one with data-frame="<selector>" is shown
 * with what is around it only while it holds items. Returns the added elements; `changes` takes the items that were there
 * and have changed, and the ids of those that are gone.
 */
export function applyFragment(list, html, order = "append", changes = { changed: [], gone: [] }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const added = [];
  for (const item of [...template.content.children]) {
    if (item.dataset.gone !== undefined) {
      remove(item.dataset.gone);
      changes.gone.push(item.dataset.gone);
      list.dispatchEvent(new CustomEvent("live-list:gone", { detail: { id: item.dataset.gone } }));
    }
    else if (item.id) {
      const before = added.length;
      place(list, item, order, added);
      if (added.length === before) changes.changed.push(item.id);
    }
  }
  if (added.length <= MOST_SHOWN_ARRIVING) for (const item of added) item.classList.add("is-arriving");
  toggleEmpty(list);
  for (const place of document.querySelectorAll("[data-frame]")) place.closest(place.dataset.frame).hidden = !holdsItems(place);
  return added;
}

/** Morph one element in place; what a person has open or is typing stays. */
export function morph(current, next) {
  Idiomorph.morph(current, next, {
    ignoreActiveValue: isWriting(document.activeElement),
    callbacks: {
      beforeNodeMorphed: (old) => !(old.nodeType === Node.ELEMENT_NODE && old.hasAttribute("data-keep")),
      beforeNodeRemoved: (old) => !(old.nodeType === Node.ELEMENT_NODE && old.hasAttribute("data-keep")),
      beforeAttributeUpdated: (name, node) => !isOwn(name, node),
    },
  });
}

/** What is open, under way, or filled in otherwise than the server knows is this person's, in the focus or not. */
function isOwn(name, node) {
  if (OWN_VALUES.has(name)) return /^(INPUT|TEXTAREA|OPTION)$/.test(node.tagName) && isChanged(node);
  return OWN_ATTRIBUTES.has(name) && /^(DETAILS|DIALOG|FORM|LIVE-LIST)$/.test(node.tagName);
}

/** Only what is being typed is kept; a button that has the focus shows its new number. */
export const isWriting = (element) => Boolean(element) && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

function place(list, item, order, added) {
  const current = document.getElementById(item.id);
  if (current) update(list, current, item, order, added);
  else insert(list, item, order, added);
}

/** What is on the page, be it outside the list, is changed where it is; data-parts: part by part, the rest stays. */
function update(list, current, item, order, added) {
  if (item.dataset.parts !== undefined) {
    for (const part of item.querySelectorAll("[id][data-rank]")) place(list, part, order, added);
    return;
  }
  // data-expel="<selector>": what this list showed and shows no longer.
  if (list.dataset.expel && current.parentNode === list && item.matches(list.dataset.expel)) {
    current.remove();
    return;
  }
  morph(current, item);
  applyViewer(document.getElementById(item.id));
}

function insert(list, item, order, added) {
  const into = item.dataset.into ? document.getElementById(item.dataset.into) : list;
  if (!into || !belongs(into, item)) return;
  // A place inside the list has an order of its own; where pages are still to be loaded, news waits after them.
  const late = document.getElementById(into.dataset.late || "");
  const rule = late ? "append" : into === list ? order : into.dataset.order || "append";
  if (rule === "none") return;
  applyViewer(item);
  if (rule === "prepend") into.prepend(item);
  else (late || into).append(item);
  added.push(item);
}

/**
 * data-refuse="<selector>": what this place never shows. data-new-after="<number>": only what ranks above it is new here,
 * anything else comes with its own page of the list; an item's rank is its data-rank, or what data-rank-by names.
 */
function belongs(into, item) {
  const { refuse, newAfter, rankBy = "rank" } = into.dataset;
  if (refuse && item.matches(refuse)) return false;
  return newAfter === undefined || Number(item.dataset[rankBy]) > Number(newAfter);
}

function remove(id) {
  const element = document.getElementById(id);
  if (!element) return;
  // Somebody is writing an answer in it: it goes when they are done, their words do not.
  const writing = [...element.querySelectorAll("textarea")].some((area) => area.value.trim());
  if (writing) element.classList.add("is-gone");
  else element.remove();
}

export function toggleEmpty(list) {
  const notice = list.querySelector(":scope > [data-empty]");
  if (notice) notice.hidden = holdsItems(list);
}

const holdsItems = (place) => [...place.children].some((child) => child.id && !child.hasAttribute("data-empty"));
