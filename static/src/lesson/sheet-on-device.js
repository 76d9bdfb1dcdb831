// The sheet of one lesson as this device knows it: what the server held when it last answered, the fields that were changed on another
// device meanwhile, with both versions, and remarks that are still being written. What was not sent waits beside it (note-store.js).

/** What the server holds of a field. */
export const heldIn = (sheet, field) => (field.startsWith("score-") ? String(sheet.values[field.slice(6)] ?? "") : sheet[field]);

/** {stamp, values, strengths, advice, evidence, submitted} of a page, and what is only here: of a page out of the cache the older is forgotten. */
export function laterOf(known, told) {
  if (known && known.stamp > told.stamp) return { evidence: {}, typing: {}, ...known };
  return { ...told, apart: (known && known.apart) || {}, typing: (known && known.typing) || {} };
}

/** After an answer of the server to `fields`: what it would not overwrite stays, as it is here, beside what it has. */
export function learned(known, fields, answer) {
  const apart = { ...(known && known.apart) };
  for (const name of answer.apart) {
    const field = name in { strengths: 1, advice: 1 } ? name : `score-${name}`;
    apart[field] = fields[field];
  }
  const { stamp, values, strengths, advice, evidence, submitted } = answer;
  return { stamp, values, strengths, advice, evidence, submitted, apart, typing: (known && known.typing) || {} };
}
