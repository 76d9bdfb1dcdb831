// The review queue by keys: j and k go on and back, a accepts, r goes to the reason. The server leads on to the next one.
import { behavior } from "../registry.js";

behavior("[data-review]", (queue) => {
  const steps = {
    j: () => queue.querySelector("[data-next]"),
    k: () => queue.querySelector("[data-previous]"),
    a: () => queue.querySelector("[data-accept]"),
  };
  let pressed = false;
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!queue.isConnected || pressed || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const target = steps[key] && steps[key]();
    const reason = key === "r" && queue.querySelector("[name=reason]");
    if (target) {
      // One press decides on one: the next page listens anew.
      pressed = key === "a";
      event.preventDefault();
      target.click();
    } else if (reason) {
      event.preventDefault();
      reason.focus();
    }
  });
});
