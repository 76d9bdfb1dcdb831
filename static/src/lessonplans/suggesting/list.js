// The open suggestions of a document, in its order: what belongs to one id is one suggestion.
import { BREAK, DELETION, INSERTION, JOIN, isSuggestion } from "./marks.js";

export function suggestionsIn(doc) {
  const found = new Map();
  doc.descendants((node, position) => {
    if (!node.isText) return;
    for (const mark of node.marks.filter(isSuggestion)) {
      const { id, author, name, at } = mark.attrs;
      if (!found.has(id)) found.set(id, { id, author, name, at, from: position, ranges: [] });
      found.get(id).ranges.push({ from: position, to: position + node.nodeSize, mark, text: node.text });
    }
  });
  return [...found.values()];
}

const wordsOf = (suggestion, name) =>
  suggestion.ranges
    .filter(({ mark }) => mark.type.name === name)
    .map(({ text }) => text)
    .join("");

/** Whether accepting it makes new paragraphs, or one of two. */
export const breaksUp = (suggestion) => [BREAK, JOIN].some((sign) => wordsOf(suggestion, INSERTION).includes(sign));

/** What a suggestion says: kind in words (the same words in another look are 格式), what goes, what comes. */
export function told(suggestion) {
  const out = wordsOf(suggestion, DELETION);
  const all = wordsOf(suggestion, INSERTION);
  const put = all.split(BREAK).join("↵").split(JOIN).join("");
  if (!out && !put && all) return { kind: "合并两段", out, put };
  const kind = out && out === put ? "格式" : out && put ? "改" : put ? "增" : "删";
  return { kind, out, put };
}
