// Texts of a document that end together with the paragraph they stand in, and what takes their place.
import * as Y from "yjs";

export const isWords = (item) => item.content instanceof Y.ContentString;

/** An item's characters; one character for whatever is none. */
export const contentOf = (item) => (isWords(item) ? item.content.str : "\ufffc".repeat(item.length));

export const covers = ({ client, clock, length }, id) => id.client === client && id.clock >= clock && id.clock < clock + length;

/** The texts that ended in a transaction because what they stood in did. */
export function endedIn(transaction) {
  const texts = new Set();
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (item) => {
    const { parent } = item;
    if (item instanceof Y.Item && isWords(item) && parent instanceof Y.XmlText && parent._item && parent._item.deleted) texts.add(parent);
  });
  return [...texts];
}

/** What ended in a transaction with nothing in it: a paragraph, or the text of one, in which somebody else may just be writing. */
export function emptyEndedIn(transaction) {
  const found = [];
  const isEnded = (item) => Y.isDeleted(transaction.deleteSet, item.id);
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (item) => {
    const type = item instanceof Y.Item && item.content instanceof Y.ContentType ? item.content.type : null;
    if (!(type instanceof Y.XmlElement || type instanceof Y.XmlText)) return;
    let within = type._start;
    while (within !== null && !isEnded(within)) within = within.right;
    if (within === null) found.push(type);
  });
  return found;
}

/** What stands in a text. */
export function wordsOf(text) {
  let words = "";
  for (let item = text._start; item !== null; item = item.right) if (!item.deleted && item.countable) words += contentOf(item);
  return words;
}

/** The texts into which a transaction wrote. */
export function newTexts({ doc, beforeState, afterState, changed }) {
  const texts = new Set([...changed.keys()].filter((type) => type instanceof Y.XmlText));
  for (const [client, clock] of afterState) {
    const begin = beforeState.get(client) || 0;
    const structs = begin < clock ? doc.store.clients.get(client) : [];
    for (let i = structs.length - 1; i >= 0 && structs[i].id.clock + structs[i].length > begin; i--) {
      if (structs[i].parent instanceof Y.XmlText) texts.add(structs[i].parent);
    }
  }
  return [...texts];
}

/** The one among `made` that says the same words, alone or as part of more; null where there is none. */
export function successorOf(words, made) {
  const alive = made.filter((text) => text._item && !text._item.deleted);
  if (!words) return null;
  return alive.find((text) => wordsOf(text) === words) || alive.find((text) => wordsOf(text).includes(words)) || null;
}

/** What a text's paragraph stands in, or a paragraph itself, from the inside out: each parent with the number of the child that leads there. */
export function placeOf(text) {
  const place = [];
  for (let type = text; type._item; type = type._item.parent) place.push({ parent: type._item.parent, id: type._item.id });
  return text instanceof Y.XmlText ? place.slice(1) : place;
}

/** Whether what has this number is deleted, or forgotten altogether. */
export function isGone(doc, id) {
  const structs = doc.store.clients.get(id.client);
  const struct = structs && id.clock < Y.getState(doc.store, id.client) && structs[Y.findIndexSS(structs, id.clock)];
  return Boolean(struct && struct.deleted);
}
