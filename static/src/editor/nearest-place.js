// Where a paragraph may stand in place of one whose surroundings are gone as well.
import { covers } from "./ended-texts.js";

/** The innermost of `place` (see `placeOf`) that is still there and `allows` a paragraph, as { parent, index }. */
export function nearestPlace(root, place, allows) {
  for (const { parent, id } of place) {
    if (parent === root) return endOf(root, aliveBefore(parent, id));
    if (parent._item && !parent._item.deleted && allows(parent.nodeName)) return { parent, index: aliveBefore(parent, id) };
  }
  return endOf(root, root.length);
}

/** A whole section went: the end of the one before it. */
function endOf(root, index) {
  const parent = root.get(Math.max(0, Math.min(index, root.length) - 1));
  return { parent, index: parent.length };
}

/** How many living children of `parent` stand before the child with this number, which need not live any more. */
function aliveBefore(parent, id) {
  let count = 0;
  for (let item = parent._start; item !== null; item = item.right) {
    if (covers({ client: item.id.client, clock: item.id.clock, length: item.length }, id)) return count;
    if (!item.deleted && item.countable) count += item.length;
  }
  return count;
}
