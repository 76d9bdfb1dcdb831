// What would fill the screen of a phone before the list begins is folded there. Filters are then sent by their button, so
// that several can be chosen at once.
import { behavior } from "../registry.js";

const NARROW = window.matchMedia("(max-width: 39.99em)");

// Without a script, and where there is room, it stays open.
behavior("[data-fold-narrow]", (fold) => {
  const form = fold.querySelector("form");
  const fit = () => {
    fold.open = !NARROW.matches;
    if (form) form.toggleAttribute("data-submit-on-change", !NARROW.matches);
  };
  NARROW.addEventListener("change", fit);
  fit();
  fold.dataset.fitted = "";
});
