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

/** Add HTML at the end of what is being written and go there: 引用, a template. */
export async function insertInto(area, html) {
  const composer = await mountComposer(area);
  if (composer) composer.insert(html);
  else {
    area.value += new DOMParser().parseFromString(html, "text/html").body.textContent;
    area.focus();
  }
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

// data-quote="<id of the post>" data-quote-into="<id of the textarea>": the selected words, else the whole post.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-quote]");
  if (!button) return;
  const post = document.getElementById(button.dataset.quote);
  const area = document.getElementById(button.dataset.quoteInto);
  if (!post || !area) return;
  event.preventDefault();
  insertInto(area, quoted(post));
});

const QUOTE_LENGTH = 200;

function quoted(post) {
  const selection = String(window.getSelection());
  const inside = selection && post.contains(window.getSelection().anchorNode);
  const body = post.querySelector(".prose");
  const text = (inside ? selection : body ? body.innerText : "").trim();
  const quote = document.createElement("blockquote");
  const line = document.createElement("p");
  const short = text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text;
  line.textContent = post.dataset.authorName ? `${post.dataset.authorName}：${short}` : short;
  quote.append(line);
  return `${quote.outerHTML}<p></p>`;
}
