// The host's screen beside the code: who asks to be let in and who has handed in, as it happens.
import { follow } from "../live/topics.js";
import { morph } from "../live/fragment.js";
import { requestHtml } from "../net.js";

const WAIT_MS = 150;

export function bindScoringDesk(element) {
  let seen = Number(element.dataset.seq) || 0;
  let timer = 0;
  let stale = false;
  let asked = 0;
  const read = async () => {
    asked += 1;
    const turn = asked;
    try {
      const { html } = await requestHtml(element.dataset.src);
      if (turn !== asked) return; // what was asked later is newer, whichever comes first
      stale = false;
      const template = document.createElement("template");
      template.innerHTML = html;
      morph(element.querySelector("#scoring-desk"), template.content.querySelector("#scoring-desk"));
    } catch (_) {
      if (turn === asked) stale = true; // asked again on the next change or when the connection is back
    }
  };
  const readLater = () => {
    clearTimeout(timer);
    timer = setTimeout(read, WAIT_MS);
  };
  follow(element.dataset.topic, {
    seq: () => Infinity,
    onChanged: ({ seq, what }) => {
      if (!["asked", "evaluation", "join"].includes(what)) return;
      if (seq <= seen && !(what === "join" && stale)) return;
      seen = seq;
      readLater();
    },
  });
  window.addEventListener("online", () => stale && readLater());
  const print = document.querySelector("[data-print-page]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
