// What stands on a board, as SVG. The server's writer (document/board.py) draws the same.
const SVG = "http://www.w3.org/2000/svg";
export const WIDTH = 1000;
export const HEIGHT = 560;
export const COLORS = { black: "#1d2521", red: "#a8301f", blue: "#1f5188", green: "#0f5c46" };
export const NAMES = { black: "黑", red: "红", blue: "蓝", green: "绿" };

const POINTS = /^\d{1,4},\d{1,4}( \d{1,4},\d{1,4})*$/;

export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function line({ points, color, width }) {
  const look = { fill: "none", stroke: COLORS[color] || COLORS.black, "stroke-linecap": "round", "stroke-linejoin": "round" };
  return element("polyline", { points: POINTS.test(points) ? points : "", "stroke-width": Number(width) || 4, ...look });
}

function words({ x, y, text, color }) {
  const made = element("text", { x: Number(x) || 0, y: Number(y) || 0, fill: COLORS[color] || COLORS.black, "font-size": 36 });
  made.textContent = text;
  return made;
}

/** The strokes and words of a board node, in their order. */
export function shapes(board) {
  const made = [];
  board.forEach(({ type, attrs }) => made.push(type.name === "stroke" ? line(attrs) : words(attrs)));
  return made;
}

export const pairs = (points) => points.split(" ").map((pair) => pair.split(",").map(Number));
