// The levels of the catalog of textbooks depend on one another: what is chosen above says what is offered below.
import { behavior } from "../registry.js";
import { requestJson } from "../net.js";

const LEVELS = ["stage", "grade", "subject", "edition", "volume", "unit", "lesson"];
let lists = 0;

// In a filter a new choice above empties those below, before the list is asked for.
behavior(".resource-filters", (form) => {
  form.addEventListener("change", (event) => {
    const at = LEVELS.indexOf(event.target.dataset.level);
    if (at < 0) return;
    for (const level of LEVELS.slice(at + 1)) {
      const field = form.querySelector(`[data-level=${level}]`);
      if (field) field.value = "";
    }
  });
});

behavior("[data-book-levels]", (group) => {
  const fields = LEVELS.map((level) => group.querySelector(`[data-level=${level}]`));
  const step = group.querySelector("[data-narrow]");
  if (step) step.hidden = true;
  const suggestions = fields.slice(5).map(suggestionsFor);
  const theme = group.querySelector("[data-standard=theme]");
  const themes = theme && suggestionsFor(theme);
  const literacies = group.querySelector("[data-standard=literacies]");
  let asked = 0;

  const narrow = async () => {
    const mine = ++asked;
    const chosen = new URLSearchParams(fields.map((field, at) => [LEVELS[at], field.value]));
    try {
      const { names, standards } = await requestJson(`${group.dataset.bookLevels}?${chosen}`);
      if (mine !== asked) return;
      fields.slice(0, 5).forEach((field, at) => offer(field, names[LEVELS[at]]));
      suggestions.forEach((list, at) => fill(list, names[LEVELS[at + 5]]));
      if (theme) {
        fill(themes, standards.themes);
        group.querySelector(`label[for="${theme.id}"]`).firstChild.data = `${standards.heading} `;
        offerLiteracies(literacies, standards.literacies);
      }
    } catch (_) {
      // Without the line everything can still be chosen and typed.
    }
  };
  group.addEventListener("change", (event) => {
    if (event.target.matches("[data-level]")) narrow();
  });
  if (fields[4].value || fields[2].value) narrow();
});

/** Other choices in a select; what is chosen stays chosen, also where it is not among them. */
function offer(field, names) {
  const value = field.value;
  const words = !value || names.includes(value) ? names : [...names, value];
  const empty = field.options[0];
  field.replaceChildren(empty, ...words.map((word) => new Option(word, word)));
  field.value = value;
}

/** Boxes for the words of another subject; what is ticked stays. */
function offerLiteracies(holder, words) {
  const choices = holder.querySelector(".choices");
  const ticked = [...choices.querySelectorAll("input:checked")].map((box) => box.value);
  const labels = [...new Set([...words, ...ticked])].map((word) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    const text = document.createElement("span");
    box.type = "checkbox";
    box.name = holder.dataset.name;
    box.value = word;
    box.checked = ticked.includes(word);
    text.textContent = word;
    label.append(box, text);
    return label;
  });
  choices.replaceChildren(...labels);
  holder.hidden = !labels.length;
}

function suggestionsFor(field) {
  const list = document.createElement("datalist");
  list.id = `book-names-${(lists += 1)}`;
  field.after(list);
  field.setAttribute("list", list.id);
  field.setAttribute("autocomplete", "off");
  return list;
}

function fill(list, names) {
  list.replaceChildren(...names.map((name) => new Option(name, name)));
}
