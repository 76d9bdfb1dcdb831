// Formulas as suggestions. Put in, one is text like any other that is suggested: its TeX, with a mark that says so. An element
// would part the text around it, where somebody may be typing. Once it is accepted it becomes the formula. The server
// reads it in lessonplans/document/suggesting.py.
import { Mark } from "@tiptap/core";
import { Decoration } from "@tiptap/pm/view";
import { drawn } from "../../editor/formulas/formula.js";
import { INSERTION, TEX, markOf } from "./marks.js";

const FORMULA = "formula";
/** What is longer the dialog does not take, and no reading copy shows. */
const LONGEST = 1000;

export const Tex = Mark.create({
  name: TEX,
  inclusive: false,
  // Two side by side stay two by their keys.
  addAttributes: () => ({
    key: { default: "", parseHTML: () => "" },
    display: { default: false, parseHTML: () => false },
  }),
  renderHTML: () => ["code", { class: "suggested-tex" }, 0],
});

/** A formula as text that can be suggested. */
export function texOf({ attrs: { tex, display }, type: { schema } }) {
  const key = Math.random().toString(36).slice(2, 10);
  return schema.text(tex || " ", [schema.marks[TEX].create({ key, display })]);
}

/** Let a text that was accepted become the formula whose TeX it is. */
export function becomeFormula(tr, from, to, { attrs }) {
  const tex = tr.doc.textBetween(from, to);
  return tr.replaceWith(from, to, tr.doc.type.schema.nodes[FORMULA].create({ tex, display: attrs.display }));
}

/** How the formulas look that somebody would put in, behind their TeX. */
export function looksOf(doc) {
  const found = [];
  doc.descendants((node, at) => {
    const tex = node.isText && markOf(node, INSERTION) && markOf(node, TEX);
    if (!tex || node.text.length > LONGEST) return;
    const { display } = tex.attrs;
    const options = { side: -1, key: `tex:${display}:${node.text}`, ignoreSelection: true };
    found.push(Decoration.widget(at + node.nodeSize, () => look(node.text, display), options));
  });
  return found;
}

function look(tex, display) {
  const shown = document.createElement("span");
  shown.className = `formula suggested-look${display ? " is-display" : ""}`;
  shown.contentEditable = "false";
  drawn(tex, display).then((html) => html && (shown.innerHTML = html));
  return shown;
}
