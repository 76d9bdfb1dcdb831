// Fragments are the same for every viewer, so they can be cached. What only some may press is hidden in them and shown here:
//   an item says data-author="<user id>", a place around it says data-powers="moderate …",
//   a button says data-can="author", "moderate" or several of them (any suffices).
// data-users="3 5 9" on a toggle (like, bookmark) lists who has pressed it.
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";

/** Show the buttons inside `root` that this viewer may press. */
export function applyViewer(root) {
  if (!root) return;
  for (const button of root.querySelectorAll("[data-can]")) button.hidden = !may(button);
  for (const toggle of root.querySelectorAll("[data-users]")) press(toggle);
  if (root.matches("[data-users]")) press(root);
  if (root.matches("[data-author]")) root.classList.toggle("is-mine", root.dataset.author === viewerId());
}

function may(button) {
  const me = viewerId();
  const item = button.closest("[data-author]");
  const mine = Boolean(me && item && item.dataset.author === me);
  // What is not in the page yet has nothing around it. Looking for `main` alone ends at once, however long the page is.
  const place = button.closest("[data-powers]") || document.querySelector("main");
  const powers = ((place && place.dataset.powers) || "").split(" ");
  return button.dataset.can.split(" ").some((name) => {
    if (name === "author") return mine;
    return powers.includes(name);
  });
}

function press(toggle) {
  const users = toggle.dataset.users.split(" ");
  toggle.setAttribute("aria-pressed", String(users.includes(viewerId())));
}

behavior("[data-can]", (button) => {
  button.hidden = !may(button);
});
behavior("[data-users]", press);
behavior("[data-author]", (item) => item.classList.toggle("is-mine", item.dataset.author === viewerId()));
