// The number under which this page writes into the document. Whoever may only suggest writes under one of those set aside
// for them (lessonplans/collab/writers.py), which is also told by the number alone; everybody else under a small one.
import { removeAwarenessStates } from "y-protocols/awareness";

const SET_ASIDE = 2 ** 52;
const EACH = 2 ** 21;

/** The number `n`, below 2^21, of those set aside for somebody. */
export const ownNumber = (userId, n) => SET_ASIDE + userId * EACH + n;

const isOf = (number, userId) => Math.floor((number - SET_ASIDE) / EACH) === userId;

/** Take the right number for what this person may do; whether it is another now. */
export function renumber(doc, awareness, userId, suggestsOnly) {
  const before = doc.clientID;
  if (suggestsOnly ? isOf(before, userId) : before < SET_ASIDE) return false;
  do doc.clientID = suggestsOnly ? ownNumber(userId, Math.floor(Math.random() * EACH)) : Math.floor(Math.random() * 2 ** 32);
  while (doc.store.clients.has(doc.clientID));
  const state = awareness.getLocalState();
  removeAwarenessStates(awareness, [awareness.clientID], "renumbered"); // Yjs may have taken another since for the words alone
  awareness.clientID = doc.clientID;
  awareness.setLocalState(state);
  return true;
}

/** Write under the right number from now on. `proposes`: whether the page says of its reader that they may only suggest. */
export function keepNumber(provider, userId, proposes) {
  const { doc, awareness } = provider;
  const look = () => {
    if (provider.role === "read") return false;
    return renumber(doc, awareness, userId, provider.role === null ? proposes : provider.role === "suggest");
  };
  // The room knows this page under its number, so it enters anew; after a change of rights it does so anyway.
  const keep = () => look() && queueMicrotask(() => provider.joined && provider.join());
  provider.on("role", keep);
  // Yjs takes a number at random where another page has the same.
  doc.on("afterTransactionCleanup", keep);
}
