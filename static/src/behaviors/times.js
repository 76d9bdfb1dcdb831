// <time data-when>: 今天 14:02, 昨天 09:30, 3月15日 - kept true while the page stays open; in full on hover.
import { behavior } from "../registry.js";

const DAY_MS = 24 * 3600 * 1000;
const CHINA_MS = 8 * 3600 * 1000; // the whole country, all year, since 1991

/** The date and the clock in China. Not by Intl: making its first formatter held up every page for a twentieth of a second. */
function local(moment) {
  const shifted = new Date(moment.getTime() + CHINA_MS);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    clock: shifted.toISOString().slice(11, 16),
    number: Math.floor(shifted.getTime() / DAY_MS),
  };
}

/** The same words as the server's filter `when`. */
export function whenText(moment, now = new Date()) {
  const it = local(moment);
  const today = local(now);
  const near = { 0: "今天", 1: "昨天", "-1": "明天" }[today.number - it.number];
  if (near) return `${near} ${it.clock}`;
  const short = `${it.month}月${it.day}日`;
  return it.year === today.year ? short : `${it.year}年${short}`;
}

function refresh(element) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const text = whenText(moment);
  if (element.textContent !== text) element.textContent = text;
  if (!element.title) {
    const it = local(moment);
    element.title = `${it.year}年${it.month}月${it.day}日 ${it.clock}`;
  }
}

behavior("time[data-when]", refresh);
setInterval(() => document.querySelectorAll("time[data-when]").forEach(refresh), 60000);
