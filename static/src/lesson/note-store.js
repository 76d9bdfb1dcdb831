// What was noted, counted or scored in a classroom and was not sent yet, and the sheets as the server last told them: in IndexedDB, under
// their person and lesson. Nothing counts as kept before its transaction is on the disk; where the device has no room the page has it.
import { viewerId } from "../net.js";
import { KEEP_MS } from "../behaviors/drafts.js";
import { olderEntries } from "./older-notes.js";

const NAME = "lesson-notes";
const [NOTES, SHEETS] = ["notes", "sheets"];
// A slow disk takes its time after the start of a machine; a browser whose database never answers is taken for one without.
const OPEN_MS = 15000;
// What stands in a lesson where the disk would not take it: {notes, sheet} by its place, for as long as this page is open.
const homeless = new Map();
// What an older page left in localStorage and for which there was no room here.
let older = [];
const channel = window.BroadcastChannel ? new BroadcastChannel(NAME) : null;
let opening = null;

const opened = () => (opening = opening || open());

async function open() {
  try {
    const database = await Promise.race([asked(), new Promise((_, reject) => setTimeout(() => reject(new Error("no database")), OPEN_MS))]);
    await takeOver(database).catch(keepOlderHere);
    return database;
  } catch (error) {
    keepOlderHere();
    throw error;
  }
}

async function asked() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(NOTES, { keyPath: ["viewer", "lesson", "uuid"] });
    request.result.createObjectStore(SHEETS, { keyPath: ["viewer", "lesson"] });
  };
  const database = await promised(request);
  database.onversionchange = () => database.close();
  return database;
}

function promised(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function begun(database, mode) {
  const transaction = database.transaction([NOTES, SHEETS], mode);
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
  });
  return { notes: transaction.objectStore(NOTES), sheets: transaction.objectStore(SHEETS), finished };
}

/** What a page before this one left in localStorage goes from there once it is on the disk here; what is newer here stays. */
async function takeOver(database) {
  const found = olderEntries();
  if (!found.length) return;
  const stores = begun(database, "readwrite");
  for (const { kind, row } of found) {
    const store = stores[kind];
    const key = store.keyPath.map((name) => row[name]);
    store.get(key).onsuccess = ({ target }) => isNewer(row, target.result) && store.put(row);
  }
  await stores.finished;
  for (const { key, text } of found) if (localStorage.getItem(key) === text) localStorage.removeItem(key);
}

const isNewer = (row, known) => !known || (row.rev || 0) > (known.rev || 0) || (row.stamp || "") > (known.stamp || "");

/** Where that finds no room it is shown and sent from where it is. */
const keepOlderHere = () => (older = olderEntries());

const isAt = (viewer, lesson) => ({ row }) => row.viewer === viewer && row.lesson === lesson;

function withOlder(viewer, lesson, { notes, sheet }) {
  const left = older.filter(isAt(viewer, lesson));
  const unknown = left.filter(({ kind, row }) => kind === "notes" && notes.every(({ uuid }) => uuid !== row.uuid));
  const told = left.find(({ kind }) => kind === "sheets");
  return { notes: [...notes, ...unknown.map(({ row }) => row)], sheet: sheet || (told ? told.row : null) };
}

const placeOf = (viewer, lesson) => `${viewer}:${lesson}`;
const within = (start) => IDBKeyRange.bound(start, [...start, []]);

/**
 * Change what is kept of a lesson: `work({notes, sheet})` says at once what it shall be. Resolves, when that is on the disk, to it with
 * `kept: true`; where the disk takes it not, `kept` is false and this page alone has it, or with `orNothing` nobody.
 */
export async function change(lesson, work, { orNothing = false } = {}) {
  const [viewer, of] = [viewerId(), String(lesson)];
  const place = placeOf(viewer, of);
  const stamped = (row) => row && { ...row, viewer, lesson: of };
  let [before, next] = [{ notes: [], sheet: null }, null];
  try {
    const { notes, sheets, finished } = begun(await opened(), "readwrite");
    const all = notes.getAll(within([viewer, of]));
    sheets.get([viewer, of]).onsuccess = ({ target }) => {
      before = { notes: all.result, sheet: target.result || null };
      next = work(homeless.get(place) || withOlder(viewer, of, before));
      next = { notes: next.notes.map(stamped), sheet: stamped(next.sheet) };
      for (const gone of goneFrom(before, next)) notes.delete([viewer, of, gone.uuid]);
      for (const note of next.notes) notes.put(note);
      if (next.sheet) sheets.put(next.sheet);
      else sheets.delete([viewer, of]);
    };
    await finished;
    homeless.delete(place);
    older = older.filter((entry) => !isAt(viewer, of)(entry));
    if (channel) channel.postMessage({ viewer, lesson: of });
    return { ...next, kept: true };
  } catch (_) {
    next = next || work(homeless.get(place) || withOlder(viewer, of, before));
    if (!orNothing) homeless.set(place, { notes: next.notes.map(stamped), sheet: stamped(next.sheet) });
    await forget(goneFrom(before, next).map(({ uuid }) => [viewer, of, uuid]));
    return { ...next, kept: false };
  }
}

const goneFrom = (before, next) => before.notes.filter(({ uuid }) => next.notes.every((note) => note.uuid !== uuid));

/** What is done with goes also from a disk that takes nothing more; else it would come back with the next page. */
async function forget(keys) {
  if (!keys.length) return;
  try {
    const { notes, finished } = begun(await opened(), "readwrite");
    for (const key of keys) notes.delete(key);
    await finished;
  } catch (_) {
    // It is sent once more then, and the server knows it.
  }
}

/** What is kept of a lesson, as {notes, sheet}. */
export async function keptOf(lesson) {
  const [viewer, of] = [viewerId(), String(lesson)];
  const here = homeless.get(placeOf(viewer, of));
  if (here) return here;
  const [notes, sheet] = await read((stores) => [stores.notes.getAll(within([viewer, of])), stores.sheets.get([viewer, of])]);
  return homeless.get(placeOf(viewer, of)) || withOlder(viewer, of, { notes: notes || [], sheet: sheet || null });
}

/** What waits here of this person, the oldest first; `lesson` narrows it. */
export async function keptNotes(lesson = "") {
  const viewer = viewerId();
  if (!viewer) return [];
  const [stored] = await read(({ notes }) => [notes.getAll(within([viewer]))]);
  const known = new Set((stored || []).map(({ uuid }) => uuid));
  const left = older.filter(({ kind, row }) => kind === "notes" && row.viewer === viewer && !known.has(row.uuid)).map(({ row }) => row);
  const onDisk = [...(stored || []), ...left].filter((note) => !homeless.has(placeOf(viewer, note.lesson)));
  const here = [...homeless].filter(([place]) => place.startsWith(`${viewer}:`)).flatMap(([, { notes }]) => notes);
  return [...onDisk, ...here].filter((note) => !lesson || note.lesson === String(lesson)).sort((a, b) => a.at - b.at);
}

async function read(ask) {
  try {
    const stores = begun(await opened(), "readonly");
    const asked = ask(stores);
    await stores.finished;
    return asked.map(({ result }) => result);
  } catch (_) {
    return [];
  }
}

/** Call `told()` when another page of this device has changed something of the lesson. */
export function onElsewhere(lesson, told) {
  if (channel) channel.addEventListener("message", ({ data }) => data.viewer === viewerId() && data.lesson === String(lesson) && told());
}

/** Everything of a person goes, what was not sent too. */
export async function clearNotes(viewer) {
  for (const place of [...homeless.keys()]) if (place.startsWith(`${viewer}:`)) homeless.delete(place);
  await remove(({ viewer: owner }) => owner === viewer);
}

/** Nothing stays of what the server has too, of those whom `whose` names; what they have not decided on, or not finished, waits for them. */
export const forgetSheets = (whose) =>
  remove(({ viewer, uuid, apart, typing }) => !uuid && whose(viewer) && !Object.keys(apart || {}).length && !Object.keys(typing || {}).length);

/** What others left behind goes after a while; one's own is sent, however old this device's clock makes it. */
export const dropOldNotes = () => remove(({ viewer, uuid, at }) => uuid && viewer !== viewerId() && !(Date.now() - at <= KEEP_MS));

async function remove(which) {
  try {
    const { notes, sheets, finished } = begun(await opened(), "readwrite");
    for (const store of [notes, sheets]) {
      store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        if (which(cursor.value)) cursor.delete();
        cursor.continue();
      };
    }
    await finished;
  } catch (_) {
    // Where nothing is kept there is nothing to remove.
  }
}
