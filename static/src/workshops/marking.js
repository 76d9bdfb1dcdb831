// The queue of work to be marked: J and K go to the next and the one before, 1 2 3 choose a grade, anywhere but in a text.
import { behavior } from "../registry.js";

behavior("[data-marking]", () => {
  const first = document.querySelector("[data-mark-first]");
  // A phone would cover the work with its keyboard.
  if (first && window.matchMedia("(hover: hover)").matches) first.focus({ preventScroll: true });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isText(event.target)) return;
    const goal = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!goal || (goal.matches("input") && event.target.matches("[data-mark-first]"))) return;
    event.preventDefault();
    goal.click();
  });
});

/** A number field takes no letters, so J and K mean what they mean beside it. */
function isText(target) {
  if (target.matches("[data-mark-first]")) return false;
  return target.isContentEditable || target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
}
