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
  const watching = current.dataset.state === "ready";
  if (!watching && isSending(section)) {
    if (next.dataset.state === "ready") sayFirstIsThere(section);
    return;
  }
  if (watching && next.dataset.state === "ready") keepWatching(current, next);
  else if (next.dataset.state === "ready") replacePlayer(current, next);
  else if (!watching) {
    morph(current, next);
    sayItArrived(next.dataset.state);
  }
}

/** What the teacher was asked to do next is done. */
function sayItArrived(state) {
  const step = document.querySelector("[data-upload-step]");
  if (step && ["waiting", "processing"].includes(state)) step.replaceWith("实录传到了，正在处理，好了就能看");
}

/** Whoever sends a film from this page keeps its form, whatever has become of sound and stills. */
function isSending(section) {
  const form = section.querySelector("form[data-upload]");
  return form !== null && ["sending", "first", "paused", "waiting"].includes(form.dataset.state);
}

function sayFirstIsThere(section) {
  const place = section.querySelector("[data-first-text]");
  if (place) place.textContent = "声音和画面已处理好，同事可以开始听课、点评了。视频接着传，请不要关闭网页。";
}

/** Nobody is torn out of a film: further qualities become a choice, a newer version becomes an offer. */
function keepWatching(current, next) {
  const notice = current.querySelector("[data-newer]");
  if (next.dataset.version !== current.dataset.version) {
    notice.replaceChildren(current.querySelector("[data-newer-ready]").content.cloneNode(true));
    return;
  }
  morph(notice, next.querySelector("[data-newer]"));
  showPhases(current, next);
  const [saver, newer] = [current, next].map((view) => view.querySelector("[data-saver-place]"));
  if (!saver.querySelector("[data-saver]")) saver.replaceChildren(...newer.children);
  const [from, to] = [current, next].map((view) => view.querySelector("[data-quality]"));
  if (from.options.length === to.options.length) return;
  const playing = from.value;
  from.replaceChildren(...to.children);
  from.value = playing;
  from.closest("[data-quality-choice]").hidden = from.options.length < 2;
}

/** The phases as somebody has just written them down; the film plays on. */
function showPhases(current, next) {
  const [from, to] = [current, next].map((view) => view.querySelector("[data-phases]"));
  if (!from || !to || toldOf(from) === toldOf(to)) return;
  from.replaceChildren(...to.children);
  morph(current.querySelector("[data-phase-table]"), next.querySelector("[data-phase-table]"));
  from.dispatchEvent(new CustomEvent("phases:changed", { bubbles: true }));
}

/** What phases are, without where the timeline has put them. */
const toldOf = (list) =>
  [...list.children].map((phase) => [phase.className, phase.querySelector("a").dataset.seek, phase.querySelector("a").dataset.until, phase.textContent.trim()].join()).join(";");

/** The first picture of this recording: the comment form comes with it, so the page is read again. */
function replacePlayer(current, next) {
  const writing = [...document.querySelectorAll("main textarea")].some((area) => area.value !== area.defaultValue);
  if (!writing) location.reload();
  else current.replaceWith(next);
}
