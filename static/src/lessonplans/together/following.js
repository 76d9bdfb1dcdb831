// Following a colleague: the page scrolls along with their caret until one does something oneself.
import { toast } from "../../behaviors/toast.js";
import { button } from "../../elements.js";

// Of the window's height: where the caret may be without the page moving.
const HIGHEST = 0.2;
const LOWEST = 0.75;
const PRESSES = ["Enter", " ", "Tab", "Shift"];
const OWN_ACTS = ["wheel", "touchmove", "keydown", "pointerdown"];

export class Following {
  constructor(page, provider) {
    Object.assign(this, { page, provider, user: null });
    this.bar = document.createElement("div");
    this.bar.className = "follow-bar no-print";
    this.bar.hidden = true;
    this.dot = document.createElement("span");
    this.dot.className = "here-dot";
    this.words = document.createElement("span");
    this.words.setAttribute("role", "status");
    this.bar.append(this.dot, this.words, button("停止", "button small", () => this.stop()));
    page.append(this.bar);
    this.ownAct = (event) => this.ends(event) && this.stop();
    provider.on("people", () => this.schedule());
  }

  attach(editor) {
    editor.on("transaction", () => this.schedule());
  }

  /** Pressing a face again lets go. */
  press(user) {
    if (this.user && this.user.id === user.id) return this.stop();
    if (user.role === "read") return toast(`${user.name}只在看，没有光标可以跟随`);
    this.stop();
    this.user = user;
    this.page.dataset.following = user.id;
    this.dot.style.backgroundColor = user.color;
    this.bar.hidden = false;
    OWN_ACTS.forEach((name) => document.addEventListener(name, this.ownAct, { passive: true, capture: true }));
    this.provider.emit("following");
    this.look();
  }

  stop() {
    if (!this.user) return;
    this.user = null;
    delete this.page.dataset.following;
    this.bar.hidden = true;
    OWN_ACTS.forEach((name) => document.removeEventListener(name, this.ownAct, { capture: true }));
    this.provider.emit("following");
  }

  /** The bar and the faces are what one follows with; everything else is one's own way. */
  ends({ target, type, key }) {
    const isTool = target instanceof Element && target.closest(".follow-bar, .here-chip");
    return !isTool || type === "wheel" || type === "touchmove" || (key !== undefined && !PRESSES.includes(key));
  }

  schedule() {
    if (!this.user || this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.look();
    });
  }

  look() {
    const { user, provider } = this;
    if (!user) return;
    const isHere = [...provider.awareness.getStates().values()].some((state) => state.user && state.user.id === user.id);
    if (!isHere && provider.joined) {
      this.stop();
      return toast(`${user.name}离开了，不再跟随`);
    }
    const caret = this.page.querySelector(`.collaboration-carets__caret[data-user="${user.id}"]`);
    this.tell(caret ? `正在跟随 ${user.name}` : `正在跟随 ${user.name}（现在不在正文里）`);
    if (caret) this.bring(caret);
  }

  tell(words) {
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  bring(caret) {
    const { top, bottom } = caret.getBoundingClientRect();
    if (top >= window.innerHeight * HIGHEST && bottom <= window.innerHeight * LOWEST) return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    caret.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  }
}
