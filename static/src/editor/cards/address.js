// Addresses of this site and the second of a recording in them (?t=95).

/** The path of an address on this site, or null for any other. */
export function ownPath(text) {
  try {
    const url = new URL(text, location.href);
    if (url.origin !== location.origin || !/^(https?:|\/)/.test(text)) return null;
    return url.pathname + url.search + url.hash;
  } catch (_) {
    return null;
  }
}

export function secondsOf(path) {
  const found = /[?&]t=(\d{1,6})(?:[&#]|$)/.exec(path);
  return found ? Number(found[1]) : null;
}

export const shownTime = (seconds) => `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;

/** "1:35", "01:02:03" or "95" as seconds; null when it is none of them. */
export function readTime(text) {
  const parts = text.trim().replace(/：/g, ":").split(":");
  if (parts.length > 3 || !parts.every((part) => /^\d{1,4}$/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

export const isLesson = (path) => /^\/lessons\/\d+(?:[?#]|$)/.test(path);

export const atSecond = (path, seconds) => `${path.replace(/[?#].*$/, "")}?t=${seconds}`;
