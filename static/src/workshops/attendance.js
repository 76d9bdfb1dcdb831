// The host's screen: the code is fetched again when its time is over; the list of names is worked by keyboard.
import { behavior } from "../registry.js";
import { requestHtml } from "../net.js";
import { keepMarks } from "./kept-marks.js";

const RETRY_S = 5;

behavior("[data-code-src]", (card) => {
  const next = async () => {
    let left = RETRY_S;
    try {
      const { html } = await requestHtml(card.dataset.codeSrc);
      card.querySelector("#code-panel").outerHTML = html;
      left = leftOf(card);
    } catch (_) {
      // The line is away: the old code stays on the screen and works for a while.
    }
    setTimeout(next, left * 1000);
  };
  setTimeout(next, leftOf(card) * 1000);
  const full = card.querySelector("[data-full-screen]");
  full.hidden = !card.requestFullscreen;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : card.requestFullscreen()));
});

function leftOf(card) {
  return Number(card.querySelector("#code-panel").dataset.left) || RETRY_S;
}

behavior("[data-names]", (section) => {
  const filter = section.querySelector("[data-name-filter]");
  const lines = () => [...section.querySelectorAll(".name-line")].filter((line) => !line.hidden);
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim();
    for (const line of section.querySelectorAll(".name-line")) line.hidden = !line.dataset.name.includes(wanted);
    section.querySelector("[data-nobody]").hidden = lines().length > 0;
  });
  section.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const line = event.target.closest(".name-line");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event, lines(), line);
    else if (line && /^[1-4]$/.test(event.key)) press(event, line, Number(event.key) - 1);
    else if (event.target === filter && event.key === "Enter") move(event, lines(), null, 1);
  });
  keepMarks(section);
});

function move(event, lines, line, step = event.key === "ArrowDown" ? 1 : -1) {
  const place = line ? lines.indexOf(line) + step : 0;
  const next = lines[Math.max(0, Math.min(place, lines.length - 1))];
  if (!next) return;
  event.preventDefault();
  const column = line ? [...line.querySelectorAll("button")].indexOf(event.target) : 0;
  next.querySelectorAll("button")[Math.max(0, column)].focus();
}

function press(event, line, column) {
  event.preventDefault();
  const button = line.querySelectorAll("button")[column];
  button.focus();
  button.click();
}
