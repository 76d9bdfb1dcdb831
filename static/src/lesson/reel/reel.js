// Clips of several lessons, one after the other without a gap: while one plays, the next one waits on a second deck.
import { copy } from "../../behaviors/small-things.js";
import { bindFullScreen } from "../full-screen.js";
import { DataSaver } from "../data-saver.js";
import { clock } from "../time.js";
import { Deck } from "./deck.js";
import { ReelPanel } from "./panel.js";

const AHEAD_MS = 10000; // nobody's film is fetched, and nobody's visit written down, long before it is shown

/** Of two decks each knows the two files of its clip. */
class ReelSaver extends DataSaver {
  switchAll(isOn) {
    for (const { player } of this.films) player.showLean(isOn);
  }
}

export class Reel {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.decks = [...element.querySelectorAll("[data-deck]")].map((deck) => new Deck(deck));
    this.list = document.querySelector("[data-reel-list]");
    this.at = element.querySelector("[data-reel-at]");
    this.panel = new ReelPanel(element, this);
    this.bind();
    const begins = this.list.querySelector("[data-reel-clip][aria-current]") || this.rows[0];
    this.front = this.decks[0];
    this.front.src = this.front.video.getAttribute("src").split("#")[0] === begins.dataset.src ? begins.dataset.src : null;
    this.front.video.removeAttribute("controls");
    for (const part of element.querySelectorAll("[data-reel-bar], [data-reel-tools]")) part.hidden = false;
    this.front.caption(begins.dataset.captions);
    new ReelSaver(this.decks, element);
    this.show(begins, { fetches: false });
    const watch = () => {
      this.follow();
      requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }

  /** What can be played, in the order in which it stands on the page now. */
  get rows() {
    return [...this.list.querySelectorAll("[data-reel-clip]")];
  }

  get row() {
    return document.getElementById(this.front.id);
  }

  get isOn() {
    return this.element.querySelector("[data-reel-on]").checked;
  }

  bind() {
    const { element, list } = this;
    for (const deck of this.decks) {
      deck.onTime(() => this.follow());
      for (const name of ["play", "pause"]) deck.video.addEventListener(name, () => this.say());
      deck.video.addEventListener("ratechange", () => this.showRate(deck));
      deck.video.addEventListener("click", () => deck.toggle());
      deck.video.addEventListener("loadedmetadata", () => deck.showCaptions(this.captions.checked));
    }
    element.addEventListener("click", (event) => this.onClick(event));
    list.addEventListener("click", (event) => this.onListClick(event));
    list.addEventListener("reel:list", () => this.listChanged());
    this.at.addEventListener("input", () => this.front.seek(Number(this.at.value)));
    element.querySelector("[data-reel-rate]").addEventListener("change", ({ target }) => this.setRate(Number(target.value)));
    this.captions.addEventListener("change", () => this.decks.forEach((deck) => deck.showCaptions(this.captions.checked)));
    bindFullScreen(element, this.decks[0].video);
  }

  get captions() {
    return this.element.querySelector("[data-reel-captions]");
  }

  setRate(rate) {
    for (const deck of this.decks) deck.setRate(rate);
  }

  /** A key changed the rate of the film in front: the other one plays on as fast. */
  showRate(deck) {
    if (deck !== this.front) return;
    const rate = deck.video.playbackRate;
    const choice = this.element.querySelector("[data-reel-rate]");
    if (Number(choice.value) === rate) return;
    choice.value = String(rate);
    this.setRate(rate);
  }

  onClick({ target }) {
    const step = target.closest("[data-reel-step]");
    const skip = target.closest("[data-reel-skip]");
    if (step) this.walk(Number(step.dataset.reelStep));
    if (skip) this.front.step(Number(skip.dataset.reelSkip));
    if (target.closest("[data-reel-toggle]")) this.toggle();
    if (target.closest("[data-reel-link]")) copy(this.addressOf(this.row));
  }

  onListClick(event) {
    const link = event.target.closest("[data-reel-play]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.show(link.closest("[data-reel-clip]"), { plays: true });
    if (this.element.getBoundingClientRect().top < 0) this.element.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  /** At the end of the last clip it begins again with that one. */
  toggle() {
    if (this.front.isOver) this.front.seek(this.front.from);
    this.front.toggle();
  }

  /** N and P: the next clip, the one before; in the order of the page. */
  walk(by) {
    const { rows } = this;
    const next = rows[rows.findIndex(({ id }) => id === this.front.id) + by];
    if (next) this.show(next, { plays: !this.front.paused });
  }

  next() {
    const { rows } = this;
    return rows[rows.findIndex(({ id }) => id === this.front.id) + 1];
  }

  /** Put a clip in front: the deck on which it waits already, else the one in front changes its film. */
  show(row, { plays = false, fetches = true } = {}) {
    const waiting = this.decks.find((deck) => deck !== this.front && deck.id === row.id);
    const before = this.front;
    if (waiting) {
      waiting.setRate(before.video.playbackRate);
      if (plays) waiting.play();
      waiting.element.hidden = false;
      this.front = waiting;
      before.element.hidden = true;
      before.pause();
      before.id = null;
    } else {
      before.load(row);
      if (plays) before.play();
    }
    this.page.player = this.front;
    this.front.showCaptions(this.captions.checked);
    this.mark(row);
    if (fetches) this.panel.read();
    this.say();
  }

  mark(row) {
    for (const one of this.list.children) {
      if (one === row) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
    this.showInList(row);
    const { from, until, captions } = row.dataset;
    Object.assign(this.at, { min: from, max: until, step: 100 });
    this.element.querySelector("[data-reel-captions-choice]").hidden = !captions;
    history.replaceState(history.state, "", this.addressOf(row));
  }

  /** A long list scrolls by itself beside the film: the page stays where it is. */
  showInList(row) {
    const [place, frame] = [row.getBoundingClientRect(), this.list.getBoundingClientRect()];
    if (this.list.scrollHeight <= this.list.clientHeight) return;
    if (place.top < frame.top || place.bottom > frame.bottom) this.list.scrollTop += place.top - frame.top;
  }

  addressOf(row) {
    return new URL(`${location.pathname}?clip=${row.dataset.orderRow}`, location.href).href;
  }

  follow() {
    const { front } = this;
    if (!front || !front.id || front.video.seeking) return;
    this.showTime();
    if (front.paused && !front.video.ended) return;
    if (front.isOver) this.atEnd();
    else if (this.isOn && front.until - front.now < AHEAD_MS * front.video.playbackRate) this.prepare(this.next());
  }

  /** Let the next clip wait at its beginning, on the deck nobody sees. */
  prepare(row) {
    const back = this.decks.find((deck) => deck !== this.front);
    if (row && back.id !== row.id) back.load(row);
  }

  atEnd() {
    const next = this.isOn && this.next();
    if (next) {
      this.prepare(next);
      this.show(next, { plays: true });
    } else this.stand();
  }

  /** Over: a busy device notices a little late, and what comes after the clip is none of it. */
  stand() {
    this.front.pause();
    this.front.seek(this.front.until);
  }

  showTime() {
    const { front, at } = this;
    const gone = Math.max(0, front.now - front.from);
    if (document.activeElement !== at || !front.paused) at.value = front.now;
    const words = `${clock(gone)} / ${clock(front.until - front.from)}`;
    at.setAttribute("aria-valuetext", words);
    this.element.querySelector("[data-reel-time]").textContent = words;
    this.panel.follow(front.now);
  }

  say() {
    const { rows, front } = this;
    const number = rows.findIndex(({ id }) => id === front.id) + 1;
    this.element.querySelector("[data-reel-toggle]").textContent = front.paused ? "播放" : "暂停";
    this.element.querySelector("[data-reel-step='-1']").disabled = number <= 1;
    this.element.querySelector("[data-reel-step='1']").disabled = number >= rows.length;
    const words = `第 ${number} 段，共 ${rows.length} 段`;
    const said = this.element.querySelector("[data-reel-said]");
    if (said.textContent !== words) said.textContent = words;
    this.element.dataset.at = front.id || "";
  }

  /** Rows were moved or taken out: what waits may not be the next one any more. */
  listChanged() {
    const row = this.row || this.rows[0];
    if (!row) return;
    if (this.row) this.mark(row);
    else this.show(row);
    this.say();
  }
}
