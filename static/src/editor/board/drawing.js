// Drawing on a board with pen, finger or mouse: pen, eraser, words, taking back. Every stroke is one step.
import { yUndoPluginKey } from "@tiptap/y-tiptap";
import { button } from "../../elements.js";
import { ask } from "../dialog.js";
import { COLORS, HEIGHT, NAMES, WIDTH, line, pairs } from "./shapes.js";
import { distance, simplified } from "./simplify.js";

const REACH = 16;
const MOST_POINTS = 800;

export class Drawing {
  constructor(view) {
    this.view = view;
    this.tool = "black";
    this.width = 4;
    this.points = null;
    this.buttons = this.makeTools();
    const { svg } = view;
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", () => this.up());
    svg.addEventListener("pointercancel", () => this.up());
  }

  makeTools() {
    const { tools } = this.view;
    this.opener = tools.firstChild;
    const choices = [...Object.keys(COLORS).map((color) => [color, `${NAMES[color]}笔`]), ["eraser", "橡皮"], ["text", "写字"]];
    const made = choices.map(([tool, name]) => {
      const chosen = button(name, "tool", () => this.choose(tool));
      chosen.dataset.tool = tool;
      return chosen;
    });
    this.thick = button("粗", "tool", () => this.thicken());
    this.thick.setAttribute("aria-pressed", "false");
    const others = [
      this.thick,
      button("撤销", "tool", () => this.view.editor.commands.undo()),
      button("删掉画板", "tool", () => this.removeBoard()),
      button("画好了", "button small primary", () => this.end()),
    ];
    tools.append(...made, ...others);
    return [...made, ...others];
  }

  begin() {
    this.view.dom.classList.add("is-drawing");
    this.opener.hidden = true;
    this.buttons.forEach((one) => (one.hidden = false));
    this.choose(this.tool);
  }

  end() {
    this.view.dom.classList.remove("is-drawing");
    this.opener.hidden = false;
    this.buttons.forEach((one) => (one.hidden = true));
    this.opener.focus();
  }

  choose(tool) {
    this.tool = tool;
    if (COLORS[tool]) this.color = tool;
    this.buttons.forEach((one) => one.dataset.tool && one.setAttribute("aria-pressed", String(one.dataset.tool === tool)));
  }

  thicken() {
    this.width = this.width === 4 ? 10 : 4;
    this.thick.setAttribute("aria-pressed", String(this.width === 10));
  }

  get active() {
    return this.view.editor.isEditable && this.view.dom.classList.contains("is-drawing");
  }

  at(event) {
    const box = this.view.svg.getBoundingClientRect();
    const inside = (share, most) => Math.round(Math.min(1, Math.max(0, share)) * most);
    return [inside((event.clientX - box.left) / box.width, WIDTH), inside((event.clientY - box.top) / box.height, HEIGHT)];
  }

  down(event) {
    if (!this.active || event.button > 0 || this.points) return;
    event.preventDefault();
    if (this.tool === "text") return this.write(this.at(event));
    this.view.svg.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.points = [this.at(event)];
    if (this.tool === "eraser") return this.erase(this.points[0]);
    this.preview = line({ points: "", color: this.color, width: this.width });
    this.view.svg.append(this.preview);
  }

  move(event) {
    if (!this.points || event.pointerId !== this.pointer) return;
    const point = this.at(event);
    if (this.tool === "eraser") return this.erase(point);
    this.points.push(point);
    this.preview.setAttribute("points", this.points.join(" "));
    if (this.points.length >= MOST_POINTS) this.up();
  }

  up() {
    const { points, preview } = this;
    this.points = this.preview = null;
    if (!points || !preview) return;
    preview.remove();
    const drawn = points.length === 1 ? [points[0], points[0]] : simplified(points);
    this.add("stroke", { points: drawn.join(" "), color: this.color, width: this.width });
  }

  /** At the end of the board as it is now; what another draws meanwhile stays beside it. */
  add(kind, attrs) {
    const { editor, getPos, node } = this.view;
    const made = editor.schema.nodes[kind].create(attrs);
    this.step(editor.state.tr.insert(getPos() + node.nodeSize - 1, made));
  }

  step(transaction) {
    const { undoManager } = yUndoPluginKey.getState(this.view.editor.state);
    undoManager.stopCapturing();
    this.view.editor.view.dispatch(transaction);
    undoManager.stopCapturing();
  }

  erase(point) {
    const { node, editor, getPos } = this.view;
    let gone = null;
    node.forEach((child, offset) => touches(child, point) && (gone = { child, at: getPos() + 1 + offset }));
    if (gone) this.step(editor.state.tr.delete(gone.at, gone.at + gone.child.nodeSize));
  }

  write([x, y]) {
    ask({
      id: "board-text",
      title: "写在板书上",
      html: `<div class="field"><label for="board-words">写什么</label><input id="board-words" type="text" maxlength="40" autocomplete="off"></div>`,
      take: (dialog) => {
        const text = dialog.querySelector("input").value.trim();
        if (text) this.add("boardText", { x, y, text, color: this.color || "black" });
        return true;
      },
    });
  }

  removeBoard() {
    const { editor, getPos, node } = this.view;
    this.step(editor.state.tr.delete(getPos(), getPos() + node.nodeSize));
    editor.commands.focus();
  }
}

function touches({ type, attrs }, [x, y]) {
  if (type.name === "boardText") {
    return x > attrs.x - REACH && x < attrs.x + 36 * attrs.text.length && y < attrs.y + REACH && y > attrs.y - 40;
  }
  const path = pairs(attrs.points);
  return path.some((point, n) => distance([x, y], point, path[Math.max(0, n - 1)]) < REACH);
}
