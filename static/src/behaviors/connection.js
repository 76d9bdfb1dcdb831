// The connection speaks only when something is wrong. Also: unread messages in the bell and in the title.
import { requestJson, viewerId } from "../net.js";

const WORDS = "离线：内容保存在本机，联网后自动提交";
const PATIENCE_MS = 6000;
let timer = 0;

function show(text) {
  const place = document.querySelector(".connection[data-connection]");
  if (!place) return;
  place.hidden = !text;
  place.firstElementChild.textContent = text;
  document.body.dataset.network = text ? "away" : "here";
}

function check() {
  clearTimeout(timer);
  show(navigator.onLine === false ? WORDS : "");
}

window.addEventListener("online", check);
window.addEventListener("offline", check);
check();

/** A dead server shows after a moment of patience; short breaks are nobody's business. */
export function watchSocket(socket) {
  socket.on("connect", check);
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => !socket.connected && show(WORDS), PATIENCE_MS);
  };
  socket.on("disconnect", wait);
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

/** Follow one's own notifications once the page has settled. */
export async function followUnread() {
  const source = document.body.dataset.unreadSrc;
  if (!viewerId() || !source) return;
  const { follow } = await import("../live/topics.js");
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
