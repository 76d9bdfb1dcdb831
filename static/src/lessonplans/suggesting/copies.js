// Two who merge different cells that overlap, before they hear of each other, both put the words of the cell that they share
// into another one. So whoever moves words notes of each where it came from. Words that come from the same place and stand
// more than once are then the same ones: the first of them stays, by an order that is the same everywhere.
import * as Y from "yjs";
import { endedIn, isGone, isWords, newTexts } from "../../editor/ended-texts.js";

export const NOTES = "decided";
const FROM = "from ";
const FOLLOWED = "followed";
const BY = " by ";
const CELLS = ["tableCell", "tableHeader"];

const nameOf = ({ client, clock }) => `${client} ${clock}`;

/** Documents in which somebody is just moving words and will note it. */
const noting = new WeakSet();

/** Do `act` and return what words it moved: rows of whose they were, from which number on, how many, and their numbers now. */
export function movedBy(doc, act) {
  const runs = [];
  const look = (transaction) => transaction.local && runs.push(...movedIn(transaction));
  doc.on("afterTransaction", look);
  noting.add(doc);
  try {
    act();
  } finally {
    noting.delete(doc);
    doc.off("afterTransaction", look);
  }
  return runs;
}

/** Words move without a decision too: two texts of one paragraph become one, or copies go where their cell goes. This is noted
 *  as well, or nothing would tell any more what they are copies of. */
export function followMoved(transaction) {
  const { doc, local } = transaction;
  if (!local || noting.has(doc) || !endedIn(transaction).length) return;
  const { before } = moved(doc);
  const isJoined = ({ _item: { parent } }) => Boolean(parent._item) && !parent._item.deleted;
  noteMoved(doc, FOLLOWED, movedIn(transaction, (text, ids) => isJoined(text) || ids.some((id) => before.has(nameOf(id)))));
}

function movedIn(transaction, isMeant = () => true) {
  const { doc, deleteSet, beforeState } = transaction;
  const ended = endedIn(transaction);
  if (!ended.length) return [];
  const first = beforeState.get(doc.clientID) || 0;
  const isNew = (id) => id.client === doc.clientID && id.clock >= first && !isGone(doc, id);
  const made = newTexts(transaction).map((text) => lettersOf(text, isNew));
  return ended.flatMap((text) => {
    const gone = lettersOf(text, (id) => Y.isDeleted(deleteSet, id));
    const says = (one) => one.words.includes(gone.words);
    const now = gone.words && (made.find((one) => one.words === gone.words) || made.find(says));
    if (!now) return [];
    const at = now.words.indexOf(gone.words);
    const taken = now.ids.splice(at, gone.ids.length);
    now.words = now.words.slice(0, at) + now.words.slice(at + gone.words.length);
    return isMeant(text, gone.ids) ? runsOf(gone.ids, taken) : [];
  });
}

function lettersOf(text, isMeant) {
  const found = { words: "", ids: [] };
  for (let item = text._start; item !== null; item = item.right) {
    if (!isWords(item)) continue;
    for (let n = 0; n < item.length; n += 1) {
      const id = Y.createID(item.id.client, item.id.clock + n);
      if (!isMeant(id)) continue;
      found.words += item.content.str[n];
      found.ids.push(id);
    }
  }
  return found;
}

function runsOf(sources, copies) {
  const runs = [];
  sources.forEach((source, n) => {
    const last = runs[runs.length - 1];
    const goesOn = last && source.client === last[0] && source.clock === last[1] + last[2] && copies[n].clock === last[3] + last[2];
    if (goesOn) last[2] += 1;
    else runs.push([source.client, source.clock, 1, copies[n].clock]);
  });
  return runs;
}

/** Note what words this page moved, beside what it moved before by the same suggestion: cells that somebody else put in the
 *  place of some of those say it still, and it is accepted once more. */
export function noteMoved(doc, id, runs) {
  if (!runs.length) return;
  const [notes, key] = [doc.getMap(NOTES), `${FROM}${id}${BY}${doc.clientID}`];
  const known = notes.get(key);
  notes.set(key, [...(Array.isArray(known) ? known : []), ...runs.flat()]);
}

/** All words that were moved and stand where they were put, in the order that is the same everywhere: each with the name of
 *  what it was before anybody moved it. */
function moved(doc) {
  const before = new Map();
  const copies = [];
  for (const [key, runs] of doc.getMap(NOTES)) {
    const client = Number(key.split(BY)[1]);
    if (!key.startsWith(FROM) || !Array.isArray(runs)) continue;
    for (let n = 0; n + 3 < runs.length; n += 4) {
      const [whose, from, length, to] = runs.slice(n, n + 4);
      for (let at = 0; at < length; at += 1) {
        const copy = Y.createID(client, to + at);
        if (!before.has(nameOf(copy))) copies.push(copy);
        before.set(nameOf(copy), nameOf({ client: whose, clock: from + at }));
      }
    }
  }
  const firstName = (id) => {
    let name = nameOf(id);
    for (const seen = new Set(); before.has(name) && !seen.has(name); name = before.get(name)) seen.add(name);
    return name;
  };
  const stands = (id) => id.clock < Y.getState(doc.store, id.client) && !isGone(doc, id);
  const order = (one, other) => one.client - other.client || one.clock - other.clock;
  return { before, firstName, standing: copies.filter(stands).sort(order) };
}

/** The words that stand a second time. */
export function surplusIn(doc) {
  const { firstName, standing } = moved(doc);
  const seen = new Set();
  return standing.filter((id) => {
    const name = firstName(id);
    const isSecond = seen.has(name);
    seen.add(name);
    return isSecond;
  });
}

/** Says of a word that ended whether somebody has moved it to where it stands still. */
export function movedElsewhere(doc) {
  const { firstName, standing } = moved(doc);
  const names = new Set(standing.map(firstName));
  return (id) => names.has(firstName(id));
}

/** Says of a word where it stands that somebody has moved: the text, and after how many others in it. */
export function copiesIn(doc) {
  const { firstName, standing } = moved(doc);
  const found = new Map(standing.map((id) => [firstName(id), id]));
  return (id) => {
    const copy = found.get(firstName(id));
    const item = copy && itemOf(doc, copy.client, copy.clock);
    return item ? { text: item.parent, at: offsetOf(item) + copy.clock - item.id.clock } : null;
  };
}

/** Take these words out, and the paragraphs that were made for them. */
export function takeWords(doc, ids) {
  const emptied = new Map();
  for (const { client, clock } of [...ids].reverse()) {
    const item = itemOf(doc, client, clock);
    const text = item.parent;
    text.delete(offsetOf(item) + clock - item.id.clock, 1);
    if (!text.length) emptied.set(text, client);
  }
  emptied.forEach((client, text) => dropBlock(text.parent, client));
}

const itemOf = (doc, client, clock) => {
  const structs = doc.store.clients.get(client);
  return structs[Y.findIndexSS(structs, clock)];
};

/** How much stands before an item in its text. */
export function offsetOf(item) {
  let at = 0;
  for (let one = item.left; one !== null; one = one.left) if (!one.deleted && one.countable) at += one.length;
  return at;
}

/** With the items and lists around it that were made for it alone; something stays in every cell. */
function dropBlock(block, client) {
  let one = block;
  const isFor = ({ _item }) => _item && !_item.deleted && _item.id.client === client;
  if (!isFor(one) || one.length !== 1) return;
  while (one.parent.length === 1 && isFor(one.parent) && !CELLS.includes(one.parent.nodeName)) one = one.parent;
  if (one.parent.length > 1) one.parent.delete(one.parent.toArray().indexOf(one), 1);
}
