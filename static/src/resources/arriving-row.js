// The line of one file on its way: name, size, what is happening, and its two buttons.
import { readableSize } from "../behaviors/small-things.js";
import { button } from "../elements.js";

const SMALL = "button small";

export class ArrivingRow {
  /** `press.go` is 暂停, 继续 or 重试, whatever stands on the button; `press.leave` is 取消 or 去掉. */
  constructor(name, size, press, element = document.createElement("li")) {
    this.name = name;
    this.size = size;
    this.element = element;
    element.className = "queued-file";
    this.bar = document.createElement("progress");
    this.bar.className = "progress";
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", `“${name}”的进度`);
    this.words = document.createElement("p");
    this.words.className = "meta num";
    this.goButton = button("", SMALL, press.go);
    this.leaveButton = button("", `${SMALL} plain`, press.leave);
    const [main, steps, title] = ["div", "div", "p"].map((kind) => document.createElement(kind));
    main.className = "grow";
    steps.className = "queued-steps";
    title.className = "queued-name";
    title.textContent = name;
    main.append(title, this.bar, this.words);
    steps.append(this.goButton, this.leaveButton);
    element.replaceChildren(main, steps);
  }

  /** Show a state: {state, text, percent, go, leave}; a step without words has no button. */
  show({ state, text, percent, go = "", leave = "" }) {
    this.element.dataset.state = state;
    this.words.textContent = text;
    this.bar.hidden = percent === undefined;
    if (percent !== undefined) this.bar.value = percent;
    this.label(this.goButton, go);
    this.label(this.leaveButton, leave);
  }

  label(step, words) {
    if (step.textContent !== words) {
      step.textContent = words;
      step.setAttribute("aria-label", `${words}“${this.name}”`);
    }
    if (!words && document.activeElement === step) this.leaveButton.focus();
    step.hidden = !words;
  }

  progress(sent, left) {
    const percent = this.size ? Math.floor((sent / this.size) * 100) : 100;
    this.bar.value = percent;
    this.words.textContent = `${percent}%（${readableSize(sent)} / ${readableSize(this.size)}）${left && `，${left}`}`;
  }

  /** Take the line away; whoever stood on it goes to the next one, or to `place`. */
  remove(place) {
    const next = this.element.nextElementSibling || this.element.previousElementSibling;
    if (this.element.contains(document.activeElement)) (next ? next.querySelector("button:not([hidden])") || place : place).focus();
    this.element.remove();
  }
}
