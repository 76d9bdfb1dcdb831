// Where the words stand in the document, and what shows them. Found anew with every change, whoever made it.
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

export const findKey = new PluginKey("find");
const NOTHING = { words: "", matches: [], at: -1, shown: DecorationSet.empty };

export function findPlugin() {
  return new Plugin({
    key: findKey,
    state: {
      init: () => NOTHING,
      apply(transaction, before, _old, state) {
        const asked = transaction.getMeta(findKey);
        if (!asked && (!before.words || !transaction.docChanged)) return before;
        const words = asked && asked.words !== undefined ? asked.words : before.words;
        if (!words) return NOTHING;
        const matches = asked && asked.words === undefined ? before.matches : matchesIn(state.doc, words);
        const at = asked && asked.at !== undefined ? asked.at : kept(before, transaction, matches);
        return { words, matches, at, shown: drawn(state.doc, matches, at) };
      },
    },
    props: { decorations: (state) => findKey.getState(state).shown },
  });
}

/** The match that was the current one stays it; one that was changed makes way for the next. */
function kept(before, transaction, matches) {
  if (!matches.length) return -1;
  if (before.at < 0 || !before.matches[before.at]) return 0;
  const place = transaction.mapping.map(before.matches[before.at].from);
  const next = matches.findIndex(({ from }) => from >= place);
  return next < 0 ? 0 : next;
}

export function matchesIn(doc, words) {
  const matches = [];
  const wanted = plain(words);
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true;
    // Everything in a line that is no text takes one place, as it does in the document.
    const text = plain(node.textBetween(0, node.content.size, "", "\ufffc"));
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      matches.push({ from: position + 1 + at, to: position + 1 + at + wanted.length });
    }
    return false;
  });
  return matches;
}

/** Without regard to case, as long as nothing changes its length by that. */
function plain(text) {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

function drawn(doc, matches, at) {
  const marks = matches.map(({ from, to }, n) => Decoration.inline(from, to, { class: n === at ? "found is-current" : "found" }));
  return DecorationSet.create(doc, marks);
}
