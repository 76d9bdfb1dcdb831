// 加载更多 is a link to the next page; here the next page's items are added below without leaving.
import { requestHtml } from "../net.js";
import { toggleEmpty } from "../live/fragment.js";
import { applyViewer } from "./viewer-buttons.js";
import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-load-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const list = document.getElementById(link.dataset.loadMore);
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

function extend(list, link, page) {
  const place = link.closest(".load-more");
  const next = page.getElementById(list.id);
  const more = page.querySelector(`[data-load-more="${link.dataset.loadMore}"]`);
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

/** Keyboard and screen reader go on where the new items begin. */
function focusFirst(item) {
  if (!item) return;
  const target = item.querySelector("a, button") || item;
  if (target === item) item.tabIndex = -1;
  target.focus({ preventScroll: true });
}
