// 我来写这一段: a hint for the others beside the title of a section, no lock. It is part of one's presence: it ends when one
// leaves, and when one has not written for a while.
import { isChangeOrigin } from "@tiptap/extension-collaboration";
import { button } from "../../elements.js";

const QUIET_MS = 10 * 60 * 1000;

export class Claims {
  constructor(page, editor, provider) {
    Object.assign(this, { page, editor, provider });
    const show = () => this.schedule();
    ["people", "role", "stopped"].forEach((name) => provider.on(name, show));
    editor.on("selectionUpdate", show);
    editor.on("update", ({ transaction }) => {
      if (!isChangeOrigin(transaction)) this.restart();
      show();
    });
    this.show();
  }

  get own() {
    return this.provider.awareness.getLocalState()?.section || null;
  }

  claim(key) {
    this.provider.awareness.setLocalStateField("section", key);
    this.restart();
    this.show();
  }

  restart() {
    clearTimeout(this.quiet);
    if (this.own) this.quiet = setTimeout(() => this.claim(null), QUIET_MS);
  }

  schedule() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      if (!this.editor.isDestroyed) this.show();
    });
  }

  show() {
    const { $from } = this.editor.state.selection;
    const here = $from.depth && $from.node(1).type.name === "planSection" ? $from.node(1).attrs.key : null;
    const others = this.others();
    for (const section of this.page.querySelectorAll(".plan-section[data-section]")) {
      const { section: key } = section.dataset;
      section.toggleAttribute("data-here", key === here);
      this.fill(section, key, others.get(key) || []);
    }
  }

  /** Who else writes which section; a person with two windows counts once. */
  others() {
    const found = new Map();
    this.provider.awareness.getStates().forEach(({ user, section }, client) => {
      if (!user || !section || client === this.provider.doc.clientID) return;
      if (!found.has(section)) found.set(section, new Map());
      found.get(section).set(user.id, user);
    });
    return new Map([...found].map(([key, people]) => [key, [...people.values()]]));
  }

  fill(section, key, people) {
    const place = section.querySelector(".section-hand");
    const isOwn = this.own === key;
    const may = this.editor.isEditable && this.provider.role !== "suggest";
    const told = JSON.stringify([people.map(({ id }) => id), isOwn, may]);
    if (!place || place.told === told) return;
    place.told = told;
    section.toggleAttribute("data-claimed", isOwn || people.length > 0);
    const writers = [...(isOwn ? [{ name: "您" }] : []), ...people];
    place.replaceChildren(...writers.map(badge), ...more(writers.slice(1)));
    if (!may) return;
    if (isOwn) place.append(this.tool("不写了", "取消“我来写这一段”", null, ""));
    else place.append(this.tool("我来写这一段", "告诉大家您在写这一段", key, " section-offer"));
  }

  tool(text, title, key, look) {
    const made = button(text, `section-tool${look}`, ({ detail }) => {
      this.claim(key);
      // By keyboard: the button is gone, and one goes on to write.
      if (!detail) this.editor.commands.focus(null, { scrollIntoView: false });
    });
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.title = title;
    return made;
  }
}

/** On a phone there is room for one; the others are a number. */
function more(people) {
  if (!people.length) return [];
  const made = document.createElement("span");
  made.className = "section-writers-more num";
  made.textContent = `+${people.length}`;
  made.title = `${people.map(({ name }) => name).join("、")}也在写这一段`;
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", made.title);
  return [made];
}

function badge({ name, color }) {
  const made = document.createElement("span");
  made.className = "section-writer";
  if (color) {
    const dot = document.createElement("span");
    dot.className = "here-dot";
    dot.style.backgroundColor = color;
    made.append(dot);
  }
  const words = document.createElement("span");
  words.className = "section-writer-name";
  words.textContent = name;
  made.append(words, "在写");
  made.title = `${name}在写这一段`;
  return made;
}
