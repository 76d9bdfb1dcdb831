// Photos and recordings that were not sent yet, as they are on this device: one entry for each file field, under its person, its
// page and its form. Where the browser keeps nothing, reading finds nothing and keeping fails.
import { KEEP_MS } from "./drafts.js";

const NAME = "unsent-files";
const STORE = "kept";
const SENT = "sent-files:";

let opening = null;

function opened() {
  opening = opening || open();
  return opening;
}

async function open() {
  if (!window.indexedDB) throw new Error("no database on this device");
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
  const database = await promised(asked);
  database.onversionchange = () => database.close();
  return database;
}

function promised(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

/** Run one transaction; resolves only when what was written is on the disk. */
async function inStore(mode, work) {
  const transaction = (await opened()).transaction(STORE, mode);
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
  });
  const answer = work(transaction.objectStore(STORE));
  await finished;
  return answer && answer.result;
}

/** Keep {key, owner, path, title, files}; throws where the device is full. */
export async function keepFiles(entry) {
  unmark(entry.key);
  await inStore("readwrite", (store) => store.put({ ...entry, at: Date.now() }));
}

/** What is kept under `key`; null when nothing is, or when it was sent by a page that was closed right after. */
export async function keptFiles(key) {
  try {
    if (isMarked(key)) await dropFiles(key);
    return (await inStore("readonly", (store) => store.get(key))) || null;
  } catch (_) {
    return null;
  }
}

/** Let the files of a field go; the mark says so even if the page is left before the disk has done it. */
export async function dropFiles(key) {
  try {
    localStorage.setItem(SENT + key, "1");
    await inStore("readwrite", (store) => store.delete(key));
    unmark(key);
  } catch (_) {
    // The mark stays, so they do not come back.
  }
}

function isMarked(key) {
  try {
    return localStorage.getItem(SENT + key) !== null;
  } catch (_) {
    return false;
  }
}

function unmark(key) {
  try {
    localStorage.removeItem(SENT + key);
  } catch (_) {
    // Without storage there was no mark.
  }
}

/** What a person has on this device and did not send: [{path, title, at, count}], the newest first. */
export async function unsentFiles(owner) {
  const mine = (await allKept()).filter((entry) => entry.owner === owner && !isMarked(entry.key));
  return mine.sort((a, b) => b.at - a.at).map(({ path, title, at, files }) => ({ path, title, at, count: files.length }));
}

async function allKept() {
  try {
    return await inStore("readonly", (store) => store.getAll());
  } catch (_) {
    return [];
  }
}

/** Delete the files of those whom `whose(owner)` names. */
export async function clearFiles(whose) {
  for (const { key, owner } of await allKept()) if (whose(owner)) await dropFiles(key);
}

/** Nobody's stay longer than other drafts do. */
export async function dropOldFiles() {
  for (const { key, at } of await allKept()) if (!(Date.now() - at <= KEEP_MS)) await dropFiles(key);
}
