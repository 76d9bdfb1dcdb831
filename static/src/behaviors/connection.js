// The connection speaks only when something is wrong. Also: unread messages in the bell and in the title.
import { requestJson, viewerId } from "../net.js";
import { isLostOnTheWay } from "../registry.js";
import { isChanged, writtenControls } from "./written.js";

const KEPT = "离线：内容保存在本机，联网后自动提交";
const ON_PAGE = "离线：内容还在页面上，请不要关闭";
const PATIENCE_MS = 6000;
let timer = 0;

function show(away) {
  const place = document.querySelector(".connection[data-connection]");
  if (!place) return;
  const text = away ? words() : "";
  place.hidden = !away;
  if (place.firstElementChild.textContent !== text) place.firstElementChild.textContent = text;
  document.body.dataset.network = away ? "away" : "here";
}

/** What keeps drafts, and a sheet that keeps every press, is on this device; anything else is nowhere but on the page. */
function words() {
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const isHere = (control) => control.hasAttribute("data-draft") || (control.closest("[data-kept-here]") && !control.hasAttribute("data-clip-typed"));
  const loose = (control) => !isHere(control) && isChanged(control);
  return forms.some((form) => writtenControls(form).some(loose)) ? ON_PAGE : KEPT;
}

function check() {
  clearTimeout(timer);
  timer = 0;
  show(navigator.onLine === false);
}

document.addEventListener("change", () => document.body.dataset.network === "away" && show(true));

window.addEventListener("online", check);
window.addEventListener("offline", check);
check();

/** A dead server shows after a moment of patience; short breaks are nobody's business. */
export function watchSocket(socket) {
  socket.on("connect", () => {
    check();
    document.dispatchEvent(new CustomEvent("connection:back"));
  });
  const wait = () => {
    // Every failed try comes by here: the patience is counted from the first.
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      if (!socket.connected) show(true);
    }, PATIENCE_MS);
  };
  socket.on("disconnect", wait);
  // A socket that the server refuses is not tried again: that is a matter of the sign-in, not of the network.
  socket.on("connect_error", () => socket.active && wait());
}

/** Set the number of unread messages everywhere it shows. */
export function setUnread(count) {
  document.body.dataset.unread = count;
  document.title = (count ? `（${count}）` : "") + document.title.replace(/^（\d+）/, "");
  const dot = document.querySelector("[data-unread-count]");
  if (!dot) return;
  dot.hidden = !count;
  dot.textContent = count > 99 ? "99+" : count;
  dot.parentElement.setAttribute("aria-label", count ? `消息，${count} 条未读` : "消息");
}

/** How to follow a list; nothing where its code did not arrive, which is tried again when the line is back. */
async function followTopic() {
  try {
    return (await import("../live/topics.js")).follow;
  } catch (error) {
    if (!isLostOnTheWay(error)) throw error;
    window.addEventListener("online", followUnread, { once: true });
    return null;
  }
}

/** Follow one's own notifications once the page has settled. */
export async function followUnread() {
  const source = document.body.dataset.unreadSrc;
  if (!viewerId() || !source) return;
  const follow = await followTopic();
  if (!follow) return;
  let seen = null;
  follow(`user:${viewerId()}`, {
    seq: () => seen || 0,
    async onChanged({ seq, what }) {
      // The page itself is as fresh as its own load.
      const first = seen === null && what === "join";
      seen = seq;
      if (first) return;
      const answer = await requestJson(source).catch(() => null);
      if (answer) setUnread(answer.unread);
    },
  });
}
