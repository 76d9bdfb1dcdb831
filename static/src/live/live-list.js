// <live-list data-topic data-src data-seq>: a server-rendered list that follows what others do.
// It publishes data-state="live|stale|offline|ended" and sends `live-list:updated` when it has changed.
// A list that ended says so in its last line: a page that merely stops looks as if nobody wrote any more.
import { requestHtml } from "../net.js";
import { follow } from "./topics.js";
import { applyFragment } from "./fragment.js";
import { endedLine } from "./ended-line.js";

// A random wait joins bursts and keeps a whole workshop from asking in the same moment.
const JITTER_MS = [40, 200];
const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000];

export class LiveList extends HTMLElement {
  connectedCallback() {
    this.seq = Number(this.dataset.seq) || 0;
    this.wanted = this.seq;
    this.failures = 0;
    this.dataset.state = this.dataset.state || "stale";
    this.online = () => this.catchUp();
    window.addEventListener("online", this.online);
    if (!this.dataset.topic) return;
    this.unfollow = follow(this.dataset.topic, {
      seq: () => this.seq,
      onChanged: (message) => this.hear(message.seq),
      onState: (state, reason) => this.setLink(state, reason),
    });
  }

  disconnectedCallback() {
    window.removeEventListener("online", this.online);
    clearTimeout(this.timer);
    if (this.unfollow) this.unfollow();
  }

  /** The server has something of this number. */
  hear(seq) {
    this.wanted = Math.max(this.wanted, seq);
    this.publish();
    if (seq > this.seq) this.schedule(JITTER_MS[0] + Math.random() * (JITTER_MS[1] - JITTER_MS[0]));
  }

  /** Fetch now, without waiting to be told: after one's own post. */
  refresh() {
    clearTimeout(this.timer);
    this.timer = 0;
    return this.fetchNewer();
  }

  setLink(state, reason) {
    this.link = state;
    this.publish();
    if (this.ended) this.ended.remove();
    this.ended = state === "ended" ? endedLine(reason) : null;
    if (!this.ended) return;
    if (this.dataset.order === "prepend") this.prepend(this.ended);
    else this.append(this.ended);
  }

  publish() {
    const live = this.link === "live" && this.seq >= this.wanted && !this.failures;
    const other = this.link === "live" ? "stale" : this.link || "stale";
    this.dataset.state = live ? "live" : other;
  }

  catchUp() {
    if (this.wanted > this.seq || this.failures) this.schedule(JITTER_MS[1]);
  }

  schedule(wait) {
    if (this.timer || this.fetching || this.link === "ended") return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.fetchNewer();
    }, wait);
  }

  async fetchNewer() {
    if (this.fetching) {
      this.again = true;
      return this.fetching;
    }
    this.fetching = this.fetchOnce();
    try {
      await this.fetching;
    } finally {
      this.fetching = null;
      this.publish();
    }
    if (this.again || (this.wanted > this.seq && !this.failures)) this.schedule(JITTER_MS[0]);
    this.again = false;
    return undefined;
  }

  async fetchOnce() {
    const url = new URL(this.dataset.src, location.href);
    url.searchParams.set("since", this.seq);
    const asked = this.wanted;
    // All who heard of the same change ask for the same, and the server renders it once.
    url.searchParams.set("upto", asked);
    try {
      const { html, response } = await requestHtml(url.href);
      const reached = Number(response.headers.get("X-Seq"));
      this.failures = 0;
      // An answer without a number would be asked for ever: take it as all there was when we asked.
      this.seq = reached > 0 ? Math.max(this.seq, reached) : asked;
      // An answer that could not hold everything says so: the rest is asked for at once.
      this.again = this.again || response.headers.has("X-More");
      if (this.wanted === asked && !this.again) this.wanted = this.seq;
      this.dataset.seq = this.seq;
      this.apply(html);
    } catch (error) {
      this.failed(error);
    }
  }

  apply(html) {
    const added = applyFragment(this, html, this.dataset.order || "append");
    this.dispatchEvent(new CustomEvent("live-list:updated", { bubbles: true, detail: { added, seq: this.seq } }));
  }

  failed(error) {
    if (error.status === 403 || error.status === 404 || error.status === 401) {
      this.setLink("ended", error.status === 401 ? "sign_in_required" : "");
      return;
    }
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.fetchNewer();
    }, wait);
  }
}

customElements.define("live-list", LiveList);
