// What keys do to the film on every page that has a player, and where they rest.
import { openDialog } from "../behaviors/dialogs.js";

export const PLAYER_KEYS = {
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
  "?": () => openHelp(),
};

/** Whether somebody writes there, or has a dialog open. */
export function busy(target) {
  const text = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
  return text || (target.tagName === "INPUT" && target.type !== "button") || Boolean(target.closest("dialog"));
}

/** On a button the space bar presses it; on the video the browser plays by itself. */
export const pressable = (target) => /^(BUTTON|SUMMARY|VIDEO|A)$/.test(target.tagName);

function openHelp() {
  const help = document.getElementById("keys-help");
  if (help && !help.hasAttribute("open")) openDialog(help);
}
