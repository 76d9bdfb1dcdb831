// The film of one page, led by what the server says: the same moment as everybody's, and what a person does to it is noticed.
import { Pursuit } from "./pursuit.js";

const TICK_MS = 250;
const SEEK_MS = 1000;
const RATE_MS = 250;
const NEAR_MS = 300;
const STILL_MS = 30;

export class LedFilm {
  /** `onDeed()`: somebody played, stopped, moved or sped up this film by hand. `onRefused()`: the browser plays nothing before a press. */
  constructor(player, clock, { onDeed, onRefused, onDrift }) {
    Object.assign(this, { player, video: player.video, clock, onDeed, onRefused, onDrift });
    this.pursuit = new Pursuit(SEEK_MS, RATE_MS);
    this.state = null;
    this.isLed = false;
    this.leads = false;
    this.waits = false; // for an answer to what was done here: until then the old state says nothing
    this.goal = null; // where a jump of ours goes that is under way, in ms
    this.touched = false; // a jump of somebody's hand is under way
    this.heardSpeed = this.video.playbackRate; // at the last `ratechange`, which comes a little after the change
    this.blocked = false;
    this.changes = false; // another file of the same film is being opened
    this.bind();
  }

  bind() {
    const { video } = this;
    video.addEventListener("emptied", () => (this.changes = true));
    video.addEventListener("canplay", () => (this.changes = false));
    video.addEventListener("play", () => this.noticed(() => !this.state.playing && !this.atEnd));
    video.addEventListener("pause", () => this.noticed(() => this.state.playing && !this.atEnd && !document.hidden));
    video.addEventListener("ratechange", () => {
      this.heardSpeed = video.playbackRate;
      this.noticed(() => video.playbackRate !== this.speed);
    });
    video.addEventListener("seeking", () => (this.touched = this.goal === null || this.goesElsewhere));
    video.addEventListener("seeked", () => this.arrived());
    document.addEventListener("visibilitychange", () => this.tick());
  }

  /** Whether a hand has moved the film while it was on its way to `goal`: until it is there, it says where it goes. */
  get goesElsewhere() {
    return this.video.seeking && Math.abs(this.video.currentTime * 1000 - this.goal) > STILL_MS;
  }

  arrived() {
    const own = this.goal !== null && !this.touched;
    if (own) this.pursuit.took(performance.now() - this.setOut);
    this.goal = null;
    this.touched = false;
    if (!own) this.noticed(() => this.isAway);
  }

  noticed(differs) {
    if (this.isLed && this.state && !this.changes && !this.waits && differs()) this.onDeed();
  }

  /** Follow the state of the server from now on. */
  lead() {
    this.isLed = true;
    this.player.isLed = true;
    this.blocked = this.waits = false;
    this.speed = this.video.playbackRate;
    if (!this.timer) this.timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  /** Let the film be the reader's own again. */
  release() {
    this.settle();
    this.isLed = false;
    this.player.isLed = false;
    clearInterval(this.timer);
    this.timer = 0;
    this.onDrift(null);
  }

  /** It ran a little faster or slower to catch up: now at the speed that was chosen. */
  settle() {
    if (this.isLed && this.state && this.video.playbackRate === this.speed) this.setSpeed(this.state.rate);
  }

  take(state) {
    if (!state) this.settle();
    this.state = state;
    this.pursuit.chases = true;
    if (this.isLed) this.tick();
  }

  /** The moment everybody sees now. */
  get target() {
    const { playing, pos_ms: at, at_ms: since, rate } = this.state;
    const moment = playing ? at + Math.max(0, this.clock.now - since) * rate : at;
    return Math.min(moment, this.player.duration, (this.video.duration || Infinity) * 1000);
  }

  /** How far ahead this film is, in ms. Some play on after the end that was measured: there all are at the end. */
  get error() {
    return Math.min(this.video.currentTime * 1000, this.player.duration) - this.target;
  }

  /** Whether it shows another moment than everybody's: what stands still is the same to the frame. */
  get isAway() {
    return Math.abs(this.error) > (this.state.playing ? NEAR_MS : STILL_MS);
  }

  /** Whether it does anything else than the server says. */
  get differs() {
    const { playing, rate } = this.scene;
    return (playing !== this.state.playing && !this.atEnd) || rate !== this.state.rate || this.isAway;
  }

  /** Whether there is nothing to play; a film that has ended follows when the others go back, and one that heard of it late
   *  still goes to where the others have ended. */
  get atEnd() {
    const away = Math.abs(this.error);
    if (this.video.ended) return away <= SEEK_MS;
    return this.target >= this.player.duration - NEAR_MS && away <= NEAR_MS;
  }

  /** What this film does now, for the server. */
  get scene() {
    const { playbackRate } = this.video;
    if (this.state && this.isLed && playbackRate === this.speed) return this.sceneAt(this.state.rate);
    const [rate] = [...this.player.rates].sort((a, b) => Math.abs(a - playbackRate) - Math.abs(b - playbackRate));
    return this.sceneAt(rate);
  }

  sceneAt(rate) {
    return { playing: !this.video.paused, pos_ms: Math.max(0, Math.round(this.video.currentTime * 1000)), rate };
  }

  tick() {
    const { video, state } = this;
    if (!this.isLed || !state || !this.clock.isKnown || this.waits || this.touched || video.readyState < 1 || video.seeking) return;
    if (state.playing && video.paused && !this.atEnd) this.play();
    if (!state.playing && !video.paused) video.pause();
    this.correct();
  }

  correct() {
    const { video, state, error } = this;
    const { seek, factor } = this.pursuit.correct(error);
    if (state.playing && video.paused) return; // it will be corrected as soon as it runs
    this.onDrift(error);
    if (seek || (!state.playing && this.isAway)) this.jump();
    else this.setSpeed(state.playing ? state.rate * factor : state.rate);
  }

  /** Whoever leads is not torn away from what stalled: then the others come back to it. */
  jump() {
    if (this.leads && this.state.playing) {
      this.onDeed();
      return;
    }
    this.setSpeed(this.state.rate);
    this.goThere();
  }

  /** Where jumps take long the others are further on by then. */
  goThere() {
    const { playing, rate } = this.state;
    this.setOut = performance.now();
    this.player.seek(this.target + (playing ? this.pursuit.delay * rate : 0));
    this.goal = this.player.now;
  }

  /** Whether somebody has just chosen a speed and we are about to hear of it. */
  get isUnheard() {
    return ![this.speed, this.heardSpeed].includes(this.video.playbackRate);
  }

  setSpeed(speed) {
    if (this.isUnheard) return;
    const rounded = Math.round(speed * 1000) / 1000;
    if (this.speed === rounded && this.video.playbackRate === rounded) return;
    this.speed = rounded;
    if (rounded === this.state.rate) this.player.setRate(rounded);
    else this.video.playbackRate = rounded;
  }

  play() {
    if (this.blocked) return;
    if (this.video.ended) this.goThere(); // or the browser would begin again at nothing, and that would look like a hand
    const started = this.video.play();
    if (!started) return;
    started.catch((error) => {
      if (error.name !== "NotAllowedError") return;
      this.blocked = true;
      this.onRefused();
    });
  }

  /** The reader pressed: now the browser plays. */
  unblock() {
    this.blocked = false;
    this.tick();
  }
}
