// Cutting a clip: the edges are where the film stands. On a lesson's page the chosen stretch goes along to the form.
import { exactClock } from "../time.js";

/** The form of a clip, beside its film. */
export function bindEdge(button) {
  const video = document.querySelector("[data-cut-film]");
  button.hidden = false;
  button.addEventListener("click", () => {
    button.form.elements[button.dataset.edgeNow].value = exactClock(Math.round(video.currentTime * 1000));
  });
}

/** The link beside 起点 and 终点: what is chosen there, else what follows this moment. */
export function bindCutLink(link, page) {
  link.addEventListener("click", () => {
    if (!page.form || !page.player) return;
    const { start, end, held } = page.form;
    const stretch = end === null ? { start_ms: held ? start : page.player.now } : { start_ms: start, end_ms: end };
    const address = new URL(link.href);
    for (const [name, ms] of Object.entries(stretch)) address.searchParams.set(name, Math.round(ms));
    link.href = address.href;
  });
}
