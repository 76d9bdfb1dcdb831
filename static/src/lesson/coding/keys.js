// Keys of the coding page. They rest while somebody writes. Outside of a text field no input method is at work, but one that
// is switched on hides the letter of the key: then the key itself is asked.
import { PLAYER_KEYS, busy, pressable } from "../player-keys.js";

const PLAYER = {
  ...PLAYER_KEYS,
  n: (page) => toPhase(page, 1),
  p: (page) => toPhase(page, -1),
};
const CODING = {
  z: ({ coding }) => coding.undo(),
  Backspace: ({ coding }) => coding.undo(),
  Delete: ({ coding }) => coding.removeHere(),
  r: ({ coding }) => coding.resume(),
};

export function bindCodingKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || !page.player || busy(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = keyOf(event);
    const action = actionOf(page, key);
    if (!action || (key === " " && pressable(event.target))) return;
    event.preventDefault();
    action(page);
  });
}

function actionOf(page, key) {
  const { coding, playlist } = page;
  if (coding && coding.codeOf(key)) return () => coding.press(coding.codeOf(key));
  if (playlist && playlist.codeOf(key)) return () => playlist.decide(playlist.codeOf(key));
  if (playlist && key === "g") return () => playlist.next();
  return (coding && CODING[key]) || PLAYER[key];
}

/** "ｔ" of a full-width input method is a t; a key that an input method took is named by its place. */
function keyOf(event) {
  if (event.key === "Process" || event.keyCode === 229) return event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
  const key = event.key.length === 1 ? event.key.normalize("NFKC").toLowerCase() : event.key;
  return key;
}

/** To the beginning of the next (1) or the previous (-1) phase of the lesson. */
function toPhase({ player }, direction) {
  const starts = [...player.element.querySelectorAll("[data-phases] a")].map((link) => Number(link.dataset.seek));
  const now = player.now;
  const target = direction > 0 ? starts.find((start) => start > now + 500) : starts.reverse().find((start) => start < now - 1500);
  if (target !== undefined) player.seek(target);
}
