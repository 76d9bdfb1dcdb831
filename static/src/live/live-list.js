// <live-list data-topic data-src data-seq>: a server-rendered list that follows what others do.
// It publishes data-state="live|stale|offline|ended" and sends `live-list:updated` when it has changed.
// A list that ended says so in its last line: a page that merely stops looks as if nobody wrote any more.
import { requestHtml } from "../net.js";
import { follow } from "./topics.js";
import { applyFragment } from "./fragment.js";
import { endedLine } from "./ended-line.js";

// A random wait joins bursts and keeps a whole workshop from asking in the same moment.
const JITTER_MS = [40, 200];
// Where many talk at once: a page rests between two requests, as long as the last one took it to fetch and to show.
const REST_MS = [500, 5000];
const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000];

export class LiveList extends HTMLElement {
  connectedCallback() {
    this.seq = Number(this.dataset.seq) || 0;
    this.wanted = this.seq;
    this.failures = 0;
    this.restsUntil = 0;
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

  /** Fetch now, without waiting to be told: after one's own post, which has number `seq` where the answer said so. */
  refresh(seq = 0) {
    this.wanted = Math.max(this.wanted, seq);
    // Without a number nobody knows whether what was rendered for others holds it.
    this.unnumbered = this.unnumbered || !seq;
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
    }, Math.max(wait, this.restsUntil - performance.now()));
  }

  async fetchNewer() {
    if (this.fetching) {
      this.again = true;
      return this.fetching;
    }
    const begun = performance.now();
    this.fetching = this.fetchOnce();
    try {
      await this.fetching;
    } finally {
      this.fetching = null;
      this.publish();
    }
    const ended = performance.now();
    // What did not fit into the answer is asked for without a rest.
    this.restsUntil = this.again ? 0 : ended + Math.min(Math.max(ended - begun, REST_MS[0]), REST_MS[1]);
    if (this.again || (this.wanted > this.seq && !this.failures)) this.schedule(JITTER_MS[0]);
    this.again = false;
    return undefined;
  }

  async fetchOnce() {
    const url = new URL(this.dataset.src, location.href);
    url.searchParams.set("since", this.seq);
    const asked = this.wanted;
    // All who heard of the same change ask for the same, and the server renders it once.
    if (!this.unnumbered) url.searchParams.set("upto", asked);
    this.unnumbered = false;
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
    const changes = { changed: [], gone: [] };
    const added = applyFragment(this, html, this.dataset.order || "append", changes);
    this.dispatchEvent(new CustomEvent("live-list:updated", { bubbles: true, detail: { added, ...changes, seq: this.seq } }));
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
