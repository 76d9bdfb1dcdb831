// A short word at the bottom of the page; with 撤销 when the step can be taken back.
import { requestJson } from "../net.js";

const STAY_MS = 6000;
const STAY_UNDO_MS = 10000;

/** Show `text`. undo: {url, text} posts to take the step back, undo: {act} does it here; onUndone is called afterwards.
 *  One that stays is removed by whoever asked for it. */
export function toast(text, { undo, onUndone, stays } = {}) {
  const place = document.querySelector("[data-toasts]");
  if (!place) return null;
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (undo) box.append(undoButton(undo, box, onUndone));
  place.append(box);
  if (!stays) leaveLater(box, undo ? STAY_UNDO_MS : STAY_MS);
  return box;
}

function undoButton(undo, box, onUndone) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = undo.text || "撤销";
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = undo.act ? undo.act() || {} : await requestJson(undo.url, { method: "POST" });
      box.remove();
      if (!onUndone && answer.redirect) {
        toastAfterRedirect(answer.toast || "已撤销");
        location.assign(answer.redirect);
        return;
      }
      toast(answer.toast || "已撤销");
      if (onUndone) onUndone(answer);
    } catch (error) {
      button.disabled = false;
      toast(error.message);
    }
  });
  return button;
}

/** The toast stays while it is pointed at or focused. */
function leaveLater(box, wait) {
  let timer = setTimeout(() => box.remove(), wait);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => box.remove(), wait);
  };
  box.addEventListener("mouseenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("mouseleave", release);
  box.addEventListener("focusout", release);
}

/** A word that shall survive going to another page; with 撤销 where the step can be taken back by `undo.url`. */
export function toastAfterRedirect(text, undo) {
  try {
    sessionStorage.setItem("toast", JSON.stringify({ text, undo }));
  } catch (_) {
    // Without storage the word is lost, the step is not.
  }
}

export function showWaitingToast() {
  try {
    const { text, undo } = JSON.parse(sessionStorage.getItem("toast") || "{}");
    sessionStorage.removeItem("toast");
    if (text) toast(text, { undo });
  } catch (_) {
    // See above.
  }
}
