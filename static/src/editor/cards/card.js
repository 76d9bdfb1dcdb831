// A card that leads to something on this site: a resource, a plan, a second of a recording. It holds the title as it was
// when it was put here; whether one may see what is behind it is decided when it is opened.
import { Node } from "@tiptap/core";
import { secondsOf, shownTime } from "./address.js";

export const PlanCard = Node.create({
  name: "card",
  group: "block",
  atom: true,
  draggable: true,

  addAttributes() {
    return {
      href: { default: "", parseHTML: (element) => element.dataset.href || "" },
      title: { default: "", parseHTML: (element) => element.dataset.title || "" },
      label: { default: "", parseHTML: (element) => element.dataset.label || "" },
    };
  },

  parseHTML() {
    return [{ tag: "div[data-card]" }];
  },

  renderHTML({ node }) {
    const { href, title, label } = node.attrs;
    return ["div", { "data-card": "", "data-href": href, "data-title": title, "data-label": label }, title];
  },

  renderText({ node }) {
    return node.attrs.title;
  },

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("div");
      dom.className = "link-card";
      dom.append(...parts(node.attrs));
      return { dom, stopEvent: (event) => event.type === "click" && Boolean(event.target.closest("a")) };
    };
  },
});

function parts({ href, title, label }) {
  const kind = document.createElement("span");
  kind.className = "link-card-kind";
  kind.textContent = label;
  const link = document.createElement("a");
  link.textContent = title;
  if (/^\/(?![/\\])/.test(href)) link.href = href;
  link.target = "_blank";
  link.rel = "noopener";
  const from = document.createElement("span");
  from.className = "link-card-from";
  const seconds = secondsOf(href);
  from.textContent = seconds === null ? "" : `${shownTime(seconds)} 起`;
  return [kind, link, from];
}
