// 回复 and 引用 under a post use the one form of the page: it says whom one answers, and what was typed stays.
import { mountComposer } from "../composer/prepare.js";
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";

const keyOf = () => `answering:${viewerId()}:${location.pathname}`;

behavior("form#reply", (form) => {
  // A draft that came back still answers whom it answered; the address may say otherwise.
  const kept = read();
  const named = form.elements.parent_id.value || form.elements.quote_id.value;
  if (kept && !named && form.elements.html.value) aim(form, kept);
  form.addEventListener("files:restored", () => kept && !named && aim(form, kept));
  form.elements.html.addEventListener("draft:restored", () => form.elements.html.value || aim(form, {}));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-answer], [data-cite], [data-answer-cancel]");
  const form = document.getElementById("reply");
  if (!link || !form || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (link.dataset.answer) aim(form, { parent: link.dataset.answer, text: `回复 ${link.dataset.name}` });
  else if (link.dataset.cite) aim(form, { quote: link.dataset.cite, text: `引用 ${link.dataset.name}：${words(link)}` });
  else aim(form, {});
  focusText(form);
});

document.addEventListener("async-form:done", (event) => {
  if (event.target.id === "reply") aim(event.target, {});
});

function aim(form, { parent = "", quote = "", text = "" }) {
  write(text ? { parent, quote, text } : null);
  // Quoting an answer to somebody stays in that thread's place only if one also answers it.
  form.elements.parent_id.value = parent;
  form.elements.quote_id.value = quote;
  const line = form.querySelector("[data-answering]");
  line.hidden = !text;
  line.querySelector("[data-answering-text]").textContent = text;
}

const WORDS = 40;

function words(link) {
  const prose = link.closest("[data-author]").querySelector(".prose");
  const text = prose.textContent.trim().replace(/\s+/g, " ");
  return text.length > WORDS ? `${text.slice(0, WORDS)}…` : text;
}

/** At once, and in the plain field while the composer is still being fetched: the next key belongs to the answer. */
async function focusText(form) {
  const area = form.elements.html;
  form.scrollIntoView({ block: "nearest" });
  if (!area.hidden) area.focus({ preventScroll: true });
  const composer = await mountComposer(area);
  if (composer && !composer.box.contains(document.activeElement)) composer.takeFocus();
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(keyOf()));
  } catch (_) {
    return null;
  }
}

function write(target) {
  try {
    if (target) localStorage.setItem(keyOf(), JSON.stringify(target));
    else localStorage.removeItem(keyOf());
  } catch (_) {
    // Without storage there is no draft that could come back either.
  }
}
