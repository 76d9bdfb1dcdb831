// What is selected, in words the server understands: block by block, with what stands around it, because others may have
// changed the text by the time it arrives. Offsets count a formula or a line break as one.
const THING = "\ufffc";
const AROUND = 20;

/** The stretches of text between two positions of the document. */
export function partsBetween(doc, from, to) {
  const parts = [];
  doc.nodesBetween(from, to, (block, position) => {
    if (!block.isTextblock) return true;
    const begin = position + 1;
    const words = block.textBetween(0, block.content.size, "", THING);
    const start = Math.max(from - begin, 0);
    const end = Math.min(to - begin, words.length);
    const text = words.slice(start, end);
    if (text.replace(/[\s\ufffc]/g, "")) parts.push({ path: pathTo(doc, begin), from: start, to: end, text, ...around(words, start, end) });
    return false;
  });
  return parts;
}

export const wordsOf = (parts) =>
  parts
    .map(({ text }) => text.split(THING).join(""))
    .join(" ")
    .slice(0, 300);

const around = (words, start, end) => ({ before: words.slice(Math.max(0, start - AROUND), start), after: words.slice(end, end + AROUND) });

function pathTo(doc, position) {
  const place = doc.resolve(position);
  return Array.from({ length: place.depth }, (_, depth) => place.index(depth));
}

/** Where stretches are that were noted down before; null if the words are not there any more. */
export function findParts(doc, parts) {
  const ranges = parts.map((part) => findPart(doc, part));
  if (!ranges.length || ranges.some((range) => !range)) return null;
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

/** As `_find` of document/anchors.py: at its place if the same words stand there, else where something beside them is as it
 *  was, most alike; words that only read the same are others, unless they stand nowhere else and had nothing beside them. */
function findPart(doc, part) {
  const spots = [];
  doc.descendants((block, position) => {
    if (!block.isTextblock) return true;
    const words = block.textBetween(0, block.content.size, "", THING);
    const isThere = pathTo(doc, position + 1).join() === (part.path || []).join();
    for (let at = words.indexOf(part.text); at >= 0; at = words.indexOf(part.text, at + 1)) {
      spots.push({ at, isThere, begin: position + 1, likeness: likeness(words, at, part) });
    }
    return false;
  });
  const alike = spots.filter((spot) => isKnownAgain(spot, part, spots.length === 1));
  const same = spots.find(({ at, isThere }) => isThere && at === part.from) || alike.sort(best)[0];
  return same ? { from: same.begin + same.at, to: same.begin + same.at + part.text.length } : null;
}

function likeness(words, at, { text, before, after }) {
  const reversed = (one) => [...one].reverse();
  return [
    common(reversed(words.slice(0, at)), reversed(before)),
    common([...words.slice(at + text.length)], [...after]),
  ];
}

function common(one, other) {
  const differs = one.findIndex((letter, n) => letter !== other[n]);
  return differs < 0 ? one.length : differs;
}

function isKnownAgain({ likeness: [ahead, behind] }, { before, after }, isOnly) {
  if (!before && !after) return isOnly;
  return (before && ahead > 0) || (after && behind > 0);
}

const sum = ({ likeness: [ahead, behind] }) => ahead + behind;
const best = (one, other) => sum(other) - sum(one) || Number(other.isThere) - Number(one.isThere);
