// Live notes wait on this device until the server has them, under their writer and one key each: the server knows a note that comes
// twice. They are sent from whatever page is open; how long ago a note was taken is counted by this device's clock alone.
import { requestJson, viewerId } from "../net.js";
import { KEEP_MS } from "../behaviors/drafts.js";
import { toast } from "../behaviors/toast.js";
import { waits } from "../workshops/sign-in-queue.js";
import { change, dropOldNotes, keptNotes } from "./note-store.js";
import { forgetOlder } from "./older-notes.js";
import { learned } from "./sheet-on-device.js";

const AGAIN_MS = 15000;
let timer = 0;
let sending = null;
let swept = false;
// Refused, and the device had no room for the reason: not sent again by this page.
const refused = new Set();
// The lessons of which this page has said that a note was refused.
const told = new Set();

// By where a note goes: the mark of the page that shows it, and what it is called.
const KINDS = {
  live: ["data-live-notes", "一条现场随记"],
  sweeps: ["data-sweeps", "一次学生投入扫视"],
  scoring: ["data-scoring", "现场评分"],
};

const without = (notes, uuid) => notes.filter((note) => note.uuid !== uuid);

/** Keep a note {lesson, uuid, kind, body, visibility, at}, or what is sent elsewhere ({to, fields}); false where the device has no room. */
export async function keepNote(note) {
  const { kept } = await change(note.lesson, ({ notes, sheet }) => ({ notes: [...without(notes, note.uuid), note], sheet }), { orNothing: !note.rev });
  if (kept) refused.delete(note.uuid);
  return kept;
}

export async function forgetNote(note) {
  forgetOlder(viewerId(), note.lesson, note.uuid);
  await change(note.lesson, ({ notes, sheet }) => ({ notes: without(notes, note.uuid), sheet }));
}

/** What was refused is another one by now. */
export const sendAgain = (uuid) => refused.delete(uuid);

/** Send what waits, one after another; a page that asks meanwhile waits for the same round. */
export function sendNotes() {
  if (!sending) sending = sendAll().finally(() => (sending = null));
  return sending;
}

async function sendAll() {
  clearTimeout(timer);
  if (!viewerId()) return;
  if (!swept) await dropOldNotes();
  swept = true;
  // A device keeps nothing for ever. What was never sent is not forgotten: this device's clock may be wrong.
  for (const note of (await keptNotes()).filter(({ problem, since, at }) => problem && (since || at) < Date.now() - KEEP_MS)) await forgetNote(note);
  for (const note of await unsent()) {
    if (!(await sendNote(note))) return;
  }
  // What was noted while the round was on its way.
  if ((await unsent()).length) await sendAll();
}

const unsent = async () => (await keptNotes()).filter(({ problem, uuid }) => !problem && !refused.has(uuid));

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
async function newest(note) {
  if (!note.rev) return note;
  const mark = (one) => (one.uuid === note.uuid ? { ...one, tried: true } : one);
  const { notes } = await change(note.lesson, ({ notes: kept, sheet }) => ({ notes: kept.map(mark), sheet }));
  return notes.find(({ uuid }) => uuid === note.uuid);
}

/** The server has it, and has told what it holds; what was changed meanwhile goes on waiting. */
async function settle(note, answer) {
  forgetOlder(viewerId(), note.lesson, note.uuid);
  await change(note.lesson, ({ notes, sheet }) => {
    const now = notes.find(({ uuid }) => uuid === note.uuid);
    const fields = { ...note.fields, ...(now && now.fields) };
    return {
      notes: now && now.rev !== note.rev ? notes : without(notes, note.uuid),
      sheet: note.to === "scoring" ? learned(sheet, fields, answer) : sheet,
    };
  });
}

/** The server will not take it: it stays here as it is by now, with the reason, for its writer to copy. */
async function keepRefused(note, problem) {
  let kept = null;
  const told = await change(note.lesson, ({ notes, sheet }) => {
    kept = { ...(notes.find(({ uuid }) => uuid === note.uuid) || note), problem, since: Date.now() };
    return { notes: [...without(notes, note.uuid), kept], sheet };
  }, { orNothing: !note.rev });
  if (!told.kept) refused.add(note.uuid);
  return kept;
}

/** Send one; false when the line is away, or its writer. */
export async function sendNote(waiting) {
  if (!isStillHere()) {
    later();
    return false;
  }
  const note = await newest(waiting);
  if (!note) return true;
  const body = new FormData();
  const { kind, body: words, visibility, perspective = "" } = note;
  const fields = note.fields || { kind, body: words, visibility, perspective };
  for (const [name, value] of Object.entries(fields)) for (const one of [].concat(value)) body.append(name, one);
  body.set("client_uuid", note.uuid);
  body.set("sent", String(Date.now()));
  body.set("elapsed", String(Math.max(0, Date.now() - note.at)));
  try {
    const answer = await requestJson(`/lessons/${note.lesson}/${note.to || "live"}`, { method: "POST", body });
    if (!answer.id) throw new TypeError("another page answered");
    await settle(note, answer);
    tell(note, answer);
    if (answer.refused || (answer.apart || []).length) sayRefused({ ...note, problem: answer.refused || "电脑上后来改过，请选用哪一个" });
    return true;
  } catch (error) {
    if (!waits(error) && error.message && error.status) {
      waiting.problem = error.message; // whoever sends one itself reads it there
      const kept = await keepRefused(note, error.message);
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
