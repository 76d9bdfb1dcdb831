// 板书: a drawing inside the document. Each stroke is a node of its own, so that two people can draw at once and what both
// drew is kept. The tools come when somebody wants to draw.
import { Node } from "@tiptap/core";
import { button } from "../../elements.js";
import { HEIGHT, WIDTH, element, shapes } from "./shapes.js";

const written = (name, fallback) => ({
  default: fallback,
  parseHTML: (parsed) => (typeof fallback === "number" ? Number(parsed.dataset[name]) || fallback : parsed.dataset[name] || fallback),
  renderHTML: (attrs) => ({ [`data-${name}`]: attrs[name] }),
});

export const Stroke = Node.create({
  name: "stroke",
  atom: true,
  selectable: false,
  addAttributes: () => ({ points: written("points", ""), color: written("color", "black"), width: written("width", 4) }),
  parseHTML: () => [{ tag: "div[data-stroke]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", { "data-stroke": "", ...HTMLAttributes }],
});

export const BoardText = Node.create({
  name: "boardText",
  atom: true,
  selectable: false,
  addAttributes: () => ({ x: written("x", 0), y: written("y", 0), text: written("text", ""), color: written("color", "black") }),
  parseHTML: () => [{ tag: "div[data-board-text]" }],
  renderHTML: ({ HTMLAttributes }) => ["div", { "data-board-text": "", ...HTMLAttributes }],
  renderText: ({ node }) => node.attrs.text,
});

export const Board = Node.create({
  name: "board",
  group: "block",
  content: "(stroke | boardText)*",
  atom: true,
  isolating: true,
  allowGapCursor: false,
  parseHTML: () => [{ tag: "div[data-board]" }],
  renderHTML: () => ["div", { "data-board": "" }, 0],
  addNodeView: () => (about) => new BoardView(about),
});

class BoardView {
  constructor({ node, editor, getPos }) {
    Object.assign(this, { node, editor, getPos });
    this.dom = document.createElement("div");
    this.dom.className = "board";
    this.dom.contentEditable = "false";
    this.svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    this.layer = element("g", {});
    this.svg.append(this.layer);
    this.tools = document.createElement("div");
    this.tools.className = "board-tools no-print";
    this.tools.append(button("画板书", "button small", () => this.draw()));
    this.dom.append(this.svg, this.tools);
    this.show();
  }

  show() {
    const words = [];
    this.node.forEach(({ attrs }) => attrs.text && words.push(attrs.text));
    this.layer.replaceChildren(...shapes(this.node));
    this.svg.setAttribute("aria-label", words.length ? `板书：${words.join("，")}` : "板书");
    this.dom.toggleAttribute("data-empty", this.node.childCount === 0);
  }

  async draw() {
    if (!this.editor.isEditable) return;
    const { Drawing } = await import("./drawing.js");
    if (!this.drawing) this.drawing = new Drawing(this);
    this.drawing.begin();
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.show();
    return true;
  }

  stopEvent(event) {
    return this.tools.contains(event.target) || this.dom.classList.contains("is-drawing");
  }

  ignoreMutation() {
    return true;
  }
}
