// The recording changes while people look: uploaded, being converted, ready. The player is not disturbed for nothing.
import { follow } from "../live/topics.js";
import { morph } from "../live/fragment.js";
import { requestHtml } from "../net.js";

const WAIT_MS = 150;

export function followRecording(section) {
  let seen = Number(section.dataset.seq) || 0;
  let timer = 0;
  let stale = false;

  const fetchLater = () => {
    clearTimeout(timer);
    timer = setTimeout(fetchNow, WAIT_MS);
  };

  async function fetchNow() {
    try {
      const { html, response } = await requestHtml(section.dataset.src);
      seen = Math.max(seen, Number(response.headers.get("X-Seq")) || 0);
      stale = false;
      show(section, html);
    } catch (_) {
      stale = true; // asked again on the next change or when the connection is back
    }
  }

  follow(section.dataset.topic, {
    seq: () => Infinity,
    onChanged: ({ seq, what }) => {
      const newer = seq > seen;
      if (what === "recording" ? newer : what === "join" && (newer || stale)) fetchLater();
    },
  });
  window.addEventListener("online", () => stale && fetchLater());
}

function show(section, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const next = template.content.querySelector("#recording-view");
  const current = section.querySelector("#recording-view");
  if (!next || !current) return;
  const samePlayer = next.dataset.state === "ready" && current.dataset.version === next.dataset.version && current.dataset.state === "ready";
  if (samePlayer) offerQualities(current, next);
  else if (next.dataset.state === "ready") replacePlayer(current, next);
  else if (!section.querySelector("form[data-upload][data-state=sending]")) morph(current, next);
}

/** A further quality became ready while somebody watches: only the choice changes. */
function offerQualities(current, next) {
  const [old, fresh] = [current.querySelector(".player-tools"), next.querySelector(".player-tools")];
  if (!old || !fresh || old.querySelectorAll("[data-quality] option").length === fresh.querySelectorAll("[data-quality] option").length) return;
  const [from, to] = [old.querySelector("[data-quality]"), fresh.querySelector("[data-quality]")];
  if (from && to) from.replaceChildren(...to.children);
  else location.reload();
}

/** The first picture of this recording: the comment form comes with it, so the page is read again. */
function replacePlayer(current, next) {
  const writing = [...document.querySelectorAll("main textarea")].some((area) => area.value !== area.defaultValue);
  if (!writing) location.reload();
  else current.replaceWith(next);
}
