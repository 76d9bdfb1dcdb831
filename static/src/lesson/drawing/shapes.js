// Shapes on a still of the film: [{kind, color, at: [x, y, …]}] in ten-thousandths of the film's picture, and how they look.
export const SCALE = 10000;
export const MOST_SHAPES = 40;
export const MOST_POINTS = 300;
export const MOST_NUMBERS = 3000;
const LONG_SIDE = 1600; // of the layer's own units; a line is a 160th of it wide, as in `drawn_still.py`
const HEAD = 32;
const SVG = "http://www.w3.org/2000/svg";
const NAMES = [["arrow", "个箭头"], ["box", "个方框"], ["oval", "个圆圈"], ["pen", "条手绘线"]];

/** Lay a layer over the film's picture: it stands in the same box and is fitted into it as the film is, bars and all. */
export function fitLayer(layer, video) {
  const [width, height] = [video.videoWidth || video.width || 16, video.videoHeight || video.height || 9];
  const unit = LONG_SIDE / Math.max(width, height);
  layer.setAttribute("viewBox", `0 0 ${width * unit} ${height * unit}`);
  layer.setAttribute("preserveAspectRatio", "xMidYMid meet");
}

/** Show these shapes and no others. */
export function drawShapes(layer, shapes) {
  const { width, height } = layer.viewBox.baseVal;
  layer.replaceChildren(...shapes.flatMap((shape) => strokes(shape, points(shape, width / SCALE, height / SCALE))));
}

/** 1 个箭头、2 个方框 */
export function wordsFor(shapes) {
  const counted = NAMES.map(([kind, words]) => [shapes.filter((shape) => shape.kind === kind).length, words]);
  return counted.filter(([count]) => count).map(([count, words]) => `${count} ${words}`).join("、");
}

/** What is kept of a comment or a draft; nothing when it cannot be read. */
export function readShapes(text) {
  try {
    return JSON.parse(text || "[]") || [];
  } catch (_) {
    return [];
  }
}

/** The other way round; empty where nothing is drawn. */
export const writeShapes = (shapes) => (shapes.length ? JSON.stringify(shapes) : "");

/** Every line twice: an edge of the opposite brightness, then its color, so that it is seen on any picture. */
function strokes({ kind, color }, ends) {
  const path = outline(kind, ends);
  return ["edge", "line"].map((part) => {
    const stroke = document.createElementNS(SVG, "path");
    stroke.setAttribute("class", `drawn-${part} drawn-${color}`);
    stroke.setAttribute("d", path);
    return stroke;
  });
}

function points({ at }, x, y) {
  const found = [];
  for (let index = 0; index + 1 < at.length; index += 2) found.push([at[index] * x, at[index + 1] * y]);
  return found;
}

function outline(kind, ends) {
  if (kind === "pen") return penPath(ends);
  const [[x, y], [toX, toY]] = ends;
  if (kind === "box") return `M${x} ${y}H${toX}V${toY}H${x}Z`;
  if (kind === "oval") return ovalPath((x + toX) / 2, (y + toY) / 2, Math.abs(toX - x) / 2, Math.abs(toY - y) / 2);
  const angle = Math.atan2(toY - y, toX - x);
  const [one, other] = [5, -5].map((sixth) => angle + (Math.PI * sixth) / 6).map((turn) => `${toX + HEAD * Math.cos(turn)} ${toY + HEAD * Math.sin(turn)}`);
  return `M${x} ${y}L${toX} ${toY}M${one}L${toX} ${toY}L${other}`;
}

const penPath = ([[x, y], ...rest]) => `M${x} ${y}${rest.map(([toX, toY]) => `L${toX} ${toY}`).join("") || "h0.01"}`;

const ovalPath = (x, y, wide, high) => `M${x - wide} ${y}a${wide} ${high} 0 1 0 ${2 * wide} 0a${wide} ${high} 0 1 0 ${-2 * wide} 0`;
