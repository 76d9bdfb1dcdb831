// The texts that changes ended, and what took their place: for words that come in later, in those texts or in paragraphs that
// were made beside them. What other pages changed is remembered too, for they may be closed by then.
import * as Y from "yjs";
import { contentOf, covers, isWords, newTexts, placeOf, successorOf } from "./ended-texts.js";

const MOST = 200;

export class Moves {
  constructor() {
    this.known = [];
    this.late = [];
    // What will be put back where, as long as that has not been done.
    this.open = new Map();
    this.byNotes = new Map();
  }

  get any() {
    return this.known.length > 0;
  }

  /** `ended` are texts with words, `empty` what ended with nothing in it; `meant` says which letters the change was about; those
   *  that its maker did not know of ended with them. */
  remember(transaction, ended, empty, meant = () => true) {
    const made = ended.length ? newTexts(transaction) : [];
    const isOwn = transaction.local;
    for (const text of ended) {
      const ids = [];
      let words = "";
      for (let item = text._start; item !== null; item = item.right) {
        if (!item.countable || !Y.isDeleted(transaction.deleteSet, item.id)) continue;
        const content = contentOf(item);
        for (let n = 0; n < content.length; n += 1) {
          const id = Y.createID(item.id.client, item.id.clock + n);
          if (!meant(id)) continue;
          ids.push({ client: id.client, clock: id.clock, length: 1, offset: words.length });
          words += content[n];
        }
      }
      this.known.push({ id: text._item.id, ids, words, target: successorOf(words, made), place: placeOf(text), isOwn });
    }
    for (const type of empty) this.known.push({ id: type._item.id, ids: [], words: "", target: null, place: placeOf(type), isOwn });
    for (const hasWords of [true, false]) this.keepNewest((move) => move.isOwn === isOwn && Boolean(move.words) === hasWords);
  }

  keepNewest(isSuch) {
    const surplus = this.known.filter(isSuch).slice(0, -MOST);
    if (surplus.length) this.known = this.known.filter((move) => !surplus.includes(move));
  }

  /** The words among `structs` that came too late, as groups for each text they belong into; those for which there is a group
   *  already are added to it. `known` says how much of each writer was here before, `lost(id)` whether something of a writer is
   *  not to be seen now, `copyOf(id)` where a letter stands that was moved, by the notes of whoever did it. */
  lateWords(structs, known, lost, copyOf) {
    const before = new Set(this.open.values());
    for (const struct of structs) {
      if (!(struct instanceof Y.Item)) continue;
      if (struct.content instanceof Y.ContentType && lost(struct.id)) this.rememberLate(struct);
      if (!isWords(struct)) continue;
      const { client, clock } = struct.id;
      const skipped = Math.max(0, (known.get(client) || 0) - clock);
      if (skipped >= struct.length || !lost(Y.createID(client, clock + skipped))) continue;
      const origin = skipped ? Y.createID(client, clock + skipped - 1) : struct.origin;
      const text = struct.content.str.slice(skipped);
      this.place({ client, from: clock + skipped, to: clock + struct.length, text }, origin, struct, copyOf);
    }
    return [...this.open.values()].filter((group) => !before.has(group));
  }

  /** A group is being put back: what comes in from now on makes another one. */
  close(group) {
    for (const [move, open] of this.open) if (open === group) this.open.delete(move);
  }

  place(piece, origin, { rightOrigin, parent }, copyOf) {
    for (const [move, { pieces }] of this.open) {
      const offset = origin && putBeside(pieces, piece, origin, 1);
      const found = typeof offset === "number" ? offset : rightOrigin && putBeside(pieces, piece, rightOrigin, 0);
      if (typeof found === "number") return noteLate(move, piece, found);
    }
    for (const move of this.known) {
      const offset = offsetIn(move, origin, rightOrigin, parent);
      if (offset === null) continue;
      putAt(this.groupOf(move, move).pieces, piece, offset);
      return noteLate(move, piece, offset);
    }
    if (!this.placeAlone(piece, [parent, origin, rightOrigin])) this.placeByNotes(piece, origin, rightOrigin, copyOf);
  }

  groupOf(move, { words, target, place, isOwn }) {
    if (!this.open.has(move)) this.open.set(move, { words, target, place, pieces: [], isOthers: !isOwn });
    return this.open.get(move);
  }

  /** Who moved the words beside it may have been this page before it was closed and opened again. */
  placeByNotes(piece, origin, rightOrigin, copyOf) {
    const found = (origin && copyOf(origin)) || (rightOrigin && copyOf(rightOrigin));
    if (!found) return;
    const { text, at } = found;
    const offset = at + Number(Boolean(origin && copyOf(origin)));
    if (!this.byNotes.has(text)) this.byNotes.set(text, { ids: [] });
    const move = this.byNotes.get(text);
    putAt(this.groupOf(move, { words: "", target: text, place: placeOf(text) }).pieces, piece, offset);
    noteLate(move, piece, offset);
  }

  /** A paragraph, or what is in it, that somebody made where everything has ended: its words will have a place of their own. */
  rememberLate({ id, parent, origin, rightOrigin }) {
    const beside = [parent, origin, rightOrigin].filter((one) => one instanceof Y.ID);
    const isBeside = (other) => beside.some((one) => Y.compareIDs(one, other));
    const found = this.late.find((one) => isBeside(one.id)) || this.known.find((move) => move.place.some((one) => isBeside(one.id)));
    if (!found) return;
    this.late.push({ id, place: found.place, ids: [], isOwn: found.isOwn });
    this.late.splice(0, this.late.length - MOST);
  }

  placeAlone(piece, neighbors) {
    const beside = neighbors.filter((one) => one instanceof Y.ID);
    const holds = ({ id, ids }) => beside.some((one) => Y.compareIDs(id, one) || ids.some((range) => covers(range, one)));
    const late = this.late.find(holds);
    if (!late) return false;
    this.groupOf(late, { words: "", target: null, place: late.place, isOwn: late.isOwn }).pieces.push({ ...piece, offset: 0 });
    noteLate(late, piece, 0);
    return true;
  }
}

/** What comes later may stand beside this. */
function noteLate({ ids }, { client, from, to }, offset) {
  ids.push({ client, clock: from, length: to - from, offset, isLate: true });
}

function putAt(pieces, piece, offset) {
  pieces.push({ ...piece, offset });
  pieces.sort((one, other) => one.offset - other.offset);
}

/** Put a piece among others, behind (`behind` is 1) or before the letter `id` of one of them; returns where that stands, null
 *  where none has it. */
function putBeside(pieces, piece, id, behind) {
  const at = pieces.findIndex(({ client, from, to }) => client === id.client && from <= id.clock && id.clock < to);
  if (at < 0) return null;
  const { offset, client, from, to, text } = pieces[at];
  const cut = id.clock - from + behind;
  const parts = [
    { offset, client, from, to: from + cut, text: text.slice(0, cut) },
    { ...piece, offset },
    { offset, client, from: from + cut, to, text: text.slice(cut) },
  ];
  pieces.splice(at, 1, ...parts.filter((part) => part.text));
  return offset;
}

/** After how many words of a text that ended something belongs; null when it belongs elsewhere. */
function offsetIn({ id, ids }, origin, rightOrigin, parent) {
  const left = origin && ids.find((one) => covers(one, origin));
  if (left) return left.offset + (left.isLate ? 0 : origin.clock - left.clock + 1);
  const right = !origin && rightOrigin && ids.find((one) => covers(one, rightOrigin));
  if (right) return right.offset + (right.isLate ? 0 : rightOrigin.clock - right.clock);
  return !origin && !rightOrigin && parent instanceof Y.ID && Y.compareIDs(parent, id) ? 0 : null;
}
