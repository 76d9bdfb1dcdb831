// The list beside the video: ordered by media time, jumps on click, marks where the video is.
import { applyFragment, toggleEmpty } from "../live/fragment.js";
import { applyViewer } from "../behaviors/viewer-buttons.js";
import { requestHtml } from "../net.js";
import { putInOrder, sortPlaces } from "./sync-mark.js";
import { toast } from "../behaviors/toast.js";
import { isNow } from "./drawing/shown.js";

const NEAR_MS = 6000;
const AGAIN_MS = 5000;

export class CommentList {
  constructor(element) {
    this.element = element;
    this.current = null;
    this.asked = new Set(); // those fetched because their drawing is due
    this.onShown = () => {}; // what is drawn over the film may be another now
    // Where further comments are that this page does not hold yet: the timeline shows them all.
    this.elsewhere = new Map(JSON.parse(element.dataset.moments || "[]").map((moment) => [moment.id, moment]));
    element.addEventListener("live-list:updated", ({ detail }) => this.take(detail));
    element.addEventListener("live-list:gone", ({ detail }) => this.elsewhere.delete(detail.id));
    document.addEventListener("click", (event) => this.onClick(event));
    this.refresh();
  }

  attach(player, timeline) {
    this.player = player;
    this.timeline = timeline;
    timeline.onPick = ({ id }) => this.pick(id, { scroll: true });
    player.onTime((ms) => this.follow(ms));
    this.refresh();
    this.openAddress();
  }

  /** Show another choice of the comments: `next` is the list as the server has it, `more` the link to its next page. */
  narrowTo(next, more) {
    this.mark(null);
    for (const item of this.element.querySelectorAll(":scope > .comment")) item.remove();
    this.elsewhere = new Map(JSON.parse(next.dataset.moments || "[]").map((moment) => [moment.id, moment]));
    this.element.dataset.src = next.dataset.src;
    this.element.querySelector(":scope > [data-empty]").textContent = next.querySelector("[data-empty]").textContent;
    for (const item of next.querySelectorAll(":scope > .comment")) {
      this.element.append(item);
      applyViewer(item);
    }
    const place = document.querySelector('[data-load-more="comments"]');
    if (place) place.closest(".load-more").remove();
    if (more) this.element.after(more.closest(".load-more"));
    toggleEmpty(this.element);
    this.refresh();
  }

  /** Those that stand on the recording: a live note by the clock has no moment on it. */
  get items() {
    return [...this.element.querySelectorAll(":scope > .comment:not([data-clock])")];
  }

  /** What came live: only that is put in its place, the others stay as they are, however many they are. */
  take({ added, changed, gone }) {
    if (!changed) {
      this.refresh(); // the next page of the list
      return;
    }
    const touched = [...added, ...changed.map((id) => document.getElementById(id))].filter(Boolean);
    if (touched.some((item) => !this.holdsPlace(item))) {
      this.refresh();
      return;
    }
    const scroll = keepPicture(this.element, touched);
    const news = touched.map((item) => [described(item), item]).sort(([a], [b]) => byTime(b, a));
    const old = new Set([...gone, ...touched.map(({ id }) => id)]);
    if (old.size) this.moments = this.moments.filter(({ id }) => !old.has(id));
    for (const id of old) this.elsewhere.delete(id);
    // From the last one on: whatever stands after an item has its place already.
    for (const [moment, item] of news) {
      const at = placeFor(this.moments, moment);
      this.moments.splice(at, 0, moment);
      putBefore(this.element, item, this.shownFrom(at + 1));
    }
    scroll();
    this.tell();
  }

  /** Whether it is a comment of this list, with the moment that it had. A live note may come from the clock or go back to it. */
  holdsPlace(item) {
    if (item.parentNode !== this.element || !item.matches(".comment:not([data-clock])")) return false;
    const known = this.moments.find(({ id }) => id === item.id);
    return !known || known.start === Number(item.dataset.start);
  }

  /** The element of the first moment from `at` on that this page holds. */
  shownFrom(at) {
    for (let index = at; index < this.moments.length; index += 1) {
      const { id } = this.moments[index];
      const item = this.elsewhere.has(id) ? null : document.getElementById(id);
      if (item && item.parentNode === this.element) return item;
    }
    return null;
  }

  /** Put new ones in their place in time, count, and tell the timeline. */
  refresh() {
    sortPlaces(this.element);
    putInOrder(this.element, this.items, (a, b) => byTime(described(a), described(b)));
    for (const item of this.items) this.elsewhere.delete(item.id);
    this.moments = [...this.items.map(described), ...this.elsewhere.values()].sort(byTime);
    this.tell();
  }

  tell() {
    const count = document.querySelector("[data-comment-count]");
    if (count) count.textContent = this.moments.length;
    if (this.timeline) this.timeline.setComments(this.moments);
    this.onShown();
  }

  onClick(event) {
    const link = event.target.closest("[data-seek]");
    if (!link || !this.player || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const item = link.closest(".comment");
    if (item) this.pick(item.id, { scroll: false });
    else this.player.seek(Number(link.dataset.seek));
  }

  /** Go to the moment of a comment and mark it; one that this page does not hold yet is fetched with those after it. */
  async pick(id, { scroll }) {
    const moment = this.moments.find((one) => one.id === id);
    if (!moment) return;
    this.player.seek(moment.start);
    if (!document.getElementById(id)) await this.fetchFrom(moment);
    const item = document.getElementById(id);
    if (!item) return;
    this.mark(item);
    history.replaceState(null, "", item.querySelector(".timecode").href);
    if (scroll) {
      item.scrollIntoView({ block: "nearest", behavior: "smooth" });
      item.focus({ preventScroll: true });
    } else if (this.player.video.getBoundingClientRect().bottom < 80) {
      this.player.element.scrollIntoView({ block: "start", behavior: "smooth" });
    }
  }

  /** Fetch a comment and those after it; false where they did not come. */
  async fetchFrom(moment, { quiet } = {}) {
    const url = new URL(this.element.dataset.src, location.href);
    url.searchParams.set("after", `${moment.start}-${number(moment) - 1}`);
    try {
      const { html } = await requestHtml(url.href);
      applyFragment(this.element, html);
      this.refresh();
      return true;
    } catch (error) {
      if (!quiet) toast(error.message);
      return false;
    }
  }

  /** The next (1) or previous (-1) comment in time. */
  walk(direction) {
    const all = this.moments;
    const at = this.current ? all.findIndex(({ id }) => id === this.current.id) : -1;
    const now = this.player.now;
    let target = all[at + direction];
    if (at < 0) {
      const later = all.filter(({ start }) => start > now);
      const earlier = all.filter(({ start }) => start < now);
      target = direction > 0 ? later[0] : earlier[earlier.length - 1];
    }
    if (target) this.pick(target.id, { scroll: true });
  }

  /** While the video runs, the comment about this moment is marked. */
  follow(ms) {
    const now = this.moments.filter(({ start, end }) => ms >= start && ms < (end === null ? start + NEAR_MS : end));
    const here = now.map(({ id }) => document.getElementById(id)).filter((item) => item && item.parentNode === this.element);
    this.fetchDrawn(ms);
    if (here.includes(this.current)) return;
    this.mark(here[here.length - 1] || null);
  }

  /** A drawing that is due now in a comment that this page does not hold yet. Nobody asked for it: where it does not come, nothing
   *  is said, and it may come the next time. */
  async fetchDrawn(ms) {
    const due = [...this.elsewhere.values()].find(({ id, drawn, start }) => drawn && isNow(start, ms) && !this.asked.has(id));
    if (!due) return;
    this.asked.add(due.id);
    if (!(await this.fetchFrom(due, { quiet: true }))) setTimeout(() => this.asked.delete(due.id), AGAIN_MS);
  }

  mark(item) {
    if (this.current) this.current.classList.remove("is-current");
    this.current = item;
    if (item) item.classList.add("is-current");
    this.onShown();
  }

  /** A link to a comment opens with its comment marked. */
  async openAddress() {
    const id = location.hash.slice(1);
    const moment = this.moments.find((one) => one.id === id);
    if (!moment) return;
    if (!document.getElementById(id)) await this.fetchFrom(moment);
    this.mark(document.getElementById(id));
    if (new URLSearchParams(location.search).has("t")) return;
    const go = () => this.player.seek(moment.start);
    if (this.player.video.readyState >= 1) go();
    else this.player.video.addEventListener("loadedmetadata", go, { once: true });
  }
}

const number = ({ id }) => Number(id.replace("comment-", ""));
const byTime = (a, b) => a.start - b.start || number(a) - number(b);

/** Where a moment belongs among others in order. */
function placeFor(moments, moment) {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byTime(moments[middle], moment) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Put an item before another of the list, or after the last comment; where it stands right already it is not moved: that would
 *  end an open pinyin window. */
function putBefore(list, item, next) {
  let after = item.nextElementSibling;
  while (after && !after.matches(".comment:not([data-clock])")) after = after.nextElementSibling;
  if (after !== next) list.insertBefore(item, next);
}

/** Old engines scroll away from what is read when something comes in above it. Returns what puts it back. */
function keepPicture(list, touched) {
  if (CSS.supports("overflow-anchor", "auto")) return () => {};
  const news = new Set(touched);
  const read = [...list.children].find((item) => !news.has(item) && item.getBoundingClientRect().bottom > 0);
  const before = read && read.getBoundingClientRect().top;
  return () => read && before < 0 && window.scrollBy(0, read.getBoundingClientRect().top - before);
}

function described(item) {
  const { start, end, kind, label } = item.dataset;
  return { id: item.id, start: Number(start), end: end === "" ? null : Number(end), kind, label };
}
