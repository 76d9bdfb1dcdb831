// A section of a lesson plan: a heading that typing cannot destroy, and free blocks below it.
// Content is `block*` on purpose: y-tiptap deletes a node whose content does not match after concurrent edits, and an
// empty section must never vanish with its heading.
import { Node, mergeAttributes } from "@tiptap/core";
import { Plugin, PluginKey, TextSelection } from "@tiptap/pm/state";
import { isChangeOrigin } from "@tiptap/extension-collaboration";

export const PlanSection = Node.create({
  name: "planSection",
  content: "block*",
  isolating: true,
  defining: true,
  selectable: false,

  addAttributes() {
    return {
      key: { default: "", parseHTML: (element) => element.dataset.section || "" },
      title: { default: "", parseHTML: (element) => element.dataset.title || "" },
      hint: { default: "", parseHTML: (element) => element.dataset.hint || "" },
    };
  },

  parseHTML() {
    return [{ tag: "section[data-section]", contentElement: ".plan-section-body" }];
  },

  renderHTML({ node }) {
    const { key, title, hint } = node.attrs;
    const marks = { "data-section": key, "data-title": title, "data-hint": hint, class: "plan-section" };
    return [
      "section",
      mergeAttributes(marks),
      ["h2", { contenteditable: "false" }, title],
      ["div", { class: "plan-section-body" }, 0],
    ];
  },

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("section");
      const heading = document.createElement("h2");
      const contentDOM = document.createElement("div");
      contentDOM.className = "plan-section-body";
      heading.contentEditable = "false";
      // Who writes this section: lessonplans/together/claiming.js.
      const hand = document.createElement("div");
      hand.className = "section-hand no-print";
      hand.contentEditable = "false";
      dom.append(heading, hand, contentDOM);
      const show = (shown) => {
        dom.className = "plan-section";
        dom.id = `section-${shown.attrs.key}`;
        dom.dataset.section = shown.attrs.key;
        heading.textContent = shown.attrs.title;
        const empty =
          shown.childCount === 0 ||
          (shown.childCount === 1 && shown.firstChild.isTextblock && !shown.firstChild.content.size);
        dom.toggleAttribute("data-empty", empty);
        contentDOM.dataset.hint = shown.attrs.hint;
      };
      show(node);
      return {
        dom,
        contentDOM,
        update: (next) => next.type === node.type && (show(next), true),
        stopEvent: (event) => hand.contains(event.target),
        ignoreMutation: (mutation) => !contentDOM.contains(mutation.target) || mutation.type === "attributes",
      };
    };
  },

  addKeyboardShortcuts() {
    // Ctrl+A takes the section first, the whole plan the second time.
    return { "Mod-a": ({ editor }) => selectSection(editor) };
  },

  addProseMirrorPlugins() {
    return [guard(this.editor), filler()];
  },
});

function sectionKeys(doc) {
  const keys = [];
  doc.forEach((node) => node.type.name === "planSection" && keys.push(node.attrs.key));
  return keys;
}

// One's own typing cannot remove a section; what comes from the others (and undo) has been judged at its origin.
function guard(editor) {
  return new Plugin({
    key: new PluginKey("planSectionGuard"),
    filterTransaction(transaction, state) {
      if (!transaction.docChanged || isChangeOrigin(transaction) || transaction.getMeta("sections")) return true;
      const before = sectionKeys(state.doc);
      const after = new Set(sectionKeys(transaction.doc));
      const kept = before.every((key) => after.has(key));
      if (!kept) editor.emit("sectionGuarded");
      return kept;
    },
  });
}

// An empty section gets a paragraph to write in.
function filler() {
  return new Plugin({
    key: new PluginKey("planSectionFiller"),
    appendTransaction(transactions, before, state) {
      const typed = transactions.some((transaction) => transaction.docChanged && !isChangeOrigin(transaction));
      if (!typed) return null;
      const spots = [];
      state.doc.forEach((node, offset) => {
        if (node.type.name === "planSection" && node.childCount === 0) spots.push(offset + 1);
      });
      if (!spots.length) return null;
      const tr = state.tr;
      spots.reverse().forEach((spot) => tr.insert(spot, state.schema.nodes.paragraph.create()));
      return tr;
    },
  });
}

function selectSection(editor) {
  const { $from, from, to } = editor.state.selection;
  if ($from.depth < 1 || $from.node(1).type.name !== "planSection") return false;
  const { doc, tr } = editor.state;
  const whole = TextSelection.between(doc.resolve($from.start(1)), doc.resolve($from.end(1)));
  if (whole.empty) return true; // nothing here to select, and the whole plan is not what was meant
  if (from <= whole.from && to >= whole.to) return false;
  editor.view.dispatch(tr.setSelection(whole));
  return true;
}
