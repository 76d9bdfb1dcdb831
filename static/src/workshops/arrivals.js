// <p data-arrivals="<id of a live-list>">: says how many answers of others came in while they are out of sight, and leads
// to the first of them. One's own new answer is brought into sight at once.
import { behavior } from "../registry.js";
import { viewerId } from "../net.js";

behavior("[data-arrivals]", (bar) => {
  const link = bar.querySelector("a");
  const waiting = new Set();
  const show = () => {
    const first = [...waiting].find((item) => item.isConnected);
    bar.hidden = !first;
    if (!first) return;
    link.textContent = `有 ${waiting.size} 条新回复，查看`;
    link.href = `#${first.id}`;
  };
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        waiting.delete(target);
        watcher.unobserve(target);
      } else waiting.add(target);
    }
    show();
  });
  document.addEventListener("live-list:updated", (event) => {
    if (event.target.id !== bar.dataset.arrivals) return;
    for (const item of event.detail.added) if (!isMine(item)) watcher.observe(item);
  });
});

const isMine = (item) => (item.closest("[data-author]") || item.querySelector("[data-author]")).dataset.author === viewerId();

let mine = "";

document.addEventListener("async-form:done", (event) => {
  if (event.target.id !== "reply" || !event.detail.post_id) return;
  mine = `post-${event.detail.post_id}`;
  showMine();
});
document.addEventListener("live-list:updated", showMine);

function showMine() {
  const post = mine && document.getElementById(mine);
  if (!post) return;
  mine = "";
  post.scrollIntoView({ block: "nearest" });
}

// The name over a quotation leads to the post itself: on this page if it is here, else to the page where it is.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-cited]");
  if (!link || event.ctrlKey || event.metaKey || !document.getElementById(link.dataset.cited)) return;
  event.preventDefault();
  location.hash = link.dataset.cited;
});
