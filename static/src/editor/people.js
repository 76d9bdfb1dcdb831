// Who has the plan open: one chip a person, in the color of their caret. A click follows them.
import { Following } from "../lessonplans/together/following.js";

export class People {
  constructor(place, provider, page) {
    this.place = place;
    this.provider = provider;
    this.following = new Following(page, provider);
    provider.on("following", () => this.press());
    provider.on("people", () => this.show());
    provider.on("state", () => this.show());
  }

  show() {
    const found = new Map();
    this.provider.awareness.getStates().forEach((state, client) => {
      const { user } = state;
      if (!user || !user.id || client === this.provider.doc.clientID) return;
      if (!found.has(user.id) || state.cursor) found.set(user.id, { ...user, client });
    });
    const key = [...found.values()].map((user) => `${user.id}${user.color}${user.role}`).join();
    if (key === this.shownKey) return;
    this.shownKey = key;
    this.place.replaceChildren(...[...found.values()].map((user) => this.chip(user)));
    this.press();
  }

  /** Show whom one follows. */
  press() {
    const { user } = this.following;
    for (const chip of this.place.children) chip.setAttribute("aria-pressed", String(Boolean(user) && chip.dataset.user === String(user.id)));
  }

  chip(user) {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "here-chip";
    chip.dataset.user = user.id;
    const does = { write: "在一起写，点一下跟着看", suggest: "在提修订，点一下跟着看" };
    chip.title = `${user.name}${does[user.role] || "在看"}`;
    const dot = document.createElement("span");
    dot.className = "here-dot";
    dot.style.backgroundColor = user.color;
    chip.append(dot, user.name);
    chip.addEventListener("click", () => this.following.press(user));
    return chip;
  }
}

// The caret of somebody else, with the name on it.
export function caret(user) {
  const mark = document.createElement("span");
  mark.className = "collaboration-carets__caret";
  mark.dataset.user = user.id || "";
  mark.style.borderColor = user.color;
  const label = document.createElement("span");
  label.className = "collaboration-carets__label";
  label.style.backgroundColor = user.color;
  label.append(user.name || "");
  mark.append(label);
  return mark;
}
