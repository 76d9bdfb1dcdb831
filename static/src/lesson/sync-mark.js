// Saying that this picture was that time of the clock: the form follows the film until one types, notes offer their own moment.
import { isWriting } from "../live/fragment.js";
import { clock } from "./time.js";

let film = null;

export function bindSyncMark(player) {
  film = player;
  const form = document.querySelector("form[data-sync-mark]");
  if (!form) return;
  const at = form.elements.at;
  let typed = false;
  at.addEventListener("input", () => (typed = true));
  player.onTime((ms) => {
    if (!typed && document.activeElement !== at) at.value = clock(ms);
  });
  // In a field that is being looked at the time stands still: what it shows is what is meant.
  const shown = () => typed || document.activeElement === at;
  form.addEventListener("submit", () => (form.elements.at_ms.value = shown() ? "" : Math.round(player.now)), { capture: true });
}

document.addEventListener(
  "submit",
  ({ target }) => {
    if (target.matches("form[data-sync-here]")) target.elements.at_ms.value = film ? film.now : "";
  },
  { capture: true },
);

/** Put `items` of `place` in order. Moves only what stands in the wrong place, and nothing somebody writes in: it would end an
 *  open pinyin window. */
export function putInOrder(place, items, compare) {
  const ours = new Set(items);
  let at = items[0] || null;
  for (const item of [...items].sort(compare)) {
    if (item === at) {
      do at = at.nextElementSibling;
      while (at && !ours.has(at));
    } else if (isWrittenIn(item)) ours.delete(item);
    else place.insertBefore(item, at);
  }
}

const isWrittenIn = (item) => item.contains(document.activeElement) && isWriting(document.activeElement);

/** Live notes stand by the clock until they have a place, and again if they lose it. */
export function sortPlaces(comments) {
  const byClock = document.getElementById("live-notes");
  if (!byClock) return;
  const move = (note, place) => isWrittenIn(note) || place.append(note);
  for (const note of comments.querySelectorAll(":scope > .comment[data-clock]")) move(note, byClock);
  for (const note of byClock.querySelectorAll(":scope > .comment:not([data-clock])")) move(note, comments);
  const hasFilm = Boolean(document.getElementById("lesson-video"));
  for (const form of byClock.querySelectorAll("form[data-sync-here]")) form.hidden = !hasFilm;
  const notes = [...byClock.querySelectorAll(":scope > .comment")];
  putInOrder(byClock, notes, byTaken);
}

/** A note that has its place but is still written in stays where it is, after those without one. */
const byTaken = ({ dataset: { clock: a = "~" } }, { dataset: { clock: b = "~" } }) => (a > b) - (a < b);
