// Binary values as the socket delivers them, and state vectors.
import * as Y from "yjs";

export function bytes(value) {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

// The msgpack encoder of the socket knows ArrayBuffer only; a view would travel as an object with numbered keys.
export function wire(view) {
  return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
}

// True when the replica with vector `mine` lacks something that `theirs` has.
export function isBehind(mine, theirs) {
  const known = Y.decodeStateVector(mine);
  for (const [client, clock] of Y.decodeStateVector(theirs)) {
    if (clock > (known.get(client) || 0)) return true;
  }
  return false;
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
