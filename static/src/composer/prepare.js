// A <textarea data-composer> becomes the rich composer when somebody is about to write in it. Until then, and without
// scripts, it is a plain textarea. Its value is HTML once the form's "format" says so; the server reads both.
export const LOOKS_LIKE_HTML = /^\s*<(p|ul|ol|h[1-6]|blockquote|img|table|pre)\b/i;
const mounted = new WeakMap();

export function prepareComposer(area) {
  const begin = () => mountComposer(area);
  // An existing text and a restored draft are HTML, which nobody should have to read in a textarea.
  if (LOOKS_LIKE_HTML.test(area.value)) begin();
  area.addEventListener("focus", begin, { once: true });
  area.addEventListener("draft:restored", () => LOOKS_LIKE_HTML.test(area.value) && begin());
  area.addEventListener("pointerenter", () => load().catch(() => undefined), { once: true });
}

const load = () => import("./composer.js");

/** Turn the textarea into the composer; resolves to it, or to null when its code cannot be fetched. */
export function mountComposer(area) {
  if (!mounted.has(area)) {
    const coming = load().then(
      ({ Composer }) => whenNotComposing(area).then(() => new Composer(area)),
      () => {
        mounted.delete(area);
        setFormat(area, LOOKS_LIKE_HTML.test(area.value) ? "html" : "text");
        return null;
      },
    );
    mounted.set(area, coming);
  }
  return mounted.get(area);
}

export function setFormat(area, format) {
  let input = area.form && area.form.querySelector("input[type=hidden][name=format]");
  if (!input) {
    input = document.createElement("input");
    input.type = "hidden";
    input.name = "format";
    area.insertAdjacentElement("afterend", input);
  }
  input.value = format;
}

/** Pinyin half typed in the textarea would be lost by the change. */
let composing = false;
document.addEventListener("compositionstart", () => (composing = true), true);
document.addEventListener("compositionend", () => (composing = false), true);

function whenNotComposing(area) {
  if (!composing) return Promise.resolve();
  return new Promise((resolve) => {
    area.addEventListener("compositionend", () => setTimeout(resolve, 60), { once: true });
  });
}
