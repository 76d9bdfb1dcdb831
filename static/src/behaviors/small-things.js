// Small conveniences that a page works without.
import { behavior } from "../registry.js";
import { toast } from "./toast.js";

behavior("textarea[data-autosize]", (area) => {
  const fit = () => {
    if (!area.value) {
      // As high as its rows. To measure each of a hundred empty fields would lay the whole page out a hundred times.
      area.style.height = "";
      return;
    }
    if (!area.offsetParent) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, window.innerHeight * 0.7)}px`;
  };
  area.addEventListener("input", fit);
  if (area.form) area.form.addEventListener("reset", () => setTimeout(fit));
  fit();
});

// What was chosen is told beside the field; behind a hidden one there is a button that takes the files at once.
behavior("input[type=file][multiple]:not([hidden]), input[type=file][data-file-list]", (input) => {
  const list = document.createElement("ul");
  list.className = "file-list";
  // A field that lies inside its button: the list stands below the buttons.
  const button = input.closest("label");
  (button ? button.closest(".row") || button : input).insertAdjacentElement("afterend", list);
  input.addEventListener("change", () => {
    list.replaceChildren(...[...input.files].map((file) => fileLine(file)));
  });
  if (input.form) input.form.addEventListener("reset", () => list.replaceChildren());
});

function fileLine(file) {
  const line = document.createElement("li");
  const size = document.createElement("span");
  size.className = "meta num";
  size.textContent = `　${readableSize(file.size)}`;
  line.append(file.name, size);
  return line;
}

export function readableSize(bytes) {
  let size = bytes;
  for (const unit of ["B", "KB", "MB"]) {
    if (size < 1024) return `${unit === "B" || size >= 10 ? Math.round(size) : size.toFixed(1)} ${unit}`;
    size /= 1024;
  }
  return `${size.toFixed(1)} GB`;
}

// Tabs and the stage line scroll sideways where there is no room; the present one shall be in sight, and where the line goes on its
// edge fades.
behavior("[data-scroll-to-current]", (line) => {
  const current = line.querySelector("[aria-current]");
  if (current) line.scrollLeft = current.offsetLeft - (line.clientWidth - current.clientWidth) / 2;
  const fade = () => {
    const before = line.scrollLeft > 1;
    const after = line.scrollLeft + line.clientWidth < line.scrollWidth - 1;
    line.dataset.goesOn = before && after ? "both" : before ? "before" : after ? "after" : "";
  };
  line.addEventListener("scroll", fade, { passive: true });
  window.addEventListener("resize", fade);
  fade();
});

// A select or a checkbox that is a filter: choosing with mouse or finger is asking. With the arrow keys every step on the
// way is a change of a closed select; there Enter or the button asks.
let byKey = null;
document.addEventListener("pointerdown", () => (byKey = null), true);
document.addEventListener(
  "keydown",
  (event) => {
    const filter = event.target.closest("[data-submit-on-change] select");
    byKey = filter;
    if (filter && event.key === "Enter") filter.form.requestSubmit();
  },
  true,
);
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.target !== byKey) form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(new URL(copier.dataset.copy || location.href, location.href).href);
  const source = document.getElementById(event.target.closest("[data-copy-from]")?.dataset.copyFrom || "");
  if (source) copy(source.value, "已复制，可以粘贴到群里");
  const reload = event.target.closest("[data-reload]");
  if (reload) {
    event.preventDefault();
    location.reload();
  }
});

/** Put text into the clipboard and say so. */
export async function copy(text, said = "链接已复制") {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch (_) {
    // Plain http and old engines: a field from which it can be copied.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    toast(document.execCommand("copy") ? said : text);
    field.remove();
  }
}
