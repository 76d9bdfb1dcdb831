// Media time is integer milliseconds everywhere; people read and type 12:34.
const pad = (number) => String(number).padStart(2, "0");

/** 754000 → "12:34", 3723000 → "1:02:03". */
export function clock(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${pad(m)}:${pad(s)}`;
}

/** "12:34" → 754000; null when it is no time. */
export function parseClock(text) {
  const found = /^(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})(?:\.(\d{1,3}))?$/.exec(text.trim().replace(/：/g, ":"));
  if (!found) return null;
  const [, h = "0", m, s, fraction = "0"] = found;
  return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(fraction.padEnd(3, "0"));
}

/** To the tenth of a second, as the server reads it: 12:34 or 12:34.5. */
export function exactClock(ms) {
  const tenth = Math.floor((ms % 1000) / 100);
  return clock(ms) + (tenth ? `.${tenth}` : "");
}
