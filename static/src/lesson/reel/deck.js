// One of two films of a reel: the player of a lesson, kept within the stretch that was put on.
import { Player } from "../player.js";

const SHORT_MS = 40; // the last frame of a stretch is within it

export class Deck extends Player {
  constructor(element) {
    super(element, { followsAddress: false });
    this.id = null;
    this.from = 0;
    this.until = 0;
    this.isLean = false; // 省流量: sound and stills where the clip has such
    this.files = null;
    this.isBroken = false; // its film did not come, or not all of it
    this.video.addEventListener("error", () => this.showBroken(true));
    this.video.addEventListener("loadedmetadata", () => this.showBroken(false));
    window.addEventListener("online", () => this.fetchAgain());
    if (this.video.error) this.showBroken(true);
  }

  showBroken(isBroken) {
    this.isBroken = isBroken;
    this.element.querySelector("[data-no-film]").hidden = !isBroken;
  }

  /** A film that did not come is asked for once more, and goes on where it stood. */
  fetchAgain() {
    if (!this.isBroken || !this.id) return;
    const [at, plays] = [this.now, !this.paused];
    this.showBroken(false);
    this.video.load();
    this.seek(at);
    if (plays) this.play();
  }

  play() {
    this.fetchAgain();
    super.play();
  }

  /** Put a stretch on and stand at its beginning; the film is fetched anew only where it is another one. */
  load(row) {
    const { duration, from, until, captions } = row.dataset;
    this.files = { film: row.dataset.src, lean: row.dataset.lean };
    const src = this.wanted;
    this.id = row.id;
    this.duration = Number(duration);
    this.from = Number(from);
    this.until = Math.min(Number(until), this.duration);
    if (this.src !== src || this.isBroken) {
      this.src = src;
      this.video.src = src;
      this.caption(captions);
    }
    this.seek(this.from);
  }

  get wanted() {
    return (this.isLean && this.files.lean) || this.files.film;
  }

  /** The other file of the clip that is on, at the same moment; the clips to come are fetched that way too. */
  showLean(isLean) {
    this.isLean = isLean;
    if (!this.id || this.src === this.wanted) return;
    const at = this.now;
    this.src = this.wanted;
    this.switchTo(this.src);
    this.seek(at);
  }

  seek(ms) {
    super.seek(Math.max(this.from, Math.min(ms, this.until - SHORT_MS)));
  }

  get isOver() {
    return this.now >= this.until - SHORT_MS || this.video.ended;
  }

  caption(src) {
    for (const old of this.video.querySelectorAll("track")) old.remove();
    if (!src) return;
    const track = document.createElement("track");
    Object.assign(track, { kind: "subtitles", srclang: "zh", label: "字幕", src });
    this.video.append(track);
  }

  showCaptions(isShown) {
    for (const track of this.video.textTracks) track.mode = isShown ? "showing" : "hidden";
  }

  /** The rate stays when another film is put on. */
  setRate(rate) {
    this.video.defaultPlaybackRate = rate;
    super.setRate(rate);
  }
}
