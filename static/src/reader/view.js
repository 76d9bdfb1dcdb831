// Reading a PDF file on the page: every page of it, words that can be selected, finding and zoom. Only what is looked at is fetched.
import { getDocument, GlobalWorkerOptions } from "pdfjs-dist/legacy/build/pdf.mjs";
import { CMaps } from "./cmaps.js";
import { folded, placesOf } from "./finding.js";
import { PageView } from "./page.js";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const BROKEN = "有几页没有载入，可能是网络断了；联网后刷新这一页";
const AROUND = "150% 0px"; // pages that near are drawn before they are seen
const STEP_BYTES = 128 * 1024;
const WORKER_MS = 60000;
const TYPING_MS = 250;

/** Open the file of `root` in its place; resolves when the first page can be read. */
export async function openReader(root) {
  GlobalWorkerOptions.workerPort ||= await startedWorker(root.dataset.worker);
  const loading = getDocument({
    url: root.dataset.pdf, CMapReaderFactory: CMaps, useSystemFonts: true, isEvalSupported: false, enableXfa: false,
    disableStream: true, disableAutoFetch: true, rangeChunkSize: STEP_BYTES,
  });
  const reader = new Reader(root, await loading.promise);
  try {
    await reader.start();
  } catch (error) {
    loading.destroy();
    throw error;
  }
  return reader;
}

/** The worker, once it is there; an error named WorkerError when it does not come. */
function startedWorker(address) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address, { type: "module" });
    const fail = () => {
      worker.terminate();
      reject(Object.assign(new Error("the worker did not start"), { name: "WorkerError" }));
    };
    const timer = setTimeout(fail, WORKER_MS);
    worker.addEventListener("error", () => (clearTimeout(timer), fail()), { once: true });
    worker.addEventListener("message", () => (clearTimeout(timer), resolve(worker)), { once: true });
  });
}

class Reader {
  constructor(root, pdf) {
    this.root = root;
    this.pdf = pdf;
    this.bar = root.querySelector("[data-bar]");
    this.field = root.querySelector("[data-find]");
    this.said = root.querySelector("[data-found]");
    this.place = root.querySelector("[data-place]");
    this.frame = document.createElement("div");
    this.frame.className = "pdf-frame";
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "region");
    this.frame.setAttribute("aria-label", "全文");
    this.zoom = 1;
    this.hits = [];
    this.at = -1;
  }

  async start() {
    const first = (await this.pdf.getPage(1)).getViewport({ scale: 1 });
    const total = this.pdf.numPages;
    this.pages = Array.from({ length: total }, (_, i) => new PageView(this.pdf, i + 1, total, first));
    this.frame.append(...this.pages.map((page) => page.figure));
    await this.pages[0].words(); // what cannot be read does not take the pictures' place
    this.root.querySelector("[data-pictures]").replaceWith(this.frame);
    this.place.max = total;
    this.root.querySelector("[data-total]").textContent = total;
    this.bar.hidden = false;
    this.listen();
    this.watch();
    await this.draw(this.pages[0]);
    this.root.dataset.state = "open";
  }

  watch() {
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const page = this.pages[target.dataset.page - 1];
        if (isIntersecting) this.draw(page);
        else page.forget();
      }
    }, { root: this.frame, rootMargin: AROUND });
    for (const page of this.pages) near.observe(page.figure);
    new ResizeObserver(() => this.redraw()).observe(this.frame);
  }

  redraw() {
    for (const page of this.pages) if (page.drawn) this.draw(page);
  }

  /** A page that did not come is asked for again when it comes near the next time. */
  async draw(page) {
    try {
      await page.draw();
    } catch (_) {
      page.forget();
      this.say(BROKEN);
    }
  }

  listen() {
    this.frame.addEventListener("scroll", () => this.sayPlace(), { passive: true });
    this.place.addEventListener("change", () => this.goTo(Number(this.place.value)));
    this.bar.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (!button) return;
      if (button.dataset.zoom) this.setZoom(Number(button.dataset.zoom));
      if (button.dataset.hit) this.step(Number(button.dataset.hit));
    });
    this.field.addEventListener("input", ({ isComposing }) => isComposing || this.findSoon());
    this.field.addEventListener("compositionend", () => this.findSoon());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        this.step(event.shiftKey ? -1 : 1);
      }
    });
    this.root.addEventListener("keydown", (event) => {
      const finds = event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!finds || document.activeElement === this.field) return; // pressed twice it is the browser's own
      event.preventDefault();
      this.field.select();
    });
  }

  goTo(number) {
    const page = this.pages[Math.min(Math.max(1, Math.round(number) || 1), this.pages.length) - 1];
    this.frame.scrollTop = page.figure.offsetTop - this.frame.offsetTop;
  }

  sayPlace() {
    const middle = this.frame.scrollTop + this.frame.clientHeight / 3;
    const above = this.pages.filter((page) => page.figure.offsetTop - this.frame.offsetTop <= middle);
    if (document.activeElement !== this.place) this.place.value = Math.max(1, above.length);
  }

  /** One step in or out; 0 is as wide as there is room. */
  setZoom(step) {
    const now = ZOOMS.indexOf(this.zoom);
    this.zoom = step ? ZOOMS[Math.min(Math.max(now + step, 0), ZOOMS.length - 1)] : 1;
    const part = this.frame.scrollTop / this.frame.scrollHeight;
    this.frame.style.setProperty("--zoom", this.zoom);
    this.frame.scrollTop = part * this.frame.scrollHeight;
    this.redraw();
  }

  findSoon() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.find().catch(() => this.say(BROKEN)), TYPING_MS);
  }

  /** Look through all pages, from the one that is read; what was typed meanwhile ends it. */
  async find() {
    const wanted = folded(this.field.value);
    this.wanted = wanted;
    this.hits = [];
    this.at = -1;
    for (const page of this.pages) page.mark([]);
    this.say(wanted ? "正在查找…" : "");
    for (const page of wanted ? this.pages : []) {
      const places = placesOf(wanted, await page.words());
      if (this.wanted !== wanted) return;
      page.mark(places);
      this.hits.push(...places.map((place) => ({ page, place })));
    }
    if (this.hits.length) {
      const reading = Number(this.place.value) || 1;
      const next = this.hits.findIndex(({ page }) => page.number >= reading);
      await this.show(Math.max(next, 0));
    } else if (wanted) this.say("没有找到");
  }

  step(by) {
    if (this.hits.length) this.show((this.at + by + this.hits.length) % this.hits.length);
  }

  async show(at) {
    const before = this.hits[this.at];
    this.at = at;
    const { page, place } = this.hits[at];
    if (before && before.page !== page) before.page.mark(before.page.hits);
    this.say(`第 ${at + 1} 处，共 ${this.hits.length} 处`);
    if (!page.drawn) this.goTo(page.number);
    await this.draw(page);
    page.mark(page.hits, place);
    const mark = page.sheet.querySelector("mark[data-current]");
    if (mark) this.center(mark);
  }

  /** Within the frame only: the field that one types into stays where it is. */
  center(mark) {
    const [inner, outer] = [mark.getBoundingClientRect(), this.frame.getBoundingClientRect()];
    this.frame.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
    this.frame.scrollLeft += Math.min(0, inner.left - outer.left) + Math.max(0, inner.right - outer.right);
  }

  say(words) {
    this.said.textContent = words;
  }
}
