// Two who accept the same break or join before they hear of each other both put what stands behind it into its new place.
// So whoever accepts one notes in the document which characters that put in. Only acceptances that did not know of each
// other leave two notes of one suggestion; then the same one of both stays everywhere, and of the other go those
// characters by their own numbers: whatever else was written there since stays.
import * as Y from "yjs";
import { NOTES, movedBy, noteMoved, offsetOf, surplusIn, takeWords } from "./copies.js";

export { NOTES };
const BY = " by ";
/** Begins the notes about cells: what a merge puts into one stands nowhere else any more, whoever else accepts what. */
const ALONE = "grid-";
/** Begins the notes of words that were put back (kept-words.js). */
export const KEPT = "kept-";

export const aloneId = (id) => ALONE + id;

/** Accept the suggestion `id` by `act`, and note what it put into the document, and of the words of cells where they were;
 *  `act` may tell itself which words it moved. */
export function notedIn(doc, id, act) {
  const before = Y.getState(doc.store, doc.clientID);
  let told = null;
  const moved = movedBy(doc, () => (told = act()));
  const after = Y.getState(doc.store, doc.clientID);
  if (after === before) return;
  doc.transact(() => {
    const notes = doc.getMap(NOTES);
    // An earlier acceptance that was undone since is known here, so this one is no double of it.
    for (const key of [...notes.keys()]) if (key.startsWith(id + BY)) notes.delete(key);
    notes.set(`${id}${BY}${doc.clientID}`, [before, after]);
    noteMoved(doc, id, told || (id.startsWith(ALONE) ? moved : []));
  });
}

/** Call `tell` whenever somebody accepted something. */
export function watchNotes(doc, tell) {
  doc.getMap(NOTES).observe(tell);
}

/** Whether anything stands in the document that two put there at once. */
export const isDoubled = (doc) => doubled(doc).length > 0 || surplusIn(doc).length > 0;

/** The notes of each suggestion that was accepted more than once, in the order that is the same everywhere. */
function doubled(doc) {
  const found = new Map();
  for (const [key, range] of doc.getMap(NOTES)) {
    const [id, by] = key.split(BY);
    if (!isRange(range) || !/^\d+$/.test(by || "")) continue;
    if (!found.has(id)) found.set(id, []);
    found.get(id).push({ key, client: Number(by), from: range[0], to: range[1] });
  }
  const several = [...found.values()].filter((notes) => notes.length > 1);
  return several.map((notes) => notes.sort((one, other) => one.client - other.client));
}

/** Says of a word whether an acceptance put it in: a copy of words that stand elsewhere too, if two accepted. Words of cells and
 *  words that were put back are told from their copies by other notes (copies.js). */
export function copiesOf(doc) {
  const isCopy = ([key, range]) => ![ALONE, KEPT].some((begin) => key.startsWith(begin)) && isRange(range);
  const ranges = [...doc.getMap(NOTES)].filter(isCopy).map(([key, range]) => ({ by: Number(key.split(BY)[1]), range }));
  return ({ client, clock }) => ranges.some(({ by, range: [from, to] }) => by === client && from <= clock && clock < to);
}

const isRange = (range) => Array.isArray(range) && range.length === 2 && range.every(Number.isSafeInteger);

/** Take out what was put in twice; `isMine` says which writers this page may settle for. Returns the notes of what went,
 *  and whether something stands twice that is not the same any more, so that a person has to look. */
export function settleDoubles(doc, isMine) {
  const settled = { gone: [], unclear: false };
  doc.transact(() => {
    for (const notes of doubled(doc)) {
      const [kept, ...others] = notes.filter((note) => said(doc, note));
      const [first] = notes;
      for (const note of notes) {
        if (note === (kept || first) || !isMine(note.client)) continue;
        doc.getMap(NOTES).delete(note.key);
        if (!others.includes(note)) continue;
        if (said(doc, note) !== said(doc, kept)) settled.unclear = true;
        else settled.gone.push(takeOut(doc, note));
      }
    }
    const words = surplusIn(doc).filter(({ client }) => isMine(client));
    takeWords(doc, words);
    settled.gone.push(...words.map(({ client, clock }) => ({ client, from: clock })));
  });
  return settled;
}

/** What of it stands there still: its elements and characters. */
function said(doc, note) {
  return pieces(doc, note)
    .map(({ item, words }) => words || (item.content.type instanceof Y.XmlElement ? `<${item.content.type.nodeName}>` : ""))
    .join("");
}

/** The parts of a note's range that stand in the text, in the order in which they were written. */
function pieces(doc, { client, from, to }) {
  const found = [];
  for (const item of doc.store.clients.get(client) || []) {
    if (item.id.clock >= to) break;
    if (item.id.clock + item.length <= from || item.deleted || item.parentSub !== null || !item.countable) continue;
    const skipped = Math.max(0, from - item.id.clock);
    const words = item.content instanceof Y.ContentString ? item.content.str.slice(skipped, to - item.id.clock) : "";
    if (words || item.content instanceof Y.ContentType) found.push({ item, skipped, words });
  }
  return found;
}

/** First the characters; then, from the inmost, the elements in which nobody wrote anything. */
function takeOut(doc, note) {
  const found = pieces(doc, note);
  const texts = found.filter(({ words }) => words).map((piece) => ({ ...piece, at: piece.skipped + offsetOf(piece.item) }));
  texts.sort((one, other) => other.at - one.at).forEach(({ item, at, words }) => item.parent.delete(at, words.length));
  const elements = found.filter(({ item }) => item.content instanceof Y.ContentType).reverse();
  for (const { item } of elements) {
    if (item.content.type.length) continue;
    item.parent.delete(item.parent.toArray().indexOf(item.content.type), 1);
  }
  return note;
}

const forgotten = new WeakSet();

/** Undoing what was taken out as a double would bring it back a second time. */
export function forgetUndoing(undoManager, { client, from }) {
  const holds = ({ insertions }) => Y.isDeleted(insertions, Y.createID(client, from));
  undoManager.undoStack.filter(holds).forEach((step) => forgotten.add(step));
  undoManager.undoStack = undoManager.undoStack.filter((step) => !forgotten.has(step));
}

export function isForgotten(step) {
  return forgotten.has(step);
}
