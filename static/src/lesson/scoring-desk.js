// The host's screen beside the code: who asks to be let in and who has handed in, as it happens.
import { follow } from "../live/topics.js";
import { morph } from "../live/fragment.js";
import { requestHtml } from "../net.js";

const WAIT_MS = 150;

export function bindScoringDesk(element) {
  let seen = Number(element.dataset.seq) || 0;
  let timer = 0;
  const read = async () => {
    try {
      const { html } = await requestHtml(element.dataset.src);
      const template = document.createElement("template");
      template.innerHTML = html;
      morph(element.querySelector("#scoring-desk"), template.content.querySelector("#scoring-desk"));
    } catch (_) {
      // Asked again with the next change.
    }
  };
  follow(element.dataset.topic, {
    seq: () => Infinity,
    onChanged: ({ seq, what }) => {
      if (seq <= seen || !["asked", "evaluation", "join"].includes(what)) return;
      seen = seq;
      clearTimeout(timer);
      timer = setTimeout(read, WAIT_MS);
    },
  });
  const print = document.querySelector("[data-print-page]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
