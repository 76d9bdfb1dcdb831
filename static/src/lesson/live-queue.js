// Live notes wait on this device until the server has them, under their writer and one key each: the server knows a note that comes
// twice. They are sent from whatever page is open; how long ago a note was taken is counted by this device's clock alone.
import { requestJson, viewerId } from "../net.js";
import { KEEP_MS } from "../behaviors/drafts.js";
import { waits } from "../workshops/sign-in-queue.js";

const PREFIX = "note:";
const AGAIN_MS = 15000;
let timer = 0;
let sending = null;

const prefixOf = (viewer) => `${PREFIX}${viewer}:`;

/** Keep a note {lesson, uuid, kind, body, visibility, at}; false where the device has no room. */
export function keepNote(note) {
  try {
    localStorage.setItem(`${prefixOf(viewerId())}${note.lesson}:${note.uuid}`, JSON.stringify(note));
    return true;
  } catch (_) {
    return false;
  }
}

/** What waits here for a person, the oldest first; `lesson` narrows it. */
export function keptNotes(viewer = viewerId(), lesson = "") {
  try {
    const start = prefixOf(viewer) + (lesson ? `${lesson}:` : "");
    const keys = Object.keys(localStorage).filter((key) => viewer && key.startsWith(start));
    return keys.map((key) => JSON.parse(localStorage.getItem(key))).sort((a, b) => a.at - b.at);
  } catch (_) {
    // Without storage nothing waits.
    return [];
  }
}

export function forgetNote(note) {
  try {
    localStorage.removeItem(`${prefixOf(viewerId())}${note.lesson}:${note.uuid}`);
  } catch (_) {
    // Without storage there is nothing to forget.
  }
}

/** Send what waits, one after another; a page that asks meanwhile waits for the same round. */
export function sendNotes() {
  if (!sending) sending = sendAll().finally(() => (sending = null));
  return sending;
}

async function sendAll() {
  clearTimeout(timer);
  // The server takes none that is older, and a device keeps nothing for ever.
  for (const note of keptNotes().filter(({ at }) => at < Date.now() - KEEP_MS)) forgetNote(note);
  for (const note of keptNotes().filter(({ problem }) => !problem)) {
    if (!(await sendNote(note))) return;
  }
  // What was noted while the round was on its way.
  if (keptNotes().some(({ problem }) => !problem)) await sendAll();
}

/** Send one; false when the line is away. */
export async function sendNote(note) {
  const body = new FormData();
  for (const name of ["kind", "body", "visibility"]) body.set(name, note[name]);
  body.set("client_uuid", note.uuid);
  body.set("elapsed", String(Math.max(0, Date.now() - note.at)));
  try {
    const answer = await requestJson(`/lessons/${note.lesson}/live`, { method: "POST", body });
    if (!answer.id) throw new TypeError("another page answered");
    forgetNote(note);
    tell(note, answer);
    return true;
  } catch (error) {
    if (!waits(error) && error.message && error.status) {
      // The server will not take it: it stays here, with the reason, for its writer to copy.
      note.problem = error.message;
      keepNote(note);
      tell(note, null);
      return true;
    }
    timer = setTimeout(sendNotes, AGAIN_MS);
    return false;
  }
}

const tell = (note, answer) => document.dispatchEvent(new CustomEvent("live-note", { detail: { note, answer } }));
