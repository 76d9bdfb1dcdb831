// Saying that this picture was that time of the clock: the form follows the film until one types, notes offer their own moment.
import { clock } from "./time.js";

export function bindSyncMark(player) {
  const form = document.querySelector("form[data-sync-mark]");
  if (!form) return;
  const at = form.elements.at;
  let typed = false;
  at.addEventListener("input", () => (typed = true));
  player.onTime((ms) => {
    if (!typed && document.activeElement !== at) at.value = clock(ms);
  });
  form.addEventListener("submit", () => (form.elements.at_ms.value = typed ? "" : Math.round(player.now)), { capture: true });
}

document.addEventListener(
  "submit",
  ({ target }) => {
    if (target.matches("form[data-sync-here]")) target.elements.at_ms.value = Math.round(document.getElementById("lesson-video").currentTime * 1000);
  },
  { capture: true },
);

/** Live notes stand by the clock until they have a place, and again if they lose it. */
export function sortPlaces(comments) {
  const byClock = document.getElementById("live-notes");
  for (const note of comments.querySelectorAll(":scope > .comment[data-clock]")) if (byClock) byClock.append(note);
  if (!byClock) return;
  for (const note of byClock.querySelectorAll(":scope > .comment:not([data-clock])")) comments.append(note);
  const hasFilm = Boolean(document.getElementById("lesson-video"));
  for (const form of byClock.querySelectorAll("form[data-sync-here]")) form.hidden = !hasFilm;
  const notes = [...byClock.querySelectorAll(":scope > .comment")];
  if (notes.length) byClock.append(...notes.sort((a, b) => (a.dataset.clock < b.dataset.clock ? -1 : 1)));
}
