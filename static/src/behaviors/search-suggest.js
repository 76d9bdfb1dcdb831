// One's own latest searches, popular ones, and titles that begin with what is being typed, as links under the search box.
// Enter still searches for the words.
const WAIT_MS = 160;

export function suggest(input) {
  if (input.dataset.suggesting) return;
  input.dataset.suggesting = "on";
  const panel = document.createElement("nav");
  panel.className = "suggestions";
  panel.setAttribute("aria-label", "搜索建议");
  panel.hidden = true;
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  input.form.append(panel, status);
  let timer = 0;
  let asking = null;

  const close = () => {
    panel.hidden = true;
    status.textContent = "";
  };
  const ask = async () => {
    const text = input.value.trim();
    if (asking) asking.abort();
    asking = new AbortController();
    const address = `${input.dataset.suggestSrc}?q=${encodeURIComponent(text)}`;
    const { items } = await fetch(address, { headers: { Accept: "application/json" }, signal: asking.signal })
      .then((answer) => (answer.ok ? answer.json() : { items: [] }))
      .catch(() => ({ items: [] }));
    if (input.value.trim() !== text || !input.form.contains(document.activeElement)) return;
    show(panel, items);
    status.textContent = items.length ? `有 ${items.length} 条建议，按向下键选择` : "";
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  };

  input.addEventListener("input", (event) => event.isComposing || later());
  input.addEventListener("compositionend", later);
  input.form.addEventListener("keydown", (event) => walk(input, panel, close, event));
  input.form.addEventListener("focusout", (event) => input.form.contains(event.relatedTarget) || close());
  input.addEventListener("focus", (event) => input.value.trim() || panel.contains(event.relatedTarget) || later());
  input.addEventListener("click", () => input.value.trim() || later());
  if (!input.autofocus && document.activeElement === input && !input.defaultValue) later();
}

function show(panel, items) {
  const list = document.createElement("ul");
  for (const { title, label, note, url } of items) {
    const link = document.createElement("a");
    const kind = document.createElement("span");
    link.href = url;
    kind.className = "muted small";
    kind.textContent = note ? `${label} · ${note}` : label;
    link.append(title, " ", kind);
    list.append(document.createElement("li"));
    list.lastChild.append(link);
  }
  panel.replaceChildren(list);
  panel.hidden = items.length === 0;
}

function walk(input, panel, close, event) {
  if (event.isComposing || panel.hidden) return;
  if (event.key === "Escape") {
    event.stopPropagation();
    close();
    input.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const places = [input, ...panel.querySelectorAll("a")];
  const next = (places.indexOf(document.activeElement) + step + places.length) % places.length;
  places[next].focus();
}
