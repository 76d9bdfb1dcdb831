// Who has the page open: [data-presence="<topic>"] shows how many, avatars with data-user inside
// [data-presence-scope="<topic>"] get a dot, and every such element hears a `presence` event.
import { behavior } from "../registry.js";
import { follow } from "./topics.js";

behavior("[data-presence]", (element) => {
  follow(element.dataset.presence, { seq: () => Infinity, onHere: (users) => show(element, users) });
});

behavior("[data-presence-scope]", (element) => {
  follow(element.dataset.presenceScope, { seq: () => Infinity, onHere: (users) => mark(element, users) });
});

function show(element, users) {
  const text = element.dataset.text || "人在线";
  element.dataset.count = users.length;
  element.textContent = users.length ? `${users.length} ${text}` : "";
  element.title = users.map((user) => user.name).join("、");
  element.dispatchEvent(new CustomEvent("presence", { bubbles: true, detail: { users } }));
}

function mark(scope, users) {
  const here = new Set(users.map((user) => String(user.id)));
  for (const avatar of scope.querySelectorAll(".avatar[data-user]")) {
    avatar.classList.toggle("is-here", here.has(avatar.dataset.user));
  }
  scope.dispatchEvent(new CustomEvent("presence", { bubbles: true, detail: { users } }));
}
