// What a plan made from the template will begin with, while the template is being edited.
import { behavior } from "../registry.js";

behavior("[data-template-editor]", (editor) => {
  const list = editor.querySelector("[data-template-preview]");
  editor.addEventListener("input", () => show(editor, list));
});

function show(editor, list) {
  const rows = [...editor.querySelectorAll("[data-template-row]")].map(read).filter((row) => row.title);
  rows.sort((one, other) => one.place - other.place);
  list.replaceChildren(...rows.map(line));
}

function read(row) {
  const value = (name) => row.querySelector(`[name="${name}"]`).value.trim();
  const place = Number.parseInt(value("place"), 10);
  return {
    title: value("title"),
    hint: value("hint"),
    parts: value("parts"),
    required: value("required") === "1",
    place: Number.isNaN(place) ? 999 : place,
  };
}

function line({ title, hint, parts, required }) {
  const item = document.createElement("li");
  item.append(made("strong", "", title));
  if (required) item.append(" ", made("span", "tag green", "必填"));
  for (const words of [hint, parts]) if (words) item.append(made("span", "muted small", words));
  return item;
}

function made(tag, classes, words) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.textContent = words;
  return element;
}
