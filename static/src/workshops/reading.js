// Notes how far somebody has read a topic: the highest post number that was on the screen for a moment.
import { behavior } from "../registry.js";
import { request } from "../net.js";

const WAIT_MS = 800;

behavior("[data-visit]", (page) => {
  let seen = Number(page.dataset.seenNumber) || 0;
  let highest = seen;
  let timer = 0;
  const send = () => {
    timer = 0;
    if (highest <= seen || document.visibilityState === "hidden") return;
    const body = new FormData();
    body.set("number", String(highest));
    const sent = highest;
    request(page.dataset.visit, { method: "POST", body }).then(
      () => (seen = Math.max(seen, sent)),
      () => undefined, // Without a network it is noted with the next post that comes into sight.
    );
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) highest = Math.max(highest, Number(target.dataset.number));
    }
    if (highest > seen && !timer) timer = setTimeout(send, WAIT_MS);
  });
  const watch = () => {
    for (const post of page.querySelectorAll("[data-number]")) watcher.observe(post);
  };
  watch();
  page.addEventListener("live-list:updated", watch);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && !timer && send());
});
