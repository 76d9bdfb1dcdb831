// 加载更多 is a link to the next page; here the next page's items are added below without leaving.
import { requestHtml } from "../net.js";
import { toggleEmpty } from "../live/fragment.js";
import { applyViewer } from "./viewer-buttons.js";
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-load-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const list = listOf(link);
  if (!list) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  try {
    const { html } = await requestHtml(link.href);
    extend(list, link, new DOMParser().parseFromString(html, "text/html"));
  } catch (error) {
    toast(error.message);
    link.removeAttribute("aria-busy");
  }
});

/** The list named by the link, else the one just before it. */
function listOf(link) {
  if (link.dataset.loadMore) return document.getElementById(link.dataset.loadMore);
  const before = link.closest(".load-more").previousElementSibling;
  return before && before.matches("ul, ol, live-list, tbody, div, table") ? before : null;
}

function extend(list, link, page) {
  const place = link.closest(".load-more");
  const next = page.querySelector(selectorOf(list));
  const more = page.querySelector(link.dataset.loadMore ? `[data-load-more="${link.dataset.loadMore}"]` : "[data-load-more]");
  const added = [];
  for (const item of [...(next ? next.children : [])]) {
    if (item.hasAttribute("data-empty") || (item.id && document.getElementById(item.id))) continue;
    list.append(item);
    applyViewer(item);
    added.push(item);
  }
  toggleEmpty(list);
  if (more) {
    link.href = more.href;
    link.removeAttribute("aria-busy");
  } else place.remove();
  focusFirst(added[0]);
  list.dispatchEvent(new CustomEvent("live-list:updated", { bubbles: true, detail: { added } }));
}

function selectorOf(list) {
  if (list.id) return `#${CSS.escape(list.id)}`;
  const same = [...document.querySelectorAll("main .load-more")].map((place) => place.previousElementSibling);
  list.dataset.more = String(same.indexOf(list));
  return `main ${list.tagName.toLowerCase()}.${[...list.classList].map((name) => CSS.escape(name)).join(".")}`;
}

/** Keyboard and screen reader go on where the new items begin. */
function focusFirst(item) {
  if (!item) return;
  const target = item.querySelector("a, button") || item;
  if (target === item) item.tabIndex = -1;
  target.focus({ preventScroll: true });
}
