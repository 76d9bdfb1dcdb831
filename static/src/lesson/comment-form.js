// Writing about this moment: the time follows the video until one starts to write, then stays.
import { draftKey } from "../behaviors/drafts.js";
import { toast } from "../behaviors/toast.js";
import { wentOn } from "../behaviors/written.js";
import { readShapes, wordsFor, writeShapes } from "./drawing/shapes.js";
import { besidePicture } from "./full-screen.js";
import { clock, parseClock } from "./time.js";

const AWAY_MS = 120; // so far from the moment that was held the picture is another one

export class CommentForm {
  constructor(form) {
    this.form = form;
    this.body = form.querySelector("textarea[name=body]");
    this.at = form.querySelector("[data-at]");
    this.until = form.querySelector("[data-until-input]");
    this.start = 0;
    this.end = null;
    this.held = false;
    this.resume = false;
    this.drawing = form.querySelector("[data-drawing-field]");
    this.draft = new PlaceDraft(form);
    this.bind();
    if (this.body.value || (this.draft.read() || {}).drawing) this.restore();
  }

  attach(player, timeline, board) {
    this.player = player;
    this.timeline = timeline;
    this.board = board;
    board.take(this.shapes);
    board.onChange = (shapes) => this.setShapes(shapes);
    board.onClosed = () => this.closedBoard();
    if (this.held) this.setRange(this.start, this.end);
    player.onTime((ms) => {
      if (!this.held) this.setRange(ms, null);
      else if (board.isOpen && Math.abs(ms - this.start) > AWAY_MS) board.close();
    });
  }

  bind() {
    const { form, body } = this;
    body.addEventListener("input", () => this.beginWriting());
    body.addEventListener("draft:restored", () => this.takeUp());
    form.addEventListener("input", () => this.keepPlace());
    form.addEventListener("change", () => this.keepPlace());
    body.addEventListener("keydown", (event) => this.onKey(event));
    this.at.addEventListener("change", () => this.readTyped());
    this.until.addEventListener("change", () => this.readTyped());
    form.addEventListener("focusin", () => document.body.classList.add("is-commenting"));
    form.addEventListener("focusout", () => document.body.classList.remove("is-commenting"));
    // Also what waited for the network is sent as it is now.
    for (const name of ["submit", "async-form:sending"]) form.addEventListener(name, () => this.writeTimes());
    form.addEventListener("async-form:done", () => this.sent());
    form.addEventListener("async-form:failed", (event) => this.refused(event.detail));
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-mark]");
      if (button) this.mark(button.dataset.mark);
      if (event.target.closest("[data-draw]")) this.draw();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-comment-now]")) return;
      event.preventDefault();
      this.open();
    });
  }

  /** A draft came back, with the moment and the audience it was meant for; or it was let go, and the time runs again. */
  takeUp() {
    if (!this.body.value) {
      this.draft.forget();
      this.letGo();
      this.end = null;
      this.release();
      return;
    }
    this.restore();
  }

  /** What this device keeps of a remark that was begun; its drawing may be there before a word is. */
  restore() {
    const place = this.draft.read();
    if (!place) return;
    this.held = true;
    this.setRange(place.start, place.end);
    this.form.elements.kind.value = place.kind;
    this.form.elements.visibility.value = place.visibility;
    const { perspective } = this.form.elements;
    if (perspective && place.perspective !== undefined) perspective.value = place.perspective;
    this.setShapes(readShapes(place.drawing));
    if (this.board) this.board.take(this.shapes);
  }

  get shapes() {
    return readShapes(this.drawing.value);
  }

  /** Nothing is written and nothing drawn. */
  get isBare() {
    return !this.body.value && !this.drawing.value;
  }

  setShapes(shapes) {
    this.drawing.value = writeShapes(shapes);
    this.form.querySelector("[data-draw-words]").textContent = shapes.length ? `已画 ${wordsFor(shapes)}，再改` : "在画面上画";
    this.keepPlace();
  }

  /** Where nothing was drawn and nothing is written, the time runs again. */
  closedBoard() {
    if (this.isBare && this.end === null) this.release();
    this.body.focus();
  }

  /** Nothing is drawn any more: sent, or let go. */
  letGo() {
    this.setShapes([]);
    if (!this.board) return;
    this.board.take([]);
    this.board.close();
  }

  /** D: stop here and draw on what is seen. Of those who watch together one stops for nobody. */
  draw() {
    if (!this.player) return;
    if (this.player.isLed) {
      toast("一起看的时候影片不会停。先按“自己看”，再停住画面来画");
      return;
    }
    if (!this.held) this.hold();
    this.player.pause();
    if (Math.abs(this.player.now - this.start) > AWAY_MS) this.player.seek(this.start);
    besidePicture(() => {
      this.board.open();
      this.player.element.querySelector(".player-picture").scrollIntoView({ block: "start" });
    });
  }

  keepPlace() {
    if (this.held && !this.isBare) this.draft.keep(this.start, this.end, this.drawing.value);
    else this.draft.forget();
  }

  /** C: stop here and write. */
  open() {
    if (!this.held || this.isBare) this.hold();
    besidePicture(() => {
      this.body.focus();
      this.form.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }

  beginWriting() {
    if (!this.held && this.body.value) this.hold();
    if (this.isBare && this.held && this.end === null) this.release();
  }

  hold() {
    if (!this.player) return;
    this.held = true;
    // Those who watch together go on, whoever writes: the moment is kept all the same.
    this.resume = !this.player.paused && !this.player.isLed;
    if (!this.player.isLed) this.player.pause();
    if (this.end === null) this.setRange(this.player.now, null);
  }

  release() {
    this.held = false;
    this.setRange(this.player ? this.player.now : 0, null);
  }

  /** [ and ]: the stretch begins or ends at this moment. */
  mark(edge) {
    const now = this.player.now;
    this.held = true;
    if (edge === "in") this.setRange(now, this.end !== null && this.end > now ? this.end : null);
    else if (now > this.start) this.setRange(this.start, now);
    else this.setRange(now, null);
    this.keepPlace();
  }

  setRange(start, end) {
    this.start = start;
    this.end = end;
    this.at.value = clock(start);
    this.until.value = end === null ? "" : clock(end);
    this.form.querySelector("[data-until-place]").hidden = end === null;
    this.body.placeholder = `在 ${clock(start)} 写下您看到的课堂细节，可以带 #标签`;
    if (this.timeline) this.timeline.select(start, end);
  }

  /** Somebody typed a time into the chip. */
  readTyped() {
    const start = parseClock(this.at.value);
    const end = this.until.value.trim() ? parseClock(this.until.value) : null;
    if (start === null) return this.setRange(this.start, this.end);
    this.held = true;
    this.setRange(start, end !== null && end > start ? end : null);
    return this.player.seek(start);
  }

  writeTimes() {
    this.form.querySelector("[data-start-ms]").value = this.start;
    this.form.querySelector("[data-end-ms]").value = this.end === null ? "" : this.end;
    this.sentDrawing = this.drawing.value;
  }

  /** Enter sends and the video goes on, Shift+Enter is a new line; an open pinyin window keeps its Enter. */
  onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      this.body.blur();
      if (this.isBare) this.release();
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      if (this.body.value.trim()) this.form.requestSubmit();
    }
  }

  sent() {
    if (this.drawing.value === this.sentDrawing) this.letGo();
    // Somebody writes on already: these words belong to another remark.
    if (wentOn(this.body, this.form.sentValues)) return;
    this.body.value = "";
    this.body.dispatchEvent(new Event("input", { bubbles: true }));
    // What is drawn since belongs to another remark about this moment.
    if (this.drawing.value) return;
    this.release();
    if (this.resume && this.player) {
      this.body.blur();
      this.player.play();
    }
    this.resume = false;
  }

  refused(error) {
    if (error.field === "start_ms" || error.field === "end_ms") this.at.focus();
  }
}

/** What belongs to a draft besides its words; beside them on this device, under the same rules. */
class PlaceDraft {
  constructor(form) {
    this.form = form;
    this.key = `${draftKey(form.elements.body)}:place`;
  }

  keep(start, end, drawing) {
    const { kind, visibility, perspective } = this.form.elements;
    const about = { drawing, kind: kind.value, visibility: visibility.value, perspective: perspective && perspective.value };
    try {
      localStorage.setItem(this.key, JSON.stringify({ start, end, ...about, at: Date.now() }));
    } catch (_) {
      // Where nothing can be kept, the words are not kept either.
    }
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch (_) {
      return null;
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch (_) {
      // There was nothing to forget.
    }
  }
}
