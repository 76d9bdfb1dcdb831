// The list of sections beside the sheet: marks the one in sight and those still empty, and goes there.
export class Outline {
  constructor(list, root) {
    this.links = [...list.querySelectorAll("[data-outline-key]")];
    this.root = root;
    list.addEventListener("click", (event) => this.go(event));
    this.follow = () => this.schedule();
    window.addEventListener("scroll", this.follow, { passive: true });
    this.mark();
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
    const link = event.target.closest("[data-outline-key]");
    const section = link && this.section(link.dataset.outlineKey);
    if (!section) return;
    event.preventDefault();
    section.scrollIntoView({ block: "start", behavior: "smooth" });
  }
}
