// The commented words in the text: which are shown, which is looked at, and the words a comment is being written about.
import { Extension } from "@tiptap/core";
import { Fragment, Slice } from "@tiptap/pm/model";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";
import { anchorsOf } from "./mark.js";

export const highlights = new PluginKey("commentHighlights");

/** `press(anchors)` is called when commented words are pressed. */
export function highlighting({ known, press }) {
  return Extension.create({
    name: "commentHighlights",
    addProseMirrorPlugins() {
      const { mode } = this.editor.storage.suggesting;
      return [plugin(known, press, mode)];
    },
  });
}

function plugin(known, press, mode) {
  return new Plugin({
    key: highlights,
    state: {
      init: (_, state) => shown(state.doc, { open: new Set(), current: null, draft: null }),
      apply(transaction, value) {
        const wanted = transaction.getMeta(highlights);
        if (!wanted && !transaction.docChanged) return value;
        return shown(transaction.doc, { ...value, ...wanted });
      },
    },
    props: {
      decorations: (state) => highlights.getState(state).decorations,
      handleClick(view, position) {
        const { places, open, current } = highlights.getState(view.state);
        const pressed = [...places.keys()].filter((cid) => (open.has(cid) || cid === current) && holds(places.get(cid), position));
        if (pressed.length) press(pressed);
        return false;
      },
      transformPasted: (slice, view) => new Slice(kept(slice.content, view, known(), mode), slice.openStart, slice.openEnd),
    },
  });
}

const holds = (ranges, position) => ranges.some(({ from, to }) => position >= from && position <= to);

/** Where the words of each comment are now, and how they look. */
function shown(doc, { open, current, draft }) {
  const places = new Map();
  const looks = [];
  doc.descendants((node, position) => {
    if (!node.isText) return;
    const anchors = anchorsOf(node);
    if (!anchors.length) return;
    const range = { from: position, to: position + node.nodeSize };
    anchors.forEach((cid) => places.set(cid, [...(places.get(cid) || []), range]));
    if (anchors.includes(current)) looks.push(Decoration.inline(range.from, range.to, { class: "commented is-current" }));
    else if (anchors.some((cid) => open.has(cid))) looks.push(Decoration.inline(range.from, range.to, { class: "commented" }));
  });
  const range = draft && draft();
  if (range && range.from < range.to) looks.push(Decoration.inline(range.from, range.to, { class: "commented is-current" }));
  return { open, current, draft, places, decorations: DecorationSet.create(doc, looks) };
}

/** Cut and pasted, words keep their comment; a copy of them is not what was commented on. In 修订 what is dragged stays,
 *  struck out, where it was. */
function kept(content, view, known, mode) {
  const { places } = highlights.getState(view.state);
  const moved = view.dragging && view.dragging.move && !mode.works;
  const stays = (cid) => known.has(cid) && (moved || !places.has(cid));
  const clean = (fragment) => {
    const nodes = [];
    fragment.forEach((node) => {
      const inner = node.isText ? node : node.copy(clean(node.content));
      nodes.push(inner.mark(node.marks.filter((mark) => mark.type.name !== "comment" || stays(mark.attrs.cid))));
    });
    return Fragment.fromArray(nodes);
  };
  return clean(content);
}
