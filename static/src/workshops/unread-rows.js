// Rows of topics come the same for every viewer. How far this viewer has read is on the section around them
// (data-seen='{"<topic>": <number>}'); the number beside a row is the difference.
import { viewerId } from "../net.js";

document.addEventListener("live-list:updated", () => {
  for (const place of document.querySelectorAll("[data-topic-rows]")) {
    const seen = JSON.parse(place.dataset.seen);
    for (const row of place.querySelectorAll("[data-topic-id]")) showUnread(row, seen[row.dataset.topicId]);
  }
});

function showUnread(row, seen) {
  const last = Number(row.dataset.lastNumber);
  const mine = row.dataset.lastPoster === viewerId();
  const badge = row.querySelector("[data-unread-badge]");
  badge.hidden = mine || last <= (seen || 0);
  // A topic that was not on the page before: how much of it was read is not known here.
  badge.querySelector("[data-number]").textContent = seen === undefined ? "新" : String(last - seen);
}
