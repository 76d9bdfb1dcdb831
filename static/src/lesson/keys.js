// Keys of the player. They rest while somebody writes, and while an input method composes.
import { openDialog } from "../behaviors/dialogs.js";

const ACTIONS = {
  " ": ({ player }) => player.toggle(),
  k: ({ player }) => player.toggle(),
  j: ({ player }) => player.step(-10000),
  l: ({ player }) => player.step(10000),
  ArrowLeft: ({ player }) => player.step(-5000),
  ArrowRight: ({ player }) => player.step(5000),
  ",": ({ player }) => player.frame(-1),
  ".": ({ player }) => player.frame(1),
  "<": ({ player }) => player.faster(-1),
  ">": ({ player }) => player.faster(1),
  "[": ({ form }) => form && form.mark("in"),
  "]": ({ form }) => form && form.mark("out"),
  c: ({ form }) => form && form.open(),
  n: ({ list }) => list && list.walk(1),
  p: ({ list }) => list && list.walk(-1),
  "?": () => openHelp(),
};

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

function busy(target) {
  const text = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
  return text || (target.tagName === "INPUT" && target.type !== "button") || Boolean(target.closest("dialog"));
}

/** On a button the space bar presses it; on the video the browser plays by itself. */
function pressable(target) {
  return /^(BUTTON|SUMMARY|VIDEO|A)$/.test(target.tagName);
}

function openHelp() {
  const help = document.getElementById("keys-help");
  if (help && !help.hasAttribute("open")) openDialog(help);
}
