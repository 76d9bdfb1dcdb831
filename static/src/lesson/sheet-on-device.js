// The sheet of one lesson as this device knows it: what the server held when it last answered, and the fields that were changed on
// another device meanwhile, with both versions. What was not sent waits among the live notes (live-queue.js), one entry a lesson.
import { viewerId } from "../net.js";

const PREFIX = "sheet:";
// What found no room on the device, for as long as this page is open.
const homeless = new Map();
const keyOf = (lesson) => `${PREFIX}${viewerId()}:${lesson}`;

/** {stamp, values, strengths, advice, submitted, apart: {field: mine}}; null where nothing is known. */
export function knownSheet(lesson) {
  try {
    return JSON.parse(homeless.get(keyOf(lesson)) || localStorage.getItem(keyOf(lesson)));
  } catch (_) {
    return null;
  }
}

export function knowSheet(lesson, sheet) {
  try {
    localStorage.setItem(keyOf(lesson), JSON.stringify(sheet));
    homeless.delete(keyOf(lesson));
  } catch (_) {
    homeless.set(keyOf(lesson), JSON.stringify(sheet));
  }
}

/** What the server holds of a field. */
export const heldIn = (sheet, field) => (field.startsWith("score-") ? String(sheet.values[field.slice(6)] ?? "") : sheet[field]);

/** The server's answer: it is known from now on, and what it would not overwrite of `fields`, as they are here, stays beside it. */
export function learnFrom(lesson, fields, answer) {
  const before = knownSheet(lesson);
  const apart = { ...(before && before.apart) };
  for (const name of answer.apart) {
    const field = name in { strengths: 1, advice: 1 } ? name : `score-${name}`;
    apart[field] = fields[field];
  }
  knowSheet(lesson, {
    stamp: answer.stamp,
    values: answer.values,
    strengths: answer.strengths,
    advice: answer.advice,
    submitted: answer.submitted,
    apart,
  });
}

/** Nothing stays of what the server has too, of the people whom `whose` names; what they have not decided on waits for them. */
export function forgetSheets(whose) {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && whose(name.split(":")[1]))) {
    const { apart = {} } = JSON.parse(localStorage.getItem(key)) || {};
    if (!Object.keys(apart).length) localStorage.removeItem(key);
  }
}
