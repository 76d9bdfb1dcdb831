// A formula in the line or on a line of its own. The document holds its TeX; what is shown is MathML, made here by KaTeX
// once a page has a formula, and by the server for reading and print.
import { Node } from "@tiptap/core";
import { goingAttribute, goingLook } from "../../lessonplans/suggesting/blocks.js";
import { formulaDialog } from "./dialog.js";

export const Formula = Node.create({
  name: "formula",
  group: "inline",
  inline: true,
  atom: true,

  addAttributes() {
    return {
      tex: { default: "", parseHTML: (element) => element.dataset.tex || "" },
      display: { default: false, parseHTML: (element) => element.hasAttribute("data-display") },
      ...goingAttribute(),
    };
  },

  parseHTML() {
    return [{ tag: "span[data-tex]" }];
  },

  renderHTML({ node }) {
    const { tex, display } = node.attrs;
    return ["span", { "data-tex": tex, ...(display ? { "data-display": "" } : {}) }, tex];
  },

  renderText({ node }) {
    return node.attrs.tex;
  },

  addNodeView() {
    return ({ node, editor }) => {
      const dom = document.createElement("span");
      show(dom, node);
      dom.addEventListener("dblclick", () => editor.isEditable && formulaDialog(editor));
      return { dom, update: (next) => next.type === node.type && (show(dom, next), true), ignoreMutation: () => true };
    };
  },

  addKeyboardShortcuts() {
    const open = ({ editor }) => editor.isEditable && (formulaDialog(editor), true);
    return { "Mod-Alt-m": open, Enter: ({ editor }) => editor.isActive("formula") && open({ editor }) };
  },
});

function show(dom, node) {
  const { tex, display } = node.attrs;
  const { class: going = "", title = "", "data-suggestion": suggestion } = goingLook(node.attrs);
  dom.className = `formula${display ? " is-display" : ""} ${going}`.trim();
  dom.title = title;
  if (suggestion) dom.dataset.suggestion = suggestion;
  else delete dom.dataset.suggestion;
  const code = document.createElement("code");
  code.textContent = tex;
  dom.replaceChildren(code);
  dom.dataset.tex = tex;
  drawn(tex, display).then((html) => {
    if (html && dom.dataset.tex === tex) dom.innerHTML = html;
  });
}

/** The MathML of a formula, "" where it cannot be shown; then its TeX stands. */
export async function drawn(tex, display) {
  if (typeof MathMLElement === "undefined") return "";
  try {
    const { mathml } = await import("./katex.js");
    return mathml(tex, display);
  } catch (_) {
    return "";
  }
}
