// The native video and what the rest of the page wants of it: where are we, go there, tell me when it moves.
const FRAME_MS = 40;
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];

export class Player {
  /** `followsAddress`: ?t= of the page's address says where it begins. */
  constructor(element, { followsAddress = true } = {}) {
    this.element = element;
    this.rates = RATES;
    this.before = null; // how the film stood when another file of it was asked for, and what was pressed since
    this.isLed = false; // whether it follows those who watch together
    this.video = element.querySelector("video");
    this.duration = Number(element.dataset.duration) || 0;
    this.bind();
    if (followsAddress) this.goToAddress();
  }

  /** Milliseconds of media time. While another file loads, the moment at which it will go on. */
  get now() {
    const at = this.before && this.before.at !== null ? this.before.at : this.video.currentTime;
    return Math.round(at * 1000);
  }

  get paused() {
    return this.video.paused && (!this.before || this.before.paused);
  }

  /** Go to a moment. A seek lands a little inside the frame, so that rounding never shows the one before. */
  seek(ms) {
    const target = Math.max(0, Math.min(ms, this.duration));
    const at = Math.min(target / 1000 + 0.001, this.video.duration || Infinity);
    if (this.before) this.before.at = at;
    else this.video.currentTime = at;
    this.element.dispatchEvent(new CustomEvent("player:moved", { detail: { ms: target } }));
  }

  step(ms) {
    this.seek(this.now + ms);
  }

  frame(direction) {
    this.pause();
    this.step(direction * FRAME_MS);
  }

  toggle() {
    if (this.paused) this.play();
    else this.pause();
  }

  /** Play; a browser that refuses (no gesture yet) leaves the picture as it is. */
  play() {
    if (this.before) this.before.paused = false;
    const started = this.video.play();
    if (started) started.catch(() => {});
  }

  pause() {
    if (this.before) this.before.paused = true;
    this.video.pause();
  }

  faster(direction) {
    const at = RATES.indexOf(this.before ? this.before.rate : this.video.playbackRate);
    this.setRate(RATES[Math.max(0, Math.min(RATES.length - 1, (at < 0 ? 2 : at) + direction))]);
  }

  setRate(rate) {
    if (this.before) this.before.rate = rate;
    this.video.playbackRate = rate;
    const choice = this.element.querySelector("[data-rate]");
    if (choice && [...choice.options].some((option) => Number(option.value) === rate)) choice.value = String(rate);
  }

  /** Call `told` with the time in ms, now and whenever it changes. */
  onTime(told) {
    const tell = () => told(this.now);
    for (const name of ["timeupdate", "seeking", "seeked", "loadedmetadata"]) this.video.addEventListener(name, tell);
    this.element.addEventListener("player:moved", (event) => told(event.detail.ms));
    tell();
  }

  bind() {
    const { video, element } = this;
    video.addEventListener("loadedmetadata", () => this.checkPicture());
    video.addEventListener("timeupdate", () => this.checkPicture());
    if (video.readyState >= 1) this.checkPicture();
    const quality = element.querySelector("[data-quality]");
    if (quality) quality.addEventListener("change", () => this.switchTo(quality.value));
    this.bindSubtitles(element.querySelector("[data-subtitles]"));
    const rate = element.querySelector("[data-rate]");
    if (rate) rate.addEventListener("change", () => this.setRate(Number(rate.value)));
  }

  /** The box and the browser's own button do the same. */
  bindSubtitles(box) {
    const track = this.video.textTracks[0];
    if (!box || !track) return;
    const show = () => { track.mode = box.checked ? "showing" : "hidden"; };
    box.addEventListener("change", show);
    this.video.textTracks.addEventListener("change", () => { box.checked = track.mode === "showing"; });
    show();
  }

  /** A browser without the codec plays the sound, shows nothing and reports no error: say so instead. */
  checkPicture() {
    const blind = this.video.readyState >= 2 && this.video.videoWidth === 0;
    const notice = this.element.querySelector("[data-no-picture]");
    if (notice) notice.hidden = !blind;
    this.element.dataset.picture = blind ? "none" : "shown";
  }

  /** Another file of the same recording, at the same moment. */
  switchTo(url) {
    const { video } = this;
    // Of a file that was not there yet nobody knows a moment; at a second change what counts is how it was before the first.
    const at = video.readyState >= 1 ? video.currentTime : null;
    this.before = this.before || { at, paused: video.paused, rate: video.playbackRate };
    video.src = url;
    video.addEventListener("loadedmetadata", () => this.goOn(), { once: true });
  }

  goOn() {
    const { before } = this;
    if (!before) return;
    this.before = null;
    if (before.at !== null) this.video.currentTime = before.at;
    this.video.playbackRate = before.rate;
    if (!before.paused) this.play();
  }

  /** ?t=12 opens the page at the second 12. */
  goToAddress() {
    const seconds = Number(new URLSearchParams(location.search).get("t"));
    if (!Number.isFinite(seconds) || seconds <= 0) return;
    const go = () => this.seek(seconds * 1000);
    if (this.video.readyState >= 1) go();
    else this.video.addEventListener("loadedmetadata", go, { once: true });
  }
}
