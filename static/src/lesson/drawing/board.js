// Drawing on the still: mouse, finger, stylus; and by keys, where shapes are put in the middle and moved.
import { toast } from "../../behaviors/toast.js";
import { MOST_NUMBERS, MOST_POINTS, MOST_SHAPES, SCALE, drawShapes, fitLayer, wordsFor } from "./shapes.js";

const NEAR = 40; // points of the pen closer than this, in ten-thousandths, are one
const LEAST = 150; // a press without a drag puts a shape of usual size
const USUAL = 1500;
const STEP = 200;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TOOLS = { pen: "画笔", arrow: "箭头", box: "方框", oval: "圆圈" };
const FULL = "画得太多了，清掉一些再画";

export class DrawingBoard {
  /** `element` holds the film, the board over it and the tools. */
  constructor(element) {
    this.element = element;
    this.video = element.querySelector("video");
    this.layer = element.querySelector("[data-board]");
    this.tools = element.querySelector("[data-drawing-tools]");
    this.said = this.tools.querySelector("[data-drawing-said]");
    this.shapes = [];
    this.before = [];
    this.onChange = () => {};
    this.onClosed = () => {};
    this.bind();
  }

  get isOpen() {
    return !this.tools.hidden;
  }

  /** Draw on what is shown now. */
  open() {
    this.tools.hidden = false;
    this.layer.removeAttribute("hidden");
    this.before = [];
    this.show();
    this.layer.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.stroke = null;
    this.tools.hidden = true;
    this.layer.setAttribute("hidden", "");
    this.onClosed();
  }

  /** Another drawing: of a draft that came back, or none. */
  take(shapes) {
    this.shapes = shapes;
    this.before = [];
    this.show();
  }

  bind() {
    const { layer, tools } = this;
    layer.addEventListener("pointerdown", (event) => this.begin(event));
    layer.addEventListener("pointermove", (event) => this.go(event));
    layer.addEventListener("pointerup", (event) => this.end(event));
    layer.addEventListener("pointercancel", () => this.drop());
    layer.addEventListener("keydown", (event) => this.onKey(event));
    for (const name of ["loadedmetadata", "resize"]) this.video.addEventListener(name, () => this.show());
    tools.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-drawing]");
      if (button) this[button.dataset.drawing]();
    });
  }

  show() {
    fitLayer(this.layer, this.video);
    drawShapes(this.layer, this.stroke ? [...this.shapes, this.stroke] : this.shapes);
    for (const name of ["undo", "clear"]) {
      this.tools.querySelector(`[data-drawing=${name}]`).disabled = name === "undo" ? !this.before.length : !this.shapes.length;
    }
  }

  chosen(name) {
    return this.tools.querySelector(`[data-drawing-choice=${name}] input:checked`).value;
  }

  /** Where a pointer is, in ten-thousandths of the picture; beside it, its nearest edge. */
  placeOf({ clientX, clientY }) {
    const { width, height } = this.layer.viewBox.baseVal;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(this.layer.getScreenCTM().inverse());
    return [within((x / width) * SCALE), within((y / height) * SCALE)];
  }

  begin(event) {
    if (!event.isPrimary || event.button || this.stroke) return;
    event.preventDefault();
    this.layer.focus({ preventScroll: true });
    this.layer.setPointerCapture(event.pointerId);
    const place = this.placeOf(event);
    const kind = this.chosen("tool");
    this.stroke = { kind, color: this.chosen("color"), at: kind === "pen" ? place : [...place, ...place] };
    this.show();
  }

  go(event) {
    const { stroke } = this;
    if (!stroke || !event.isPrimary) return;
    const place = this.placeOf(event);
    if (stroke.kind !== "pen") stroke.at = [...stroke.at.slice(0, 2), ...place];
    else if (isFar(stroke.at, place)) stroke.at = [...(stroke.at.length < 2 * MOST_POINTS ? stroke.at : thinned(stroke.at)), ...place];
    this.show();
  }

  end(event) {
    if (!this.stroke || !event.isPrimary) return;
    const { stroke } = this;
    this.stroke = null;
    this.add(isTiny(stroke) ? usual(stroke.kind, stroke.color, stroke.at.slice(0, 2)) : stroke);
  }

  drop() {
    this.stroke = null;
    this.show();
  }

  add(shape) {
    const numbers = [...this.shapes, shape].reduce((sum, { at }) => sum + at.length, 0);
    if (this.shapes.length >= MOST_SHAPES || numbers > MOST_NUMBERS) {
      this.show();
      toast(FULL);
      return;
    }
    this.change([...this.shapes, shape], `画了${TOOLS[shape.kind]}`);
  }

  change(shapes, words) {
    this.before.push(this.shapes);
    this.shapes = shapes;
    this.changed(words);
  }

  undo() {
    if (!this.before.length) return;
    this.shapes = this.before.pop();
    this.changed("撤销了一步");
  }

  clear() {
    this.change([], "清空了");
  }

  changed(words) {
    this.show();
    this.say(this.shapes.length ? `${words}，现在有 ${wordsFor(this.shapes)}` : `${words}，画面上没有标注`);
    this.onChange(this.shapes);
  }

  say(words) {
    this.said.textContent = words;
  }

  /** Enter puts a shape into the middle, arrows move the last one, with Shift its other end. */
  onKey(event) {
    if (event.isComposing || event.altKey) return;
    if (event.key === "Escape") this.close();
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.undo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "Enter" || event.key === " ") this.add(usual(this.chosen("tool"), this.chosen("color"), [SCALE / 2, SCALE / 2]));
    else if (event.key in MOVES) this.move(MOVES[event.key], event.shiftKey);
    else if (event.key === "Delete" || event.key === "Backspace") this.remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move([x, y], onlyEnd) {
    const last = this.shapes[this.shapes.length - 1];
    if (!last) return;
    const from = onlyEnd && last.at.length > 2 ? last.at.length - 2 : 0;
    const at = last.at.map((number, index) => (index < from ? number : within(number + STEP * (index % 2 ? y : x))));
    this.change([...this.shapes.slice(0, -1), { ...last, at }], onlyEnd ? "改了大小" : "移动了");
  }

  remove() {
    if (this.shapes.length) this.change(this.shapes.slice(0, -1), "去掉了最后一个");
  }
}

const within = (number) => Math.round(Math.max(0, Math.min(SCALE, number)));

/** Every second point of a line that has become too long. */
const thinned = (at) => at.filter((_, index) => index % 4 < 2);

const isFar = (at, [x, y]) => Math.abs(at[at.length - 2] - x) + Math.abs(at[at.length - 1] - y) >= NEAR;

const isTiny = ({ kind, at }) => kind !== "pen" && Math.abs(at[2] - at[0]) + Math.abs(at[3] - at[1]) < LEAST;

/** A shape of usual size around a point; the pen leaves a dot, an arrow points at it. */
function usual(kind, color, [x, y]) {
  if (kind === "pen") return { kind, color, at: [x, y] };
  if (kind === "arrow") return { kind, color, at: [within(x - USUAL), within(y + USUAL), x, y] };
  const half = USUAL / 2;
  return { kind, color, at: [within(x - half), within(y - half), within(x + half), within(y + half)] };
}
