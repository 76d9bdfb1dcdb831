// How far all files together are: a bar, the bytes and the time that the rest takes. It says nothing aloud; counts are said by the queue.
import { readableSize } from "../behaviors/small-things.js";
import { timeLeft } from "../uploads/resumable.js";

const LOOK_MS = 400;
const COUNTED = ["waiting", "sending", "checking", "offline", "paused", "done"];

export class Whole {
  /** `element` holds a progress bar and a line of words; `queue` gives the files by state. */
  constructor(element, queue) {
    this.element = element;
    this.queue = queue;
    this.began = null;
  }

  /** Look again soon, however often it is asked meanwhile. */
  look() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.show();
    }, LOOK_MS);
  }

  show() {
    const files = this.queue.in(...COUNTED);
    const total = sum(files, (one) => one.size);
    const sent = sum(files, (one) => (one.state === "done" ? one.size : Math.min(one.sent, one.size)));
    const open = files.some((one) => one.state !== "done");
    this.element.hidden = files.length < 2 || !open;
    const going = this.queue.in("sending").length > 0;
    // A pause is no time that sending took: the rate is measured anew.
    this.began = going ? this.began || { at: Date.now(), sent } : null;
    const left = going ? timeLeft(this.began, sent, total) : "";
    const percent = total ? Math.floor((sent / total) * 100) : 0;
    this.element.querySelector("progress").value = percent;
    this.element.querySelector("p").textContent = `全部 ${percent}%（${readableSize(sent)} / ${readableSize(total)}）${left && `，${left}`}`;
  }
}

const sum = (all, size) => all.reduce((before, one) => before + size(one), 0);
