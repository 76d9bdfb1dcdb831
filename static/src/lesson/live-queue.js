// Live notes wait on this device until the server has them, under their writer and one key each: the server knows a note that comes
// twice. They are sent from whatever page is open; how long ago a note was taken is counted by this device's clock alone.
import { requestJson, viewerId } from "../net.js";
import { KEEP_MS } from "../behaviors/drafts.js";
import { toast } from "../behaviors/toast.js";
import { waits } from "../workshops/sign-in-queue.js";
import { learnFrom } from "./sheet-on-device.js";

const PREFIX = "note:";
const AGAIN_MS = 15000;
let timer = 0;
let sending = null;
// Refused, and the device had no room for the reason: not sent again by this page.
const refused = new Set();
// The lessons of which this page has said that a note was refused.
const told = new Set();
// What changes while it waits and found no room on the device: it is sent from here, and is gone with this page.
const homeless = new Map();

// By where a note goes: the mark of the page that shows it, and what it is called.
const KINDS = {
  live: ["data-live-notes", "一条现场随记"],
  sweeps: ["data-sweeps", "一次学生投入扫视"],
  scoring: ["data-scoring", "现场评分"],
};

const prefixOf = (viewer) => `${PREFIX}${viewer}:`;
const keyOf = ({ lesson, uuid }) => `${prefixOf(viewerId())}${lesson}:${uuid}`;

/** Keep a note {lesson, uuid, kind, body, visibility, at}, or what is sent elsewhere ({to, fields}); false where the device has no room. */
export function keepNote(note) {
  if (note.rev) refused.delete(note.uuid);
  try {
    localStorage.setItem(keyOf(note), JSON.stringify(note));
    homeless.delete(keyOf(note));
    refused.delete(note.uuid);
    return true;
  } catch (_) {
    if (note.rev) homeless.set(keyOf(note), JSON.stringify(note));
    return false;
  }
}

/** What waits here for a person, the oldest first; `lesson` narrows it. */
export function keptNotes(viewer = viewerId(), lesson = "") {
  try {
    const start = prefixOf(viewer) + (lesson ? `${lesson}:` : "");
    const keys = [...new Set([...storedKeys(), ...homeless.keys()])].filter((key) => viewer && key.startsWith(start));
    return keys.map((key) => JSON.parse(homeless.get(key) || localStorage.getItem(key))).sort((a, b) => a.at - b.at);
  } catch (_) {
    return [];
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage);
  } catch (_) {
    // Without storage only this page has what waits.
    return [];
  }
}

/** The entry of a note that changes while it waits, as it is now. */
const keptOf = (note) => note.rev && keptNotes(undefined, note.lesson).find(({ uuid }) => uuid === note.uuid);

export function forgetNote(note) {
  homeless.delete(keyOf(note));
  try {
    localStorage.removeItem(keyOf(note));
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
  // A device keeps nothing for ever. What was never sent is not forgotten: this device's clock may be wrong.
  for (const note of keptNotes().filter(({ problem, since, at }) => problem && (since || at) < Date.now() - KEEP_MS)) forgetNote(note);
  for (const note of unsent()) {
    if (!(await sendNote(note))) return;
  }
  // What was noted while the round was on its way.
  if (unsent().length) await sendAll();
}

const unsent = () => keptNotes().filter(({ problem, uuid }) => !problem && !refused.has(uuid));

function later() {
  clearTimeout(timer);
  timer = setTimeout(sendNotes, AGAIN_MS);
}

/** Whether no other person has signed in on this device since the page came. */
export function isStillHere() {
  try {
    return (localStorage.getItem("viewer") || viewerId()) === viewerId();
  } catch (_) {
    return true;
  }
}

/** What changes while it waits has a `rev`: the newest is sent, and marked, for nobody knows what of it has arrived. */
function newest(note) {
  if (!note.rev) return note;
  const kept = keptOf(note);
  if (kept) keepNote(Object.assign(kept, { tried: true }));
  return kept;
}

/** The server has it; what was changed meanwhile goes on waiting. */
function settle(note) {
  const kept = keptOf(note);
  if (!kept || kept.rev === note.rev) forgetNote(note);
}

/** Send one; false when the line is away, or its writer. */
export async function sendNote(waiting) {
  if (!isStillHere()) {
    later();
    return false;
  }
  const note = newest(waiting);
  if (!note) return true;
  const body = new FormData();
  const { kind, body: words, visibility, perspective = "" } = note;
  const fields = note.fields || { kind, body: words, visibility, perspective };
  for (const [name, value] of Object.entries(fields)) for (const one of [].concat(value)) body.append(name, one);
  body.set("client_uuid", note.uuid);
  body.set("elapsed", String(Math.max(0, Date.now() - note.at)));
  try {
    const answer = await requestJson(`/lessons/${note.lesson}/${note.to || "live"}`, { method: "POST", body });
    if (!answer.id) throw new TypeError("another page answered");
    if (note.to === "scoring") learnFrom(note.lesson, { ...note.fields, ...(keptOf(note) || note).fields }, answer);
    settle(note);
    tell(note, answer);
    if (answer.refused || (answer.apart || []).length) sayRefused({ ...note, problem: answer.refused || "电脑上后来改过，请选用哪一个" });
    return true;
  } catch (error) {
    if (!waits(error) && error.message && error.status) {
      // The server will not take it: it stays here as it is by now, with the reason, for its writer to copy.
      const kept = Object.assign(keptOf(note) || note, { problem: error.message, since: Date.now() });
      if (!keepNote(kept)) refused.add(kept.uuid);
      tell(kept, null);
      sayRefused(kept);
      return true;
    }
    later();
    return false;
  }
}

/** On the page of its lesson a refused note shows why; elsewhere one is led there. */
function sayRefused({ lesson, problem, to = "live" }) {
  const [page, name] = KINDS[to];
  if (told.has(lesson) || document.querySelector(`[${page}][data-lesson="${lesson}"]`)) return;
  told.add(lesson);
  const box = toast(`${name}没有提交成功：${problem}`);
  if (!box) return;
  const link = document.createElement("a");
  link.href = `/lessons/${lesson}/${to}`;
  link.textContent = "去看看";
  box.append(link);
}

const tell = (note, answer) => document.dispatchEvent(new CustomEvent("live-note", { detail: { note, answer } }));
