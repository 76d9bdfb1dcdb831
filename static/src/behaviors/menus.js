// <details data-menu>: closes on Escape, outside clicks and when the focus leaves; arrow keys walk.
import { behavior } from "../registry.js";

behavior("details[data-menu]", (menu) => {
  const summary = menu.querySelector("summary");
  menu.addEventListener("toggle", () => summary.setAttribute("aria-expanded", String(menu.open)));
  summary.setAttribute("aria-expanded", String(menu.open));
  menu.addEventListener("keydown", (event) => onKey(menu, summary, event));
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
});

function onKey(menu, summary, event) {
  if (event.key === "Escape" && menu.open) {
    event.stopPropagation();
    menu.open = false;
    summary.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  // In a field of the menu the arrows are the field's own.
  if (!step || !menu.open || event.target.matches("select, input, textarea")) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-panel a, .menu-panel button")].filter((item) => item.offsetParent);
  const now = items.indexOf(document.activeElement);
  const next = items[(now + step + items.length) % items.length] || items[0];
  if (next) next.focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    // A form may still be refused; its menu closes when it is really sent.
    const chosen = event.target.closest(".menu-panel button:not([type=submit]), .menu-panel a");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen))) menu.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const menu = event.target.closest("details[data-menu]");
  if (menu) menu.open = false;
});
