// Which letter was typed and which stood there before. y-tiptap compares the words before and after, and of two equal letters side
// by side takes the second for the new one; a change in several places is for it one that rewrites all between them. Then a
// letter of one writer is taken for another's and goes with their suggestion, and what two decide at once stands twice.
// The editor knows better: every step says what it puts in and takes out. So where y-tiptap writes what it has found, that is
// written instead; which paragraph is which, and how the words look, is left to it.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { isChangeOrigin } from "@tiptap/extension-collaboration";
import { ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";

const key = new PluginKey("exactWords");

export const ExactWords = Extension.create({
  name: "exactWords",
  addProseMirrorPlugins: () => [exactPlugin()],
});

/** Its state: the document as Yjs has it, what was done to it since, and what came of that. */
function exactPlugin() {
  let written = null;
  return new Plugin({
    key,
    state: {
      init: (_, { doc }) => ({ base: doc, maps: [], doc }),
      apply(tr, { base, maps, doc }) {
        if (!tr.docChanged) return { base, maps, doc };
        if (isChangeOrigin(tr)) return { base: tr.doc, maps: [], doc: tr.doc };
        const isNew = doc === written;
        return { base: isNew ? doc : base, maps: [...(isNew ? [] : maps), ...tr.mapping.maps], doc: tr.doc };
      },
    },
    view(view) {
      const { binding } = ySyncPluginKey.getState(view.state);
      const usual = binding._prosemirrorChanged;
      binding._prosemirrorChanged = (doc) => {
        const { base, maps, doc: made } = key.getState(view.state);
        binding.doc.transact(() => {
          if (made === doc && doc !== written) writeWords(binding.type, base, maps, doc, () => usual.call(binding, doc));
          else usual.call(binding, doc);
        }, ySyncPluginKey);
        written = doc;
      };
      return { destroy: () => (binding._prosemirrorChanged = usual) };
    },
  });
}

/** Let `write` bring `root` from `base` to `doc` by y-tiptap; the words of paragraphs that stay change as `maps` say. */
export function writeWords(root, base, maps, doc, write) {
  const texts = changedTexts(root, base, maps, doc);
  const ends = texts.map(standIn);
  try {
    write();
  } finally {
    ends.forEach((end) => end());
  }
}

function changedTexts(root, base, maps, doc) {
  const texts = [];
  const start = base.content.findDiffStart(doc.content);
  if (start === null || base.content.size + grown(maps) !== doc.content.size) return texts;
  const { a } = base.content.findDiffEnd(doc.content);
  base.nodesBetween(Math.max(0, Math.min(start, a) - 1), Math.min(base.content.size, Math.max(start, a) + 1), (node, at) => {
    if (!node.isTextblock) return true;
    const [now] = carried([{ from: 0, at, size: 1 }], maps);
    const made = now && doc.nodeAt(now.at);
    const type = made && made !== node && made.type === node.type ? typeAt(root, base.resolve(at)) : null;
    if (type && type.nodeName === node.type.name) texts.push(...textsOf(type, { node, at }, { node: made, at: now.at }, maps));
    return false;
  });
  return texts;
}

function grown(maps) {
  let size = 0;
  maps.forEach((map) => map.forEach((oldStart, oldEnd, newStart, newEnd) => (size += newEnd - newStart - (oldEnd - oldStart))));
  return size;
}

/** y-tiptap takes out what is too much and then puts in what is lacking; if that comes to the same words, they are written as the
 *  steps say. What it only takes out, because it makes an empty paragraph of this one, goes at the end: returns that. */
function standIn({ text, before, after, changes }) {
  let [from, gone] = [0, 0];
  text.delete = (at, length) => ([from, gone] = [at, length]);
  const end = () => {
    giveBack(text);
    if (gone) text.delete(from, gone);
  };
  text.insert = (at, come) => {
    giveBack(text);
    if (before.slice(0, from) + come + before.slice(from + gone) === after) {
      changes.reverse().forEach((change) => replace(text, change));
    } else replace(text, { at, gone, come });
    gone = 0;
  };
  return end;
}

function giveBack(text) {
  delete text.delete;
  delete text.insert;
}

function replace(text, { at, gone, come }) {
  if (gone) text.delete(at, gone);
  if (come) text.insert(at, come);
}

/** What stands in Yjs for the paragraph behind a place. */
function typeAt(root, place) {
  let type = root;
  for (let depth = 0; depth <= place.depth; depth += 1) {
    type = place.index(depth) < type.length ? type.get(place.index(depth)) : null;
    if (!(type instanceof Y.XmlElement)) return null;
  }
  return type;
}

function textsOf(type, old, made, maps) {
  const children = type.toArray();
  const [before, after] = [runsOf(old), runsOf(made)];
  const isAlike = (runs) => runs.length === children.length && runs.every(({ text }, n) => (text !== null) === children[n] instanceof Y.XmlText);
  if (!isAlike(before) || !isAlike(after)) return [];
  return children.flatMap((text, n) => {
    if (!(text instanceof Y.XmlText) || before[n].text === null || wordsOf(text) !== before[n].text) return [];
    const changes = changesBetween(before[n], after[n], maps);
    return changes ? [{ text, before: before[n].text, after: after[n].text, changes }] : [];
  });
}

/** What a paragraph consists of: words side by side, with their place in the document, and `null` for anything else. */
function runsOf({ node, at }) {
  const runs = [];
  node.forEach((child, offset) => {
    const last = runs[runs.length - 1];
    if (!child.isText) runs.push({ text: null, at: at + 1 + offset });
    else if (last && last.text !== null) last.text += child.text;
    else runs.push({ text: child.text, at: at + 1 + offset });
  });
  return runs;
}

const wordsOf = (text) => text.toDelta().map(({ insert }) => insert).join("");

/** What became of some words, as changes of them from the first to the last; null where that cannot be told. */
function changesBetween(before, after, maps) {
  const end = after.at + after.text.length;
  const kept = carried([{ from: 0, at: before.at, size: before.text.length }], maps).filter(({ at, size }) => at >= after.at && at + size <= end);
  const isSame = ({ from, at, size }) => before.text.slice(from, from + size) === after.text.slice(at - after.at, at - after.at + size);
  if (!kept.every(isSame)) return null;
  // Within a character of two numbers nothing can be cut: Yjs would make something unreadable of it.
  const isCut = ({ from, at, size }) => [before.text[from], before.text[from + size], after.text[at - after.at], after.text[at - after.at + size]].some(isSecondHalf);
  if (kept.some(isCut)) return null;
  const changes = [];
  let [old, now] = [0, 0];
  for (const { from, at, size } of [...kept, { from: before.text.length, at: end, size: 0 }]) {
    changes.push(changed(old, before.text.slice(old, from), after.text.slice(now, at - after.at)));
    [old, now] = [from + size, at - after.at + size];
  }
  return changes.filter(({ gone, come }) => gone || come);
}

const isSecondHalf = (letter) => letter >= "\udc00" && letter <= "\udfff";

/** What is written over with the same letters stays, but for half a character. */
function changed(at, old, now) {
  const most = Math.min(old.length, now.length);
  let [first, last] = [0, 0];
  while (first < most && old[first] === now[first]) first += 1;
  if (first && /[\ud800-\udbff]/.test(old[first - 1])) first -= 1;
  while (first + last < most && old[old.length - 1 - last] === now[now.length - 1 - last]) last += 1;
  if (last && /[\udc00-\udfff]/.test(old[old.length - last])) last -= 1;
  return { at: at + first, gone: old.length - first - last, come: now.slice(first, now.length - last) };
}

/** Where parts of the document are after all of `maps`, without what was taken out; `from` stays what it was of each. */
function carried(parts, maps) {
  return maps.reduce((now, map) => now.flatMap((part) => carriedBy(part, map)), parts);
}

function carriedBy({ from, at, size }, map) {
  const left = [];
  let [begin, shift] = [at, 0];
  const keep = (end) => {
    if (end > begin) left.push({ from: from + begin - at, at: begin + shift, size: end - begin });
  };
  map.forEach((oldStart, oldEnd, _newStart, newEnd) => {
    if (oldStart > begin) keep(Math.min(oldStart, at + size));
    begin = Math.max(begin, Math.min(oldEnd, at + size), Math.min(oldStart, at + size));
    shift = newEnd - oldEnd;
  });
  keep(at + size);
  return left;
}
