// <form data-record="<live topic>" data-src>: the record of an activity, written by several at once. What is typed is sent
// after a pause; what colleagues wrote comes into the fields that are not being written in. The server brings both together
// line by line; where both changed the same lines both are shown, and nothing of either is written until it is chosen.
import { behavior } from "../registry.js";
import { requestJson } from "../net.js";
import { follow } from "../live/topics.js";
import { keepBase, keptBase } from "./bases.js";

const PAUSE_MS = 2500;

behavior("form[data-record]", (form) => {
  let timer = 0;
  let sent = {};
  const parts = [...form.querySelectorAll("textarea")];
  const baseOf = (part) => form.elements[`base_${part.name}`];
  for (const part of parts) if (part.value !== part.defaultValue) baseOf(part).value = keptBase(part.name);
  form.addEventListener("input", ({ target }) => {
    if (parts.includes(target)) keepBase(target.name, baseOf(target).value);
    clearTimeout(timer);
    timer = setTimeout(() => parts.some((part) => part.value.trim() !== baseOf(part).value) && form.requestSubmit(), PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sent = Object.fromEntries(parts.map((part) => [part.name, part.value]));
  });
  form.addEventListener("async-form:done", ({ detail }) => {
    for (const part of parts) {
      if (part.name in (detail.clashes || {})) showBoth(part, baseOf(part), detail.clashes[part.name]);
      else if (part.name in (detail.texts || {})) settle(part, baseOf(part), sent[part.name], detail.texts[part.name]);
    }
  });
  const take = async () => {
    const { texts } = await requestJson(form.dataset.src).catch(() => ({ texts: {} }));
    for (const part of parts) {
      const base = baseOf(part);
      if (part.name in texts && part.value.trim() === base.value) settle(part, base, part.value, texts[part.name]);
    }
  };
  follow(form.dataset.record, { seq: () => 0, onChanged: take, onState: (state) => state === "live" && take() });
});

/** The server says `text`. What was typed since it was sent stays and is sent with the next pause. */
function settle(part, base, sent, text) {
  base.value = text;
  part.defaultValue = text;
  keepBase(part.name, part.value.trim() === text ? null : text);
  if (part.value !== sent || part.value.trim() === text) return;
  const place = part.selectionStart;
  part.value = text;
  if (document.activeElement === part) part.setSelectionRange(place, place);
  part.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
}

function showBoth(part, base, theirs) {
  const field = part.closest(".field");
  const old = field.querySelector("[data-clash]");
  if (old) old.remove();
  const box = document.createElement("div");
  box.className = "callout amber";
  box.dataset.clash = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = "同事刚改过这一栏的同一处。同事写的是：";
  const text = document.createElement("p");
  text.className = "pre-line";
  text.textContent = theirs || "（清空了）";
  const choose = (name, value) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = name;
    button.addEventListener("click", () => {
      base.value = theirs;
      part.value = value();
      box.remove();
      part.focus();
      part.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return button;
  };
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(
    choose("两份都留", () => [theirs, part.value].filter(Boolean).join("\n")),
    choose("用我写的", () => part.value),
    choose("用同事写的", () => theirs),
  );
  box.append(words, text, actions);
  field.append(box);
}
