// [data-photos]: photos that can be put into the column they stand in, and taken out again. What is pressed is what the text shows.
import { LOOKS_LIKE_HTML } from "../composer/prepare.js";
import { behavior } from "../registry.js";

behavior("[data-photos]", (strip) => {
  const area = strip.closest("[data-part]").querySelector("textarea");
  const show = () => {
    const shown = pictures(page(area.value));
    for (const button of strip.querySelectorAll("[data-photo]")) {
      button.setAttribute("aria-pressed", String(shown.has(button.dataset.photo)));
    }
  };
  area.addEventListener("input", show);
  area.addEventListener("draft:restored", show);
  strip.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-photo]");
    if (!button) return;
    area.value = changed(area.value, button.dataset.photo, button.dataset.alt);
    area.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  show();
  strip.hidden = false;
});

function page(html) {
  return new DOMParser().parseFromString(LOOKS_LIKE_HTML.test(html) ? html : "", "text/html");
}

function pictures(parsed) {
  return new Map([...parsed.querySelectorAll("img")].map((image) => [image.getAttribute("src"), image]));
}

/** The text without the photo, or with it at the end. */
function changed(html, address, alt) {
  const parsed = page(html);
  if (html.trim() && !LOOKS_LIKE_HTML.test(html)) parsed.body.append(paragraph(html));
  const there = pictures(parsed).get(address);
  if (there) {
    there.remove();
    return parsed.body.innerHTML;
  }
  const image = parsed.createElement("img");
  image.setAttribute("src", address);
  image.setAttribute("alt", alt);
  parsed.body.append(image);
  return parsed.body.innerHTML;
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
