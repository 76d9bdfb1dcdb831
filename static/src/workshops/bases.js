// What somebody's writing began from, kept beside the draft: a draft that comes back after the tab was closed was written
// on what the server said then, not on what it says now.
import { viewerId } from "../net.js";

const baseKey = (name) => `uuid:${viewerId()}:${location.pathname}:base-${name}`;

/** Keep what the field `name` was written on; null lets it go. */
export function keepBase(name, base) {
  try {
    if (base === null) localStorage.removeItem(baseKey(name));
    else localStorage.setItem(baseKey(name), base);
  } catch (_) {
    // Without storage there is no draft either.
  }
}

/** What the restored draft of this field was written on; empty when nothing is known. */
export function keptBase(name) {
  try {
    return localStorage.getItem(baseKey(name)) || "";
  } catch (_) {
    return "";
  }
}
