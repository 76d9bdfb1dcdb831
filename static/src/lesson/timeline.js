// Our own timeline under the video: phases, played part, ranges, and a pin for each comment. One time scale for all.
import { clock } from "./time.js";

const PIN_PX = 24;
const STEPS = { ArrowLeft: -5000, ArrowRight: 5000, PageDown: -30000, PageUp: 30000 };

export class Timeline {
  constructor(element, player) {
    this.root = element.querySelector("[data-timeline]");
    this.player = player;
    this.track = this.root.querySelector("[data-track]");
    this.pins = this.root.querySelector("[data-pins]");
    this.ranges = this.root.querySelector("[data-ranges]");
    this.comments = [];
    this.bars = new Map();
    this.pinsById = new Map();
    this.groupOf = new WeakMap();
    this.onPick = () => {};
    this.placePhases();
    this.bind();
    player.onTime((ms) => this.showTime(ms));
  }

  percent(ms) {
    return `${(Math.min(ms, this.player.duration) / (this.player.duration || 1)) * 100}%`;
  }

  placePhases() {
    const phases = this.root.querySelector("[data-phases]");
    this.root.classList.toggle("has-phases", phases.children.length > 0);
    for (const old of this.track.querySelectorAll(".timeline-tick")) old.remove();
    for (const phase of phases.children) {
      const link = phase.querySelector("a");
      const [start, end] = [Number(link.dataset.seek), Number(link.dataset.until)];
      phase.style.left = this.percent(start);
      phase.style.width = this.percent(end - start);
      const tick = document.createElement("span");
      tick.className = "timeline-tick";
      tick.style.left = this.percent(start);
      if (start > 0) this.track.append(tick);
    }
    this.root.classList.add("is-placed");
  }

  bind() {
    this.track.addEventListener("pointerdown", (event) => this.drag(event));
    this.track.addEventListener("keydown", (event) => this.onKey(event));
    this.pins.addEventListener("keydown", (event) => this.walkPins(event));
    this.root.addEventListener("phases:changed", () => {
      this.placePhases();
      this.showTime(this.player.now);
    });
    if ("ResizeObserver" in window) new ResizeObserver(() => this.resized()).observe(this.root);
  }

  drag(event) {
    if (event.button) return;
    const move = ({ clientX }) => {
      const box = this.track.getBoundingClientRect();
      this.player.seek(Math.round(((clientX - box.left) / box.width) * this.player.duration));
    };
    const stop = () => {
      this.track.removeEventListener("pointermove", move);
      this.track.removeEventListener("pointerup", stop);
      this.track.removeEventListener("pointercancel", stop);
    };
    this.track.setPointerCapture(event.pointerId);
    this.track.addEventListener("pointermove", move);
    this.track.addEventListener("pointerup", stop);
    this.track.addEventListener("pointercancel", stop);
    move(event);
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in STEPS) this.player.step(STEPS[event.key]);
    else if (event.key === "Home") this.player.seek(0);
    else if (event.key === "End") this.player.seek(this.player.duration);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  showTime(ms) {
    this.root.querySelector("[data-played]").style.width = this.percent(ms);
    this.track.setAttribute("aria-valuenow", Math.floor(ms / 1000));
    this.track.setAttribute("aria-valuetext", clock(ms));
    for (const link of this.root.querySelectorAll("[data-phases] a")) {
      const inside = ms >= Number(link.dataset.seek) && ms < Number(link.dataset.until);
      if (inside) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** The stretch chosen for a comment; null for none. */
  select(start, end) {
    const box = this.root.querySelector("[data-selection]");
    box.hidden = start === null || end === null;
    if (box.hidden) return;
    box.style.left = this.percent(start);
    box.style.width = this.percent(end - start);
  }

  /** Comments as [{id, start, end, kind, label}], in order of time. */
  setComments(comments) {
    this.comments = comments;
    this.draw();
  }

  resized() {
    this.width = this.track.clientWidth;
    this.draw();
  }

  /** What stood there before stays the same element, with its focus; a mark is made only for what is new. */
  draw() {
    // Asked for only when it may be another one: after news came in, the answer would need a layout of the whole page.
    if (!this.width || !("ResizeObserver" in window)) this.width = this.track.clientWidth;
    const { width } = this;
    if (!width) return;
    const stretches = this.comments.filter(({ end }) => end !== null);
    this.bars = matched(this.ranges, this.bars, stretches, ({ id }) => id, newBar, (bar, comment) => this.showRange(bar, comment));
    const groups = grouped(this.comments, (ms) => (ms / (this.player.duration || 1)) * width);
    const focused = this.pins.contains(document.activeElement) ? document.activeElement.dataset.ids.split(" ")[0] : null;
    this.pinsById = matched(this.pins, this.pinsById, groups, ([{ id }]) => id, () => this.newPin(), (pin, group) => this.showPin(pin, group));
    const pins = [...this.pins.children];
    // The pin that had the focus may have joined another one.
    const again = focused && pins.find((pin) => pin.dataset.ids.split(" ").includes(focused));
    if (again && again !== document.activeElement) again.focus();
    const reached = again || pins[0];
    for (const pin of pins) set(pin, "tabindex", pin === reached ? "0" : "-1");
  }

  showRange(bar, comment) {
    set(bar, "class", `timeline-range kind-${comment.kind}`);
    place(bar, this.percent(comment.start), this.percent(comment.end - comment.start));
  }

  newPin() {
    const pin = document.createElement("button");
    pin.type = "button";
    let next = 0;
    pin.addEventListener("click", () => {
      this.onPick(this.groupOf.get(pin)[next % this.groupOf.get(pin).length]);
      next += 1;
    });
    return pin;
  }

  showPin(pin, group) {
    const [first] = group;
    this.groupOf.set(pin, group);
    set(pin, "class", `pin kind-${first.kind}`);
    place(pin, this.percent(first.start));
    set(pin, "data-ids", group.map((comment) => comment.id).join(" "));
    set(pin, "data-start", String(first.start));
    const more = group.length > 1 ? `，附近共 ${group.length} 条` : "";
    const words = `${clock(first.start)} ${first.label}${more}`;
    set(pin, "aria-label", words);
    set(pin, "title", words);
    const count = group.length > 1 ? String(group.length) : "";
    if (pin.textContent !== count) pin.textContent = count;
  }

  walkPins(event) {
    const pins = [...this.pins.children];
    const at = pins.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const target = pins[Math.max(0, Math.min(pins.length - 1, at + step))];
    for (const pin of pins) pin.tabIndex = pin === target ? 0 : -1;
    target.focus();
  }
}

/** Make the children of `place` those that show `wanted`, in this order: known by `keyOf`, made where they are not there, moved only
 *  where they stand wrong. Returns them by key. */
function matched(place, before, wanted, keyOf, make, show) {
  const after = new Map();
  for (const one of wanted) {
    const element = before.get(keyOf(one)) || make();
    show(element, one);
    after.set(keyOf(one), element);
  }
  for (const [key, element] of before) if (!after.has(key)) element.remove();
  let at = place.firstElementChild;
  for (const element of after.values()) {
    if (element === at) at = at.nextElementSibling;
    else place.insertBefore(element, at);
  }
  return after;
}

const newBar = () => document.createElement("span");

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function place(element, left, width = "") {
  if (element.placedAt === `${left} ${width}`) return;
  element.placedAt = `${left} ${width}`;
  element.style.left = left;
  element.style.width = width;
}

/** Comments whose pins would cover each other share one. */
function grouped(comments, at) {
  const groups = [];
  for (const comment of comments) {
    const last = groups[groups.length - 1];
    if (last && at(comment.start) - at(last[0].start) < PIN_PX) last.push(comment);
    else groups.push([comment]);
  }
  return groups;
}
