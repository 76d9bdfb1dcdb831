// A filter with many values: 更多 brings all of them into the list without leaving the page, and a field finds among them.
import { requestHtml } from "../net.js";
import { behavior } from "../registry.js";

behavior("a[data-facet]", (link) => {
  link.addEventListener("click", async (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const id = `facet-${link.dataset.facet}`;
    try {
      const { html } = await requestHtml(link.href);
      const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
      if (!fresh) throw new Error("no such filter any more");
      const list = document.importNode(fresh, true);
      document.getElementById(id).replaceWith(list);
      focusIn(list);
    } catch (_) {
      location.assign(link.href); // the browser says itself what is wrong with the line
    }
  });
});

/** Whoever asked goes on in the list: in the field, once it is there, or on the link that turns it back. */
const focusIn = (list) => setTimeout(() => (list.querySelector("[data-facet-search]:not([hidden]) input") || list.querySelector("a[data-facet]")).focus(), 0);

behavior("[data-facet-search]", (box) => {
  const [field, said] = [box.querySelector("input"), box.querySelector("[role=status]")];
  const items = [...box.parentElement.querySelectorAll(".facet-values > li")];
  box.hidden = false;
  const look = () => {
    const typed = field.value.trim().toLowerCase();
    const fitting = items.filter((item) => {
      item.hidden = !item.textContent.toLowerCase().includes(typed);
      return !item.hidden;
    });
    said.textContent = typed ? (fitting.length ? `有 ${fitting.length} 个` : "没有这样的，换几个字试试") : "";
    return fitting;
  };
  // Letters on the way to a character are in no name.
  field.addEventListener("input", (event) => event.isComposing || look());
  field.addEventListener("compositionend", look);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    const [first] = look();
    if (field.value.trim() && first) first.querySelector("a").focus();
  });
});
