// Before there was note-store.js, notes lay in localStorage under note:<person>:<lesson>:<uuid> and sheets under sheet:<person>:<lesson>.

/** [{key, text, kind, row}] of everybody; what cannot be read is left alone. */
export function olderEntries() {
  try {
    return Object.keys(localStorage).map(entry).filter(Boolean);
  } catch (_) {
    return [];
  }
}

function entry(key) {
  const [start, viewer, lesson, uuid] = key.split(":");
  if (!viewer || !lesson || (start === "note") !== Boolean(uuid) || !["note", "sheet"].includes(start)) return null;
  try {
    const text = localStorage.getItem(key);
    const row = { ...JSON.parse(text), viewer, lesson };
    return uuid ? { key, text, kind: "notes", row: { ...row, uuid } } : { key, text, kind: "sheets", row };
  } catch (_) {
    return null;
  }
}

/** What has been sent, or dropped, must not come from there again. */
export function forgetOlder(viewer, lesson, uuid) {
  try {
    localStorage.removeItem(`note:${viewer}:${lesson}:${uuid}`);
  } catch (_) {
    // Without storage nothing was there.
  }
}
