// The list beside the video: ordered by media time, jumps on click, marks where the video is.
const NEAR_MS = 6000;

export class CommentList {
  constructor(element) {
    this.element = element;
    this.current = null;
    element.addEventListener("live-list:updated", () => this.refresh());
    document.addEventListener("click", (event) => this.onClick(event));
    this.refresh();
  }

  attach(player, timeline) {
    this.player = player;
    this.timeline = timeline;
    timeline.onPick = ({ id }) => this.pick(document.getElementById(id), { scroll: true });
    player.onTime((ms) => this.follow(ms));
    this.refresh();
    this.openAddress();
  }

  get items() {
    return [...this.element.querySelectorAll(":scope > .comment")];
  }

  /** Put new ones in their place in time, count, and tell the timeline. */
  refresh() {
    const items = this.items;
    const sorted = [...items].sort(byTime);
    if (sorted.some((item, index) => item !== items[index])) {
      const focused = document.activeElement;
      sorted.forEach((item) => this.element.append(item));
      if (focused && this.element.contains(focused)) focused.focus({ preventScroll: true });
    }
    const count = document.querySelector("[data-comment-count]");
    if (count) count.textContent = sorted.length;
    if (this.timeline) this.timeline.setComments(sorted.map(described));
  }

  onClick(event) {
    const link = event.target.closest("[data-seek]");
    if (!link || !this.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const item = link.closest(".comment");
    if (item) this.pick(item, { scroll: false });
    else this.player.seek(Number(link.dataset.seek));
  }

  /** Go to the moment of a comment and mark it. */
  pick(item, { scroll }) {
    if (!item) return;
    this.player.seek(Number(item.dataset.start));
    this.mark(item);
    history.replaceState(null, "", item.querySelector(".timecode").href);
    if (scroll) {
      item.scrollIntoView({ block: "nearest", behavior: "smooth" });
      item.focus({ preventScroll: true });
    } else if (this.player.video.getBoundingClientRect().bottom < 80) {
      this.player.element.scrollIntoView({ block: "start", behavior: "smooth" });
    }
  }

  /** The next (1) or previous (-1) comment in time. */
  walk(direction) {
    const items = this.items;
    const at = this.current ? items.indexOf(this.current) : -1;
    const now = this.player.now;
    let target = items[at + direction];
    if (at < 0) {
      const later = items.filter((item) => Number(item.dataset.start) > now);
      const earlier = items.filter((item) => Number(item.dataset.start) < now);
      target = direction > 0 ? later[0] : earlier[earlier.length - 1];
    }
    this.pick(target, { scroll: true });
  }

  /** While the video runs, the comment about this moment is marked. */
  follow(ms) {
    const here = this.items.filter((item) => {
      const start = Number(item.dataset.start);
      const end = item.dataset.end === "" ? start + NEAR_MS : Number(item.dataset.end);
      return ms >= start && ms < end;
    });
    if (here.includes(this.current)) return;
    this.mark(here[here.length - 1] || null);
  }

  mark(item) {
    if (this.current) this.current.classList.remove("is-current");
    this.current = item;
    if (item) item.classList.add("is-current");
  }

  /** A link to a comment opens with its comment marked. */
  openAddress() {
    const item = location.hash.startsWith("#comment-") && document.getElementById(location.hash.slice(1));
    if (!item || !this.element.contains(item)) return;
    this.mark(item);
    if (new URLSearchParams(location.search).has("t")) return;
    const go = () => this.player.seek(Number(item.dataset.start));
    if (this.player.video.readyState >= 1) go();
    else this.player.video.addEventListener("loadedmetadata", go, { once: true });
  }
}

const number = (item) => Number(item.id.replace("comment-", ""));
const byTime = (a, b) => Number(a.dataset.start) - Number(b.dataset.start) || number(a) - number(b);

function described(item) {
  const { start, end, kind, label } = item.dataset;
  return { id: item.id, start: Number(start), end: end === "" ? null : Number(end), kind, label };
}
