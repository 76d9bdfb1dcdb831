// <form data-bulletin>: an issue that is written like a document. What is typed is sent after a pause; [data-saved] says only
// what the server has answered. A column that a colleague changed meanwhile is not written: both are shown, and one is chosen.
import { behavior } from "../registry.js";
import { keepBase, keptBase } from "./bases.js";

const PAUSE_MS = 2000;

behavior("form[data-bulletin]", (form) => {
  const said = form.querySelector("[data-saved]");
  let timer = 0;
  let next = null;
  const say = (text, state) => {
    said.textContent = text;
    said.dataset.state = state;
  };
  const later = () => {
    say("还没保存", "dirty");
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), PAUSE_MS);
  };
  for (const part of partsOf(form)) {
    if (part.area.value !== part.area.defaultValue && keptBase(part.kind)) part.version.value = keptBase(part.kind);
  }
  form.addEventListener("input", ({ target }) => {
    const part = partsOf(form).find(({ area }) => area === target);
    if (part && !keptBase(part.kind)) keepBase(part.kind, part.version.value);
    later();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    if (move(button)) later();
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (form.dataset.state === "saving") {
      // One is under way: this one follows it.
      event.preventDefault();
      next = { button: event.submitter };
      return;
    }
    say("正在保存", "saving");
  });
  const goOn = () => {
    if (!next) return;
    const { button } = next;
    next = null;
    // What had to be asked was asked when it was pressed.
    form.dataset.confirmed = "1";
    setTimeout(() => {
      form.requestSubmit(button || undefined);
      delete form.dataset.confirmed;
    });
  };
  form.addEventListener("async-form:done", ({ detail }) => {
    if (!detail.versions) return;
    const clashes = detail.clashes || {};
    settle(form, detail.versions);
    for (const part of partsOf(form)) {
      if (part.kind in clashes) showBoth(part, clashes[part.kind], later);
    }
    say(Object.keys(clashes).length ? "有的栏目没有保存，请看下面" : `已保存 ${detail.at}`, "saved");
    goOn();
  });
  form.addEventListener("async-form:failed", ({ detail }) => {
    say(detail.offline ? "没有保存，联网后自动保存" : "没有保存", "error");
    goOn();
  });
});

// Declared as functions: a page that has already started binds its forms while this file is still being read.
function partsOf(form) {
  return [...form.querySelectorAll("[data-part]")].map((section) => ({
    section,
    kind: section.dataset.part,
    area: section.querySelector("textarea"),
    version: section.querySelector("input[name^=version_]"),
  }));
}

/** The neighbor moves, so that what has the focus stays where it is. */
function move(button) {
  const section = button.closest("[data-part]");
  const up = button.dataset.move === "up";
  const neighbor = up ? section.previousElementSibling : section.nextElementSibling;
  if (!neighbor || !neighbor.matches("[data-part]")) return false;
  section.insertAdjacentElement(up ? "afterend" : "beforebegin", neighbor);
  button.scrollIntoView({ block: "nearest" });
  return true;
}

/** What was sent is what the server says now; what was typed meanwhile goes out with the next pause. */
function settle(form, versions) {
  for (const [control, content] of form.sentValues || []) {
    if (typeof content === "boolean") control.defaultChecked = content;
    else if ("defaultValue" in control && !controlClashes(control, versions)) control.defaultValue = content;
  }
  for (const part of partsOf(form)) {
    if (!(part.kind in versions)) continue;
    part.version.value = versions[part.kind];
    keepBase(part.kind, part.area.value === part.area.defaultValue ? null : part.version.value);
  }
}

function controlClashes(control, versions) {
  return control.name.startsWith("html_") && !(control.name.slice(5) in versions);
}

function showBoth(part, clash, later) {
  const old = part.section.querySelector("[data-clash]");
  if (old) old.remove();
  const box = document.createElement("div");
  box.className = "callout amber stack-s";
  box.dataset.clash = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = `${clash.by}刚改过这一栏，您写的还没有保存。那边写的是：`;
  const text = document.createElement("p");
  text.className = "pre-line";
  text.textContent = plain(clash.html) || "（清空了）";
  const choose = (name, take) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = name;
    button.addEventListener("click", () => {
      part.version.value = clash.version;
      keepBase(part.kind, clash.version);
      if (take) {
        part.area.value = clash.html;
        part.area.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
      }
      box.remove();
      later();
    });
    return button;
  };
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(choose("用我写的", false), choose("用那边写的", true));
  box.append(words, text, actions);
  part.section.append(box);
}

function plain(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.body.children].map((block) => block.textContent.trim()).filter(Boolean).join("\n");
}
