// Who has the page open: [data-presence="<topic>"] shows how many, avatars with data-user inside
// [data-presence-scope="<topic>"] get a dot, and every such element hears a `presence` event.
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";
import { follow } from "./topics.js";

behavior("[data-presence]", (element) => {
  follow(element.dataset.presence, { seq: () => Infinity, onHere: (users, count) => show(element, users, count) });
});

behavior("[data-presence-scope]", (element) => {
  follow(element.dataset.presenceScope, { seq: () => Infinity, onHere: (users, count) => mark(element, users, count) });
});

function show(element, users, count) {
  const text = element.dataset.text || "人在线";
  const names = users.map((user) => user.name).join("、");
  // Whoever reads this knows of themselves.
  const others = count > 1 || (count === 1 && String(users[0].id) !== viewerId());
  element.dataset.count = others ? count : 0;
  element.textContent = others ? `${count} ${text}` : "";
  element.title = count > users.length ? `${names}等 ${count} 人` : others ? names : "";
  element.dispatchEvent(new CustomEvent("presence", { bubbles: true, detail: { users } }));
}

// Of a full room not everybody is named: then nobody gets a dot, so that none looks absent.
function mark(scope, users, count) {
  const here = new Set(count > users.length ? [] : users.map((user) => String(user.id)));
  for (const avatar of scope.querySelectorAll(".avatar[data-user]")) {
    avatar.classList.toggle("is-here", here.has(avatar.dataset.user));
  }
  scope.dispatchEvent(new CustomEvent("presence", { bubbles: true, detail: { users } }));
}
