// The list of sections beside the sheet: marks the one in sight and those still empty, shows the headings inside and how
// much is written, and goes there.
import { isProposed } from "../lessonplans/suggesting/blocks.js";
import { INSERTION, markOf } from "../lessonplans/suggesting/marks.js";

const COUNT_MS = 300;

export class Outline {
  constructor(list, root) {
    this.list = list;
    this.links = [...list.querySelectorAll("[data-outline-key]")];
    this.root = root;
    this.given = new Set((list.dataset.given || "").split(" "));
    list.addEventListener("click", (event) => this.go(event));
    this.follow = () => this.schedule();
    window.addEventListener("scroll", this.follow, { passive: true });
    this.mark();
    this.links.forEach((link) => this.showHeadings(link));
  }

  section(key) {
    return this.root.querySelector(`#section-${CSS.escape(key)}`);
  }

  schedule() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.mark();
    });
  }

  /** The text changed: headings and counts follow when the hand rests a moment. */
  changed(editor) {
    this.schedule();
    clearTimeout(this.counting);
    this.counting = setTimeout(() => editor.isDestroyed || this.count(editor), COUNT_MS);
  }

  count(editor) {
    const written = new Map();
    let whole = 0;
    editor.state.doc.forEach((node) => {
      const characters = charactersOf(node, this.given);
      whole += characters;
      if (node.type.name === "planSection") written.set(node.attrs.key, characters);
    });
    for (const link of this.links) {
      this.showHeadings(link);
      show(link, "outline-count", written.get(link.dataset.outlineKey) || "");
    }
    const { from, to, empty } = editor.state.selection;
    const chosen = empty ? 0 : [...editor.state.doc.textBetween(from, to, "").replace(/\s/g, "")].length;
    show(this.list.parentNode, "outline-whole", `全文 ${whole} 字${chosen ? `，选中 ${chosen} 字` : ""}`);
  }

  showHeadings(link) {
    const section = this.section(link.dataset.outlineKey);
    const titles = section ? headings(section).map((heading) => heading.textContent.trim()) : [];
    const told = titles.join("\n");
    if (link.told === told) return;
    link.told = told;
    const old = link.parentNode.querySelector("ol");
    if (old) old.remove();
    if (told.trim()) link.after(innerList(link, titles));
  }

  mark() {
    let current = null;
    for (const link of this.links) {
      const section = this.section(link.dataset.outlineKey);
      if (!section) continue;
      link.toggleAttribute("data-empty", section.hasAttribute("data-empty"));
      if (section.getBoundingClientRect().top < window.innerHeight * 0.4) current = link;
    }
    for (const link of this.links) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  go(event) {
    const link = event.target.closest("a");
    if (!link) return;
    const { outlineKey, outlineIn, heading } = link.dataset;
    const section = this.section(outlineKey || outlineIn);
    const place = section && (heading ? headings(section)[Number(heading)] : section);
    if (!place) return;
    event.preventDefault();
    place.scrollIntoView({ block: heading ? "center" : "start", behavior: "smooth" });
  }
}

const headings = (section) => [...section.querySelectorAll("h3, h4")];

function innerList(link, titles) {
  const list = document.createElement("ol");
  list.className = "outline-inner";
  titles.forEach((title, n) => {
    if (!title) return;
    const inner = document.createElement("a");
    inner.href = link.getAttribute("href");
    inner.dataset.outlineIn = link.dataset.outlineKey;
    inner.dataset.heading = n;
    inner.textContent = title;
    list.append(document.createElement("li"));
    list.lastChild.append(inner);
  });
  return list;
}

/** As the server counts: what is written, without blanks, lines that templates begin with, and what is only suggested. */
export function charactersOf(node, given = new Set()) {
  let count = 0;
  node.descendants((child) => {
    if (isProposed(child)) return false;
    if (!child.isTextblock) return true;
    count += wordsOf(child).split("\n").reduce((sum, line) => sum + (given.has(line.trim()) ? 0 : lengthOf(line)), 0);
    return false;
  });
  return count;
}

const lengthOf = (words) => [...words.replace(/\s/g, "")].length;

function wordsOf(block) {
  let words = "";
  block.forEach((child) => {
    if (child.type.name === "hardBreak") words += "\n";
    if (child.isText && !isProposed(child) && !markOf(child, INSERTION)) words += child.text;
  });
  return words;
}

function show(parent, name, words) {
  let box = parent.querySelector(`.${name}`);
  if (!box) {
    box = document.createElement("span");
    box.className = name;
    parent.append(box);
  }
  if (box.textContent !== String(words)) box.textContent = words;
}
