// The texts that changes of this page ended, and what took their place: for words of others that come in later, in those
// texts or in paragraphs that were made beside them.
import * as Y from "yjs";
import { contentOf, covers, endedIn, isWords, newTexts, placeOf, successorOf } from "./ended-texts.js";

const MOST = 200;

export class Moves {
  constructor() {
    this.known = [];
    this.late = [];
  }

  get any() {
    return this.known.length > 0;
  }

  remember(transaction) {
    const ended = endedIn(transaction);
    const made = ended.length ? newTexts(transaction) : [];
    for (const text of ended) {
      const ids = [];
      let words = "";
      for (let item = text._start; item !== null; item = item.right) {
        if (!item.countable || !Y.isDeleted(transaction.deleteSet, item.id)) continue;
        ids.push({ client: item.id.client, clock: item.id.clock, length: item.length, offset: words.length });
        words += contentOf(item);
      }
      this.known.push({ id: text._item.id, ids, words, target: successorOf(words, made), place: placeOf(text) });
    }
    this.known.splice(0, this.known.length - MOST);
  }

  /** The words among `structs` that came too late, as groups for each text they belong into. `known` says how much of each
   *  writer was here before, `lost(id)` whether something of a writer is not to be seen now. */
  lateWords(structs, known, lost) {
    const groups = new Map();
    for (const struct of structs) {
      if (!(struct instanceof Y.Item)) continue;
      if (struct.content instanceof Y.ContentType && lost(struct.id)) this.rememberLate(struct);
      if (!isWords(struct)) continue;
      const { client, clock } = struct.id;
      const skipped = Math.max(0, (known.get(client) || 0) - clock);
      if (skipped >= struct.length || !lost(Y.createID(client, clock + skipped))) continue;
      const origin = skipped ? Y.createID(client, clock + skipped - 1) : struct.origin;
      const text = struct.content.str.slice(skipped);
      this.place(groups, { client, from: clock + skipped, to: clock + struct.length, text }, origin, struct);
    }
    return [...groups.values()];
  }

  place(groups, piece, origin, { rightOrigin, parent }) {
    for (const group of groups.values()) {
      const before = origin && group.pieces.find(({ client, to }) => client === origin.client && to === origin.clock + 1);
      if (!before) continue;
      if (before.client === piece.client) Object.assign(before, { text: before.text + piece.text, to: piece.to });
      else group.pieces.splice(group.pieces.indexOf(before) + 1, 0, { ...piece, offset: before.offset });
      return;
    }
    for (const move of this.known) {
      const offset = offsetIn(move, origin, rightOrigin, parent);
      if (offset === null) continue;
      const { words, target, place } = move;
      if (!groups.has(move)) groups.set(move, { words, target, place, pieces: [] });
      const { pieces } = groups.get(move);
      pieces.push({ ...piece, offset });
      pieces.sort((one, other) => one.offset - other.offset);
      return;
    }
    this.placeAlone(groups, piece, [parent, origin, rightOrigin]);
  }

  /** A paragraph, or what is in it, that somebody made where everything has ended: its words will have a place of their own. */
  rememberLate({ id, parent, origin, rightOrigin }) {
    const beside = [parent, origin, rightOrigin].filter((one) => one instanceof Y.ID);
    const isBeside = (other) => beside.some((one) => Y.compareIDs(one, other));
    const place = (this.late.find((one) => isBeside(one.id)) || this.known.find((move) => move.place.some((one) => isBeside(one.id))))?.place;
    if (!place) return;
    this.late.push({ id, place, ids: [] });
    this.late.splice(0, this.late.length - MOST);
  }

  placeAlone(groups, piece, neighbors) {
    const beside = neighbors.filter((one) => one instanceof Y.ID);
    const holds = ({ id, ids }) => beside.some((one) => Y.compareIDs(id, one) || ids.some((range) => covers(range, one)));
    const late = this.late.find(holds);
    if (!late) return;
    late.ids.push({ client: piece.client, clock: piece.from, length: piece.to - piece.from });
    if (!groups.has(late)) groups.set(late, { words: "", target: null, place: late.place, pieces: [] });
    groups.get(late).pieces.push({ ...piece, offset: 0 });
  }
}

/** After how many words of a text that ended something belongs; null when it belongs elsewhere. */
function offsetIn({ id, ids }, origin, rightOrigin, parent) {
  const left = origin && ids.find((one) => covers(one, origin));
  if (left) return left.offset + (origin.clock - left.clock) + 1;
  const right = !origin && rightOrigin && ids.find((one) => covers(one, rightOrigin));
  if (right) return right.offset + (rightOrigin.clock - right.clock);
  return !origin && !rightOrigin && parent instanceof Y.ID && Y.compareIDs(parent, id) ? 0 : null;
}
