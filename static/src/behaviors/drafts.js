// data-draft="<what is being written>" on a textarea or input: what is typed is kept on this device, under the person,
// the page and the field, and comes back when a closed tab is opened again. It is let go when the server has answered.
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";
import { contentOf, isChanged, wentOn, writtenControls } from "./written.js";

const PREFIX = "draft:";
const WAIT_MS = 250;
/** How long what was not sent waits for its writer on this device. */
export const KEEP_MS = 45 * 24 * 3600 * 1000;
// A device holds about five million characters: what others left behind may not crowd out whoever writes now.
const OTHERS_MOST = 500000;
const SAVED = "草稿已存本机";
const FULL = "本机存不下草稿了，请先复制一份";

export const draftKey = (field) => `${PREFIX}${viewerId()}:${location.pathname}:${field.dataset.draft || field.name}`;

behavior("[data-draft]", (field) => {
  forgetIfSent(field);
  // Its line is there from the start: one that came later would move the button under somebody's finger.
  statePlace(field);
  restore(field);
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (field.draftDirty) keep(field);
  };
  field.addEventListener("input", () => {
    field.draftDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT_MS);
  });
  field.addEventListener("change", save);
  window.addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save);
});

/** Keep at once what was typed a moment ago. */
export function keepNow() {
  for (const field of document.querySelectorAll("[data-draft]")) if (field.draftDirty) keep(field);
}

function keep(field) {
  field.draftDirty = false;
  try {
    if (isEmpty(field.value) || field.value === field.defaultValue) localStorage.removeItem(draftKey(field));
    else localStorage.setItem(draftKey(field), JSON.stringify({ value: field.value, at: Date.now(), title: document.title }));
    say(field, isEmpty(field.value) ? "" : SAVED, "saved");
  } catch (_) {
    say(field, FULL, "error");
  }
}

/** An editor writes <p></p> for nothing. */
const isEmpty = (value) => !value.replace(/<\/?p>|<br ?\/?>|\s/g, "");

function restore(field) {
  const draft = read(draftKey(field));
  if (!draft || draft.value === field.value) return;
  // The server's text wins only over nothing: a field that came back with an error already holds what was typed.
  if (field.value && field.value !== field.defaultValue) return;
  field.value = draft.value;
  field.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  offerToDrop(field);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch (_) {
    return null;
  }
}

/** Let the draft of a field go. */
export function dropDraft(field) {
  field.draftDirty = false;
  try {
    localStorage.removeItem(draftKey(field));
  } catch (_) {
    // Without storage there was no draft.
  }
  say(field, "", "");
}

function statePlace(field) {
  const form = field.closest("form") || field.parentElement;
  let place = form.querySelector("[data-draft-state]");
  if (!place) {
    place = document.createElement("p");
    place.className = "save-state";
    place.dataset.draftState = "";
    place.setAttribute("role", "status");
    // At the end: it comes when the field is left, and would move the button away from under the press that left it.
    form.append(place);
  }
  return place;
}

function say(field, text, state) {
  const place = statePlace(field);
  place.textContent = text;
  place.dataset.state = state;
}

function offerToDrop(field) {
  const place = statePlace(field);
  place.textContent = "已恢复上次没写完的草稿";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.textContent = "放弃草稿";
  button.addEventListener("click", () => {
    field.value = field.defaultValue;
    field.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    dropDraft(field);
    field.focus();
  });
  place.append(button);
}

document.addEventListener("async-form:done", (event) => {
  for (const field of event.target.querySelectorAll("[data-draft]")) {
    if (wentOn(field, event.target.sentValues)) keep(field);
    else dropDraft(field);
  }
});

document.addEventListener("async-form:failed", (event) => {
  for (const field of event.target.querySelectorAll("[data-draft]")) if (isChanged(field)) keep(field);
});

/** Where what is written in `place` is kept, in words; empty when nothing is. */
export function keptWords(place) {
  const written = changedIn(place);
  if (!written.length) return "";
  return written.every(isKept) ? "您写的内容已存在本机" : "内容还在页面上，请不要关闭";
}

/** Whether something in `place` would be gone with the page. */
export const wouldBeLost = (place) => !changedIn(place).every(isKept);

const changedIn = (place) => writtenControls(place).filter((control) => control.type !== "radio" && isChanged(control));

function isKept(control) {
  if (control.type === "file") return control.keptAs === contentOf(control);
  return control.hasAttribute("data-draft") && (read(draftKey(control)) || {}).value === control.value;
}

// An ordinary form leaves the page. The next page of this tab tells whether it arrived.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.matches("[data-async]")) return;
  const fields = [...form.querySelectorAll("[data-draft]")];
  for (const field of fields) if (field.draftDirty) keep(field);
  if (fields.length) sessionStorage.setItem("drafts-sent", JSON.stringify(fields.map(draftKey)));
});

function forgetIfSent(field) {
  const form = field.closest("form");
  const refused = form && form.querySelector("[aria-invalid=true], [data-form-error]:not([hidden])");
  if (refused) sessionStorage.removeItem("drafts-sent");
}

/** Called once at the start of a page: drafts sent by the page before are let go unless it failed. */
export function settleSentDrafts() {
  try {
    const keys = JSON.parse(sessionStorage.getItem("drafts-sent") || "[]");
    sessionStorage.removeItem("drafts-sent");
    const failed = document.body.hasAttribute("data-error") || document.querySelector("main [aria-invalid=true]");
    if (!failed) keys.forEach((key) => localStorage.removeItem(key));
    dropOld();
  } catch (_) {
    // Without storage there are no drafts.
  }
}

const isYoung = (at) => Date.now() - at <= KEEP_MS;

/** Everybody's go after a while; those of others also when they have grown too many, the oldest first. */
function dropOld() {
  const mine = `${PREFIX}${viewerId()}:`;
  let left = OTHERS_MOST;
  for (const { key, at, value } of allDrafts()) {
    if (!key.startsWith(mine)) left -= (value || "").length;
    if (!isYoung(at) || (left < 0 && !key.startsWith(mine))) localStorage.removeItem(key);
  }
  // Live notes of whoever is signed in are sent, however old this device's clock makes them.
  const others = Object.keys(localStorage).filter((key) => viewerId() && key.startsWith("note:") && !key.startsWith(`note:${viewerId()}:`));
  for (const key of others) if (!isYoung((read(key) || {}).at)) localStorage.removeItem(key);
}

const allDrafts = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => ({ at: 0, ...read(key), key }))
    .sort((a, b) => b.at - a.at);

/** All drafts of this person on this device: [{key, path, value, at}], newest first; `title` is that of the page. */
export function myDrafts() {
  const mine = `${PREFIX}${viewerId()}:`;
  return allDrafts()
    .filter(({ key }) => key.startsWith(mine))
    .map((draft) => ({ ...draft, path: draft.key.slice(mine.length).replace(/:[^:]*$/, "") }));
}

/** What the page of a draft is called. */
export const draftPlace = ({ title }) => (title || "没写完的草稿").replace(/^（\d+）/, "").replace(/ · 研修坊$/, "");
