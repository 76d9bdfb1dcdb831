// Keys of a topic: from post to post, answer, quote, like, edit. They rest while somebody writes or composes.
import { openDialog } from "../behaviors/dialogs.js";
import { behavior } from "../registry.js";

const ACTIONS = {
  j: () => walk(1),
  k: () => walk(-1),
  r: () => press("[data-answer]") || answerTopic(),
  q: () => press("[data-cite]"),
  l: () => press("[data-like]"),
  e: () => press("[data-edit]"),
  "?": () => openDialog(document.getElementById("topic-keys")),
};
const BAR = 80;
let here = null;

document.addEventListener("focusin", (event) => {
  const post = event.target.closest("#posts .post");
  if (post) here = post;
});

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  const action = ACTIONS[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
}

function busy(target) {
  const takesKeys = target.isContentEditable || /^(TEXTAREA|SELECT|INPUT|VIDEO|AUDIO)$/.test(target.tagName);
  return takesKeys || Boolean(target.closest("dialog, .menu"));
}

const posts = () => [...document.querySelectorAll("#posts .post")].filter((post) => post.offsetParent);

/** From the post one is at; before the first step that is the one at the top of the window. */
function walk(step) {
  const all = posts();
  const at = all.indexOf(here);
  const inSight = all.findIndex((post) => post.getBoundingClientRect().bottom > BAR);
  const next = at >= 0 ? at + step : Math.max(inSight, 0);
  if (next >= all.length) return more();
  const post = all[Math.max(next, 0)];
  here = post;
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "nearest" });
}

/** Behind the last one the next page is fetched, if there is one. */
function more() {
  const link = document.querySelector('[data-load-more="threads"]');
  if (link) link.click();
}

function press(selector) {
  const place = here && here.isConnected ? here : null;
  const button = place && [...place.querySelectorAll(selector)].find((found) => found.offsetParent);
  if (button) button.click();
  return Boolean(button);
}

/** The text of the topic is answered by the form itself. */
function answerTopic() {
  const link = document.querySelector('.topic-bar a[href="#reply"]');
  const text = document.querySelector("#reply [contenteditable=true], #reply textarea");
  if (link) link.click();
  if (text) text.focus();
}

behavior("#topic-keys", () => document.addEventListener("keydown", onKey));
