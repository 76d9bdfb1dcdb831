// <time data-when>: 今天 14:02, 昨天 09:30, 3月15日 - kept true while the page stays open; in full on hover.
import { behavior } from "../registry.js";

const ZONE = "Asia/Shanghai";
const DAY_MS = 24 * 3600 * 1000;
const parts = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE,
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

function local(moment) {
  const found = {};
  for (const { type, value } of parts.formatToParts(moment)) found[type] = value;
  const { year, month, day, hour, minute } = found;
  return { year: +year, month: +month, day: +day, clock: `${hour}:${minute}`, number: Date.UTC(+year, month - 1, +day) / DAY_MS };
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
