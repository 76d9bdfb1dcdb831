// What the server does not have yet, kept on this device under the person and the page, like a draft and under its rules.
import { viewerId } from "../../net.js";

const MOST = 250; // of each kind; the server takes twice as many (MOST_AT_ONCE)

export class Unsent {
  constructor() {
    this.key = `draft:${viewerId()}:${location.pathname}:codes`;
    const found = this.read() || {};
    this.added = found.added || [];
    this.gone = found.gone || [];
    this.reached = found.reached || 0;
    this.told = 0;
    this.kept = true;
  }

  get size() {
    return this.added.length + this.gone.length;
  }

  add(added, gone, reached) {
    this.added.push(...added);
    this.gone.push(...gone);
    this.keep(reached);
  }

  /** The next batch, null if there is nothing to tell. */
  batch(reached) {
    if (!this.size && reached <= this.told) return null;
    return { added: this.added.slice(0, MOST), gone: this.gone.slice(0, MOST), reached: Math.round(reached) };
  }

  /** The server has this batch. */
  sent({ added, gone, reached }) {
    const known = new Set(added.map(([id]) => id));
    this.added = this.added.filter(([id]) => !known.has(id));
    this.gone = this.gone.filter((id) => !gone.includes(id));
    this.told = Math.max(this.told, reached);
    this.keep(reached);
  }

  keep(reached) {
    this.reached = Math.max(this.reached, Math.round(reached));
    if (!this.size) return this.forget();
    const { added, gone } = this;
    const words = `行为编码有 ${this.size} 处还没保存`;
    try {
      localStorage.setItem(this.key, JSON.stringify({ value: words, added, gone, reached: this.reached, at: Date.now(), title: document.title }));
      this.kept = true;
    } catch (_) {
      this.kept = false;
    }
    return undefined;
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch (_) {
      // There was nothing to forget.
    }
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch (_) {
      return null;
    }
  }
}
