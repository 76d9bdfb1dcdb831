// One of two films of a reel: the player of a lesson, kept within the stretch that was put on.
import { Player } from "../player.js";

const SHORT_MS = 40; // the last frame of a stretch is within it

export class Deck extends Player {
  constructor(element) {
    super(element, { followsAddress: false });
    this.id = null;
    this.from = 0;
    this.until = 0;
  }

  /** Put a stretch on and stand at its beginning; the film is fetched anew only where it is another one. */
  load(row) {
    const { src, duration, from, until, captions } = row.dataset;
    this.id = row.id;
    this.duration = Number(duration);
    this.from = Number(from);
    this.until = Math.min(Number(until), this.duration);
    if (this.src !== src) {
      this.src = src;
      this.video.src = src;
      this.caption(captions);
    }
    this.seek(this.from);
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
