// Suggested changes (修订) in the text: what somebody would put in, and what somebody would take out. The server reads
// them in lessonplans/document/suggesting.py; a reading copy is the text as if none was accepted.
import { Mark } from "@tiptap/core";

export const INSERTION = "insertion";
export const DELETION = "deletion";
/** Within an insertion: a new paragraph begins here once it is accepted. */
export const BREAK = "¶";
/** Within an insertion, at the end of a paragraph: the next one joins on once it is accepted. */
export const JOIN = "\u204b";
/** A mark within an insertion: these words are the TeX of a formula that stands here once it is accepted (`formulas.js`). */
export const TEX = "tex";
/** As many colors as the carets have; see suggesting.css. */
const TONES = 10;

function suggestionMark(name, tag) {
  return Mark.create({
    name,
    inclusive: false,
    addAttributes: () => ({
      id: { default: "", parseHTML: (element) => element.dataset.suggestion },
      author: { default: 0, parseHTML: (element) => Number(element.dataset.author) || 0 },
      name: { default: "", parseHTML: (element) => element.dataset.name || "" },
      at: { default: 0, parseHTML: (element) => Number(element.dataset.at) || 0 },
    }),
    parseHTML: () => [{ tag: `${tag}[data-suggestion]`, priority: 70 }],
    renderHTML: ({ mark: { attrs } }) => [
      tag,
      {
        "data-suggestion": attrs.id,
        "data-author": attrs.author,
        "data-name": attrs.name,
        "data-at": attrs.at,
        class: `suggested suggested-tone-${toneOf(attrs.author)}`,
      },
      0,
    ],
  });
}

export const Insertion = suggestionMark(INSERTION, "ins");
export const Deletion = suggestionMark(DELETION, "del");

export const toneOf = (author) => Math.abs(Math.trunc(author)) % TONES;

export const isSuggestion = (mark) => mark.type.name === INSERTION || mark.type.name === DELETION;

/** A text's mark of this name, if it has one. */
export const markOf = (node, name) => node.marks.find(({ type }) => type.name === name);
