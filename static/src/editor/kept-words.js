// Words typed in a paragraph while somebody else gave it another kind, put it into a list, joined it to its neighbor, moved
// or deleted it. For Yjs that is the end of the old paragraph and a new one, and such words would end with the old one.
//
// So whenever something comes in, the page looks for words that ended because of where they stood, not because anybody
// deleted them. Who typed them puts them back: into the text that took the old one's place, after the same words; where
// nothing took its place they become a paragraph of their own. Whoever made the change does it when the writer is gone,
// or when their own page closes before that is known; and anybody else when both are gone.
// Two who do it at once are settled like two who accept one suggestion (twice.js).
import * as Y from "yjs";
import { copiesIn, followMoved, movedElsewhere } from "../lessonplans/suggesting/copies.js";
import { KEPT, NOTES, copiesOf, notedIn } from "../lessonplans/suggesting/twice.js";
import { joinOwnTexts } from "./joined-texts.js";
import { Moves } from "./moves.js";
import { contentOf, covers, emptyEndedIn, endedIn, isGone, isWords, newTexts, placeOf, successorOf, wordsOf } from "./ended-texts.js";
import { nearestPlace } from "./nearest-place.js";

const WRITER_GONE_MS = 3000;
const BOTH_GONE_MS = 8000;
const SPREAD_MS = 4000;

export class KeptWords {
  /** `page` has `allows(nodeName)`: may a paragraph stand in it; `caretText()`: the text with the caret; `canWrite()`;
   *  `ready()`: resolves when no input method is at work; `kept(words)`: hears what was put back where; `ended(words)`:
   *  hears of one's own that could not be. */
  constructor(doc, field, page) {
    Object.assign(this, { doc, page, root: doc.getXmlFragment(field), moves: new Moves(), waiting: new Map() });
    this.onTransaction = (transaction) => {
      if (transaction.local) this.moves.remember(transaction, endedIn(transaction), emptyEndedIn(transaction));
      if (page.canWrite()) followMoved(transaction);
    };
    this.beforeDrawn = (transaction) => page.canWrite() && joinOwnTexts(transaction);
    doc.on("afterTransaction", this.onTransaction);
    doc.on("beforeObserverCalls", this.beforeDrawn);
  }

  destroy() {
    this.doc.off("afterTransaction", this.onTransaction);
    this.doc.off("beforeObserverCalls", this.beforeDrawn);
    for (const timer of this.waiting.keys()) clearTimeout(timer);
  }

  /** Take `update` in by `change()`; `vector` is what the server had, where that is known. */
  around(update, change, vector) {
    if (!update) return change();
    const had = vector && Y.decodeStateVector(vector);
    const unsent = (id) => Boolean(had) && id.clock >= (had.get(id.client) || 0);
    const known = new Map([...this.doc.store.clients.keys()].map((client) => [client, Y.getState(this.doc.store, client)]));
    const caretText = this.page.caretText();
    const groups = [];
    const look = (transaction) => {
      if (transaction.local) return; // what was mended while this came in
      const ended = endedIn(transaction);
      const empty = emptyEndedIn(transaction);
      if (!ended.length && !empty.length && !this.moves.any && !(known.size && this.doc.getMap(NOTES).size)) return;
      const { structs, ds } = Y.decodeUpdate(update);
      const meant = (id) => Y.isDeleted(ds, id);
      const copied = copiesOf(this.doc);
      const own = (id) => (id.client === this.doc.clientID ? !copied(id) : unsent(id));
      const others = (id) => !own(id) && !copied(id);
      for (const text of ended) groups.push({ ...this.wordsIn(text, transaction, meant, own), hadCaret: text === caretText, wait: 0 });
      // What had ended before, or comes in already ended, is late.
      const wasHere = ({ _item: { id } }) => Y.isDeleted(transaction.deleteSet, id) && id.clock < (transaction.beforeState.get(id.client) || 0);
      const here = ended.filter(wasHere);
      for (const text of here) groups.push({ ...this.wordsIn(text, transaction, meant, others), isOthers: true });
      this.moves.remember(transaction, here, empty.filter(wasHere), meant);
      const gone = (id) => !meant(id) && isGone(this.doc, id);
      let copyOf = null;
      const found = (id) => (copyOf = copyOf || copiesIn(this.doc))(id);
      groups.push(...this.moves.lateWords(structs, known, (id) => !own(id) && gone(id), found));
    };
    this.doc.on("afterTransaction", look);
    try {
      change();
    } finally {
      this.doc.off("afterTransaction", look);
    }
    for (const group of groups) if (group.pieces.length) this.putBackLater(group);
  }

  /** Somebody's words of a text that ended, each after how many of the words that went on elsewhere. */
  wordsIn(text, transaction, meant, whose) {
    const group = { words: "", pieces: [] };
    for (let item = text._start; item !== null; item = item.right) {
      if (!item.countable || !Y.isDeleted(transaction.deleteSet, item.id)) continue;
      const content = contentOf(item);
      for (let i = 0; i < content.length; i++) {
        const id = Y.createID(item.id.client, item.id.clock + i);
        if (meant(id)) group.words += content[i];
        else if (isWords(item) && whose(id)) add(group.pieces, id, content[i], group.words.length);
      }
    }
    return { ...group, target: successorOf(group.words, newTexts(transaction)), place: placeOf(text) };
  }

  putBackLater(group) {
    // Not all at once, so that the others hear of who is first.
    const late = group.isOthers ? BOTH_GONE_MS + Math.random() * SPREAD_MS : WRITER_GONE_MS;
    const wait = group.wait === undefined ? late : group.wait;
    const timer = setTimeout(async () => {
      await this.page.ready();
      if (this.waiting.delete(timer)) this.putBackUnlessKept(group);
    }, wait);
    this.waiting.set(timer, group);
  }

  /** For a page that is about to close: nobody else may be left who would do it later. */
  putBackNow() {
    for (const [timer, group] of this.waiting) {
      clearTimeout(timer);
      this.waiting.delete(timer);
      this.putBackUnlessKept(group);
    }
  }

  putBackUnlessKept(group) {
    this.moves.close(group);
    const [stands, isBack] = [movedElsewhere(this.doc), this.keptBefore()];
    const isLost = (id) => !isBack(id) && !stands(id);
    const pieces = group.pieces.flatMap((piece) => partsOf(piece, isLost));
    if (!pieces.length) return;
    if (this.page.canWrite()) this.putBack({ ...group, pieces });
    else if (group.wait === 0) this.page.ended(pieces.map(({ text }) => text).join(""));
  }

  /** Says of a word whether somebody noted that it was put back, wherever it went since. */
  keptBefore() {
    const ranges = [];
    for (const [key, runs] of this.doc.getMap(NOTES)) {
      const [, by, begin, end] = (/^kept-(\d+)-(\d+)-(\d+) /.exec(key) || []).map(Number);
      if (by !== undefined) ranges.push({ client: by, clock: begin, length: end - begin });
      if (!key.startsWith(`from ${KEPT}`) || !Array.isArray(runs)) continue;
      for (let n = 0; n + 3 < runs.length; n += 4) ranges.push({ client: runs[n], clock: runs[n + 1], length: runs[n + 2] });
    }
    return (id) => ranges.some((range) => covers(range, id));
  }

  putBack(group) {
    const { target, pieces } = group;
    const isThere = target && target._item && !target._item.deleted;
    const [{ client, from, to }] = pieces;
    let kept = null;
    notedIn(this.doc, `${KEPT}${client}-${from}-${to}`, () => {
      this.doc.transact(() => {
        kept = isThere ? this.putInto(target, group) : this.putBeside(group);
      }, this);
      return kept.moved;
    });
    this.page.kept({ ...kept, hadCaret: group.hadCaret, isAlone: !isThere });
  }

  /** From the last to the first, so that the places before stay what they are. */
  putInto(text, { words, pieces }) {
    const now = wordsOf(text);
    const begin = Math.max(0, now.indexOf(words));
    const last = pieces[pieces.length - 1];
    const moved = [...pieces].reverse().flatMap((piece) => {
      const next = Y.getState(this.doc.store, this.doc.clientID);
      text.insert(Math.min(begin + piece.offset, now.length), piece.text);
      return movedTo(piece, next);
    });
    const before = pieces.slice(0, -1).reduce((sum, piece) => sum + piece.text.length, 0);
    return { text, at: Math.min(begin + last.offset, now.length) + before + last.text.length, moved };
  }

  putBeside({ pieces, place }) {
    const { parent, index } = nearestPlace(this.root, place, this.page.allows);
    const words = pieces.map((piece) => piece.text).join("");
    const paragraph = new Y.XmlElement("paragraph");
    const text = new Y.XmlText(words);
    paragraph.insert(0, [text]);
    parent.insert(Math.min(index, parent.length), [paragraph]);
    let next = Y.getState(this.doc.store, this.doc.clientID) - words.length;
    const moved = pieces.flatMap((piece) => movedTo(piece, (next += piece.text.length) - piece.text.length));
    return { text, at: words.length, moved };
  }
}

/** The parts of a piece that are meant, letter by letter. */
function partsOf({ client, from, text, offset }, isMeant) {
  const parts = [];
  [...Array(text.length).keys()].forEach((n) => isMeant(Y.createID(client, from + n)) && add(parts, Y.createID(client, from + n), text[n], offset));
  return parts;
}

/** Where the words of a piece are now, for the notes. */
const movedTo = ({ client, from, to }, next) => [[client, from, to - from, next]];

/** Join to the piece before where they stand at the same place and go on in the numbers of one writer. */
function add(pieces, { client, clock }, character, offset) {
  const last = pieces[pieces.length - 1];
  if (last && last.offset === offset && last.client === client && last.to === clock) {
    Object.assign(last, { text: last.text + character, to: clock + 1 });
  } else pieces.push({ client, from: clock, to: clock + 1, text: character, offset });
}
