// A lane of codes under the timeline: one path for each group of codes, in the timeline's scale.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 10;

/** Draw [[start, end, code, group], …] into an svg of 1000 by 10. */
export function drawLane(svg, spans, duration) {
  const paths = new Map();
  for (const [start, end, , group] of spans) {
    const [from, to] = [start, end].map((ms) => ((ms / (duration || 1)) * WIDTH).toFixed(2));
    paths.set(group, `${paths.get(group) || ""}M${from} 0H${to}V${HEIGHT}H${from}Z`);
  }
  svg.replaceChildren(...[...paths].map(([group, outline]) => pathOf(group, outline)));
}

function pathOf(group, outline) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", `code-${group}`);
  path.setAttribute("d", outline);
  return path;
}
