// One page of a PDF file: a canvas with its text over it, drawn when it comes near and given back when it is far.
import { TextLayer } from "pdfjs-dist/legacy/build/pdf.mjs";

const MOST_PIXELS = 8e6; // of one canvas: weak machines have little memory for pictures

export class PageView {
  /** `figure` has the shape of the page from the beginning, so that nothing jumps. */
  constructor(pdf, number, total, shape) {
    this.pdf = pdf;
    this.number = number;
    this.figure = document.createElement("figure");
    this.figure.className = "pdf-page";
    this.figure.dataset.page = number;
    this.sheet = document.createElement("div");
    this.sheet.className = "pdf-sheet";
    this.setShape(shape);
    const caption = document.createElement("figcaption");
    caption.className = "num";
    caption.textContent = `${number} / ${total}`;
    this.figure.append(this.sheet, caption);
    this.drawn = 0;
    this.marked = [];
  }

  setShape({ width, height }) {
    this.sheet.style.aspectRatio = `${width} / ${height}`;
  }

  /** The page's words in their order, as pieces: asked for once. */
  async words() {
    return (await this.textOf(await this.pdf.getPage(this.number))).items.map((item) => item.str || "");
  }

  async textOf(page) {
    try {
      return await (this.content ||= page.getTextContent());
    } catch (error) {
      this.content = null;
      throw error;
    }
  }

  /** Draw as wide as the page stands there; asking again for the same width changes nothing. */
  async draw() {
    const width = this.sheet.clientWidth;
    if (!width || this.drawn === width) return;
    this.drawn = width;
    this.release();
    const page = await this.pdf.getPage(this.number);
    if (this.drawn !== width) return;
    const shape = page.getViewport({ scale: 1 });
    this.setShape(shape);
    const viewport = page.getViewport({ scale: width / shape.width });
    const sharp = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    canvas.setAttribute("aria-hidden", "true");
    const transform = sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0];
    this.task = page.render({ canvasContext: canvas.getContext("2d"), viewport, transform });
    const layer = document.createElement("div");
    layer.className = "pdf-text";
    layer.style.setProperty("--scale-factor", viewport.scale);
    try {
      await this.task.promise;
      this.text = new TextLayer({ textContentSource: await this.textOf(page), container: layer, viewport });
      await this.text.render();
    } catch (error) {
      if (error.name === "RenderingCancelledException" || error.name === "AbortException") return;
      throw error;
    }
    if (this.drawn !== width) return;
    this.sheet.replaceChildren(canvas, layer);
    this.figure.dataset.state = "drawn";
    this.mark(this.hits || []);
  }

  release() {
    if (this.task) this.task.cancel();
    this.task = this.text = null;
    this.marked = [];
    this.sheet.replaceChildren();
    delete this.figure.dataset.state;
  }

  forget() {
    if (!this.drawn) return;
    this.drawn = 0;
    this.release();
  }

  /** Show where something was found: each hit is a list of [piece, from, to]; `current` is one of them. */
  mark(hits, current) {
    this.hits = hits;
    if (!this.text) return;
    for (const [span, words] of this.marked) span.textContent = words;
    const spans = this.text.textDivs, words = this.text.textContentItemsStr;
    const parts = new Map();
    for (const hit of hits) {
      for (const [piece, from, to] of hit) parts.set(piece, [...(parts.get(piece) || []), [from, to, hit === current]]);
    }
    this.marked = [];
    for (const [piece, ranges] of parts) {
      const span = spans[piece];
      if (!span) continue;
      this.marked.push([span, words[piece]]);
      span.replaceChildren(...split(words[piece], ranges));
    }
  }
}

/** The text as nodes, with the ranges in marks. */
function split(text, ranges) {
  const nodes = [];
  let at = 0;
  for (const [from, to, isCurrent] of ranges) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    if (isCurrent) mark.dataset.current = "";
    nodes.push(text.slice(at, from), mark);
    at = to;
  }
  return [...nodes, text.slice(at)];
}
