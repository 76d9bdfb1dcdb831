// Two films side by side: the left one leads, the right one shows the moment of the same phase.
import { copy } from "../../behaviors/small-things.js";
import { DataSaver } from "../data-saver.js";
import { Player } from "../player.js";
import { clock } from "../time.js";
import { Pursuit } from "../together/pursuit.js";
import { Anchors } from "./anchors.js";

const TICK_MS = 250;
const SEEK_MS = 500;
const RATE_MS = 40;
const STILL_MS = 30;

export class Beside {
  constructor(element) {
    this.element = element;
    this.phases = new Anchors(JSON.parse(element.dataset.anchors));
    this.anchors = this.phases;
    this.clip = null;
    this.left = new Player(element.querySelector("[data-film=left]"));
    this.right = new Player(element.querySelector("[data-film=right]"), { followsAddress: false });
    this.pursuit = new Pursuit(SEEK_MS, RATE_MS);
    this.note = element.querySelector("[data-beside-note]");
    this.hear("left");
    this.placeLanes();
    this.bind();
    new DataSaver([this.left, this.right], element);
    this.left.onTime(() => this.tick());
    setInterval(() => this.tick(), TICK_MS);
  }

  bind() {
    const { element, left } = this;
    for (const name of ["play", "pause", "ratechange", "waiting", "playing"]) left.video.addEventListener(name, () => this.tick());
    document.addEventListener("click", (event) => this.onClick(event));
    element.querySelector("[data-beside-rate]").addEventListener("change", ({ target }) => left.setRate(Number(target.value)));
    for (const now of document.querySelectorAll("[data-clip-now]")) {
      now.hidden = false;
      now.addEventListener("click", () => (now.form.elements[now.dataset.clipNow].value = clock(this.right.now)));
    }
    const wanted = new URLSearchParams(location.search).get("pair");
    const pair = wanted && document.querySelector(`[data-clip-pair="${CSS.escape(wanted)}"]`);
    if (pair) this.showPair(pair, false);
    const line = document.querySelector("[data-anchor-now]");
    if (!line) return;
    line.hidden = false;
    line.addEventListener("click", () => this.addLine(line.form.elements.anchors));
  }

  onClick(event) {
    const { target } = event;
    if (target.closest("[data-beside-play]")) this.left.toggle();
    const sound = target.closest("[data-sound]");
    if (sound) this.hear(sound.dataset.sound);
    if (target.closest("[data-beside-link]")) {
      copy(new URL(`${location.pathname}?t=${Math.floor(this.left.now / 1000)}`, location.href).href);
    }
    const pair = target.closest("[data-clip-pair]");
    if (pair) this.showPair(pair, true);
    if (target.closest("[data-by-phases]")) this.byPhases();
    const phase = target.closest("[data-seek]");
    if (!phase || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.byPhases();
    const ms = Number(phase.dataset.seek);
    this.left.seek(phase.dataset.of === "right" ? this.anchors.left(ms) : ms);
  }

  /** 改进前/后: both stretches from their beginnings, until the longer one is over. */
  showPair(button, plays) {
    const { left, leftEnd, right, rightEnd } = button.dataset;
    this.anchors = new Anchors([[Number(left), Number(right)]]);
    this.clip = { end: Number(left) + Math.max(leftEnd - left, rightEnd - right), words: "正在对照这一处的改进前后" };
    this.element.querySelector("[data-by-phases]").hidden = false;
    const go = () => {
      this.left.seek(Number(left));
      if (plays) this.left.play();
    };
    if (this.left.video.readyState >= 1) go();
    else this.left.video.addEventListener("loadedmetadata", go, { once: true });
    if (plays) this.element.scrollIntoView({ block: "nearest" });
  }

  byPhases() {
    this.anchors = this.phases;
    this.clip = null;
    this.element.querySelector("[data-by-phases]").hidden = true;
    this.tick();
  }

  /** Sound comes from one side only. */
  hear(side) {
    for (const name of ["left", "right"]) {
      this[name].video.muted = name !== side;
      this.element.querySelector(`[data-sound=${name}]`).setAttribute("aria-pressed", String(name === side));
    }
  }

  tick() {
    const { left, right } = this;
    this.showTime();
    if (left.video.readyState < 1 || right.video.readyState < 1 || left.video.seeking || right.video.seeking) return;
    const { ms, waits } = this.anchors.right(left.now);
    const end = Math.min(right.duration, right.video.duration * 1000);
    const target = Math.min(ms, end);
    const isOver = ms >= end;
    if (this.clip && left.now >= this.clip.end && !left.paused) {
      left.pause();
      this.clip.end = Infinity; // whoever goes on goes on
    }
    this.say(this.clip && !isOver ? this.clip.words : isOver ? "右边的课到这里结束了" : waits ? "右边这一环节较短，停下来等左边" : "");
    const runs = !left.paused && left.video.readyState >= 3 && !waits && !isOver;
    const error = right.video.currentTime * 1000 - target;
    if (runs) this.run(error, target);
    else this.stand(error, target);
    this.element.dataset.driftMs = Math.round(error);
  }

  run(error, target) {
    const { left, right } = this;
    if (right.paused) right.play();
    const { seek, factor } = this.pursuit.correct(error);
    if (seek) right.seek(target);
    right.video.playbackRate = Math.round(left.video.playbackRate * factor * 1000) / 1000;
  }

  stand(error, target) {
    const { right } = this;
    if (!right.paused) right.pause();
    if (Math.abs(error) > STILL_MS) right.seek(target);
  }

  say(words) {
    if (this.note.textContent !== words) this.note.textContent = words;
  }

  showTime() {
    const { element, left, right } = this;
    element.querySelector("[data-beside-play]").textContent = left.paused ? "一起播放" : "暂停";
    for (const [side, player] of [["left", left], ["right", right]]) {
      const ms = player.video.currentTime * 1000;
      element.querySelector(`[data-at=${side}]`).textContent = clock(ms);
      const lane = element.querySelector(`[data-lane-of=${side}]`);
      lane.querySelector("[data-lane-now]").style.left = `${(ms / this.most) * 100}%`;
      for (const link of lane.querySelectorAll("[data-seek]")) {
        const inside = ms >= Number(link.dataset.seek) && ms < Number(link.dataset.until);
        if (inside) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }
  }

  /** Both lanes on one scale, so that lengths can be compared by eye. */
  placeLanes() {
    this.most = Number(this.element.dataset.most) || 1;
    for (const lane of this.element.querySelectorAll("[data-lane-of]")) {
      for (const item of lane.querySelectorAll("li")) {
        const link = item.querySelector("[data-seek]");
        const [start, end] = [Number(link.dataset.seek), Number(link.dataset.until)];
        item.style.left = `${(start / this.most) * 100}%`;
        item.style.width = `${((end - start) / this.most) * 100}%`;
      }
      lane.classList.add("is-placed");
    }
  }

  /** A line that begins with both moments shown. */
  addLine(lines) {
    const before = lines.value.trimEnd();
    lines.value = `${before}${before ? "\n" : ""}${clock(this.left.now)} = ${clock(this.right.now)} `;
    lines.dispatchEvent(new Event("input", { bubbles: true }));
    lines.focus();
    lines.setSelectionRange(lines.value.length, lines.value.length);
  }
}
