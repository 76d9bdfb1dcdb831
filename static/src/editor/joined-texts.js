// Two who begin to write in one empty paragraph, or put words into one empty cell, before they hear of each other leave two texts
// in it. Whose text is the second one puts its words behind those of the first. y-tiptap does it too, but while it draws and in two
// steps, so that nothing could tell that the words which come are those which go; so it is done here before.
import * as Y from "yjs";

/** Make texts side by side one, in what a transaction has changed, where the second is this page's. */
export function joinOwnTexts({ doc, changed }) {
  for (const parent of changed.keys()) {
    if (!(parent instanceof Y.XmlElement) || parent._item.deleted) continue;
    let first = null;
    parent.toArray().forEach((child) => {
      const isText = child instanceof Y.XmlText;
      if (isText && first && child._item.id.client === doc.clientID) join(doc, first, child);
      else first = isText ? child : null;
    });
  }
}

function join(doc, first, second) {
  doc.transact(() => {
    first.applyDelta([{ retain: first.length }, ...second.toDelta()]);
    const { parent } = second;
    parent.delete(parent.toArray().indexOf(second), 1);
  });
}
