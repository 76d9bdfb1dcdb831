// A lane of codes under the timeline: one path for each group of codes, in the timeline's scale.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 10;

/** Draw [[start, end, code, group], …] into an svg of 1000 by 10; where several may hold at once each group has a band. */
export function drawLane(svg, spans, duration, { banded = svg.dataset.banded !== undefined } = {}) {
  const paths = new Map();
  const groups = [...new Set(spans.map(([, , , group]) => group))].sort();
  const high = banded ? HEIGHT / (groups.length || 1) : HEIGHT;
  for (const [start, end, , group] of spans) {
    const [from, to] = [start, end].map((ms) => ((ms / (duration || 1)) * WIDTH).toFixed(2));
    const top = banded ? high * groups.indexOf(group) : 0;
    paths.set(group, `${paths.get(group) || ""}M${from} ${top.toFixed(2)}H${to}V${(top + high).toFixed(2)}H${from}Z`);
  }
  svg.replaceChildren(...[...paths].map(([group, outline]) => pathOf(group, outline)));
}

function pathOf(group, outline) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", `code-${group}`);
  path.setAttribute("d", outline);
  return path;
}
