// Keys of the player. They rest while somebody writes, and while an input method composes.
import { toggleFullScreen } from "./full-screen.js";
import { PLAYER_KEYS, busy, pressable } from "./player-keys.js";

const ACTIONS = {
  ...PLAYER_KEYS,
  "[": (page) => markEdge(page, "in"),
  "]": (page) => markEdge(page, "out"),
  c: ({ form, remark }) => (form || remark) && (form || remark).open(),
  d: ({ form }) => form && form.draw(),
  f: ({ player: { element } }) => toggleFullScreen(element.closest(".player-picture") || element.querySelector(".player-picture")),
  n: ({ list }) => list && list.walk(1),
  p: ({ list }) => list && list.walk(-1),
};

/** While evidence is being chosen the stretch is for that, else for a comment. */
function markEdge({ form, evidence }, edge) {
  if (evidence && evidence.isOpen) evidence.mark(edge);
  else if (form) form.mark(edge);
}

export function bindKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !page.player || busy(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = ACTIONS[key];
    if (!action || (key === " " && pressable(event.target))) return;
    event.preventDefault();
    action(page);
  });
}
