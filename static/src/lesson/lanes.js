// The lanes of a finished coding and of questions: fetched once the page stands, so that thousands of codes never delay the film,
// and again when somebody has finished a coding.
import { follow } from "../live/topics.js";
import { requestHtml } from "../net.js";

const NEAR_PX = 5;
const WAIT_MS = [100, 600]; // all who hear of the same coding do not ask in one moment

export class Lanes {
  constructor(element) {
    this.element = element;
    this.player = null;
    this.place = element.querySelector("[data-lanes-place]");
    this.url = element.dataset.src;
    this.stale = false;
    this.seen = Number(element.dataset.seq) || 0;
    element.addEventListener("click", (event) => this.onClick(event));
    follow(element.dataset.topic, { seq: () => Infinity, onChanged: (message) => this.hear(message) });
    if (element.dataset.filled !== undefined) this.load(this.url);
  }

  /** Somebody has finished a coding or an evaluation, or was away while somebody may have. */
  hear({ seq, what }) {
    if (!["coding", "evaluation", "join"].includes(what)) return;
    if (seq <= this.seen && !(what === "join" && this.stale)) return;
    this.seen = seq;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(this.url), WAIT_MS[0] + Math.random() * (WAIT_MS[1] - WAIT_MS[0]));
  }

  attach(player) {
    this.player = player;
    player.onTime((ms) => this.showTime(ms));
    this.showTime(player.now);
  }

  async load(url) {
    try {
      const { html } = await requestHtml(url);
      this.stale = false;
      const open = [...this.place.querySelectorAll("details")].map((fold) => fold.open);
      this.place.innerHTML = html;
      this.place.querySelectorAll("details").forEach((fold, at) => (fold.open = Boolean(open[at])));
      this.url = url;
      if (this.player) this.showTime(this.player.now);
    } catch (_) {
      this.stale = true; // asked again when the connection is back; the link to the lanes on a page of their own stays
    }
  }

  onClick(event) {
    const choice = event.target.closest("[data-lanes-choose]");
    if (choice && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.choose(choice.href);
      return;
    }
    const lane = event.target.closest("[data-gantt]");
    if (!lane || !this.player) return;
    if (event.target.closest("[data-gantt-next]")) this.next(lane);
    else if (event.target.closest("svg")) this.player.seek(momentAt(lane.querySelector("svg"), event.clientX));
  }

  /** Another coding in place of this one; what was unfolded stays so, and the keyboard stays on the choice. */
  async choose(url) {
    await this.load(url);
    this.element.querySelector("[data-lanes-choose][aria-current]").focus();
  }

  /** The next stretch of this code, from the beginning again after the last. */
  next(lane) {
    const starts = startsOf(lane.querySelector("svg"));
    const later = starts.find((start) => start > this.player.now + 50);
    this.player.seek(later === undefined ? starts[0] : later);
  }

  showTime(ms) {
    for (const lane of this.element.querySelectorAll("[data-gantt]")) {
      let mark = lane.querySelector(".lane-now");
      if (!mark) {
        mark = document.createElement("span");
        mark.className = "lane-now";
        lane.append(mark);
      }
      mark.style.left = `${(Math.min(ms, this.player.duration) / widthOf(lane.querySelector("svg"))) * 100}%`;
    }
  }
}

const widthOf = (svg) => svg.viewBox.baseVal.width || 1;

/** Every stretch begins with M and its start in milliseconds. */
function startsOf(svg) {
  const outlines = [...svg.querySelectorAll("path")].map((path) => path.getAttribute("d")).join("");
  return [...outlines.matchAll(/M(\d+)/g)].map(([, start]) => Number(start)).sort((a, b) => a - b);
}

/** Where a press points to: the beginning of a stretch close by, else exactly that moment. */
function momentAt(svg, clientX) {
  const box = svg.getBoundingClientRect();
  const scale = widthOf(svg) / (box.width || 1);
  const ms = Math.round((clientX - box.left) * scale);
  let best = null;
  for (const start of startsOf(svg)) if (best === null || Math.abs(start - ms) < Math.abs(best - ms)) best = start;
  return best !== null && Math.abs(best - ms) <= NEAR_PX * scale ? best : ms;
}
