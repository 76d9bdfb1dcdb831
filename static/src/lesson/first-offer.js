// A line on which the film takes long: sound and stills may go first, so that colleagues can begin.
import { toast } from "../behaviors/toast.js";
import { readableSize } from "../behaviors/small-things.js";
import { resumable, tellArrived } from "../uploads/resumable.js";

export class FirstOffer {
  /** `film` is the upload of the film: {file, running, pauseForFirst(), go()}. */
  constructor(form, film) {
    this.box = form.querySelector("[data-first]");
    this.form = form;
    this.film = film;
    this.busy = false;
    if (!this.box) return;
    [this.text, this.bar, this.steps] = ["text", "bar", "steps"].map((part) => this.box.querySelector(`[data-first-${part}]`));
    [this.yes, this.no] = ["yes", "no"].map((part) => this.box.querySelector(`[data-first-${part}]`));
    this.yes.addEventListener("click", () => this.send());
    this.no.addEventListener("click", () => this.leave());
  }

  /** Asked with every step of the film; offers once, and only where the sound can be taken out of this file. */
  async consider(secondsLeft) {
    if (!this.box || this.considered || !(secondsLeft > Number(this.box.dataset.offerAfter))) return;
    this.considered = true;
    this.tools = await Promise.all([import("../uploads/mp4-sound.js"), import("../uploads/first-look.js")]).catch(() => null);
    if (!this.tools) return;
    const [{ soundOf }, { sizeOfFirstLook }] = this.tools;
    this.sound = await soundOf(this.film.file);
    if (!this.sound || !this.film.running) return;
    const minutes = Math.max(1, Math.round(secondsLeft / 60));
    const size = readableSize(sizeOfFirstLook(this.sound));
    this.steps.hidden = false;
    this.text.textContent = `照现在的线路，视频还要约 ${minutes} 分钟。可以先传声音和画面（隔几秒一幅，约 ${size}），同事就能先听课、点评；视频接着传，时间对得上。`;
  }

  async send() {
    this.busy = true;
    this.yes.hidden = true;
    this.no.textContent = "不先传了，继续传视频";
    this.bar.hidden = false;
    this.film.pauseForFirst();
    this.text.textContent = "正在从视频里取出声音和画面，请不要关闭网页";
    const [, { firstLook }] = this.tools;
    try {
      const look = await firstLook(this.film.file, this.sound, (share) => this.show(share), () => !this.busy);
      if (this.busy) this.transfer(look);
    } catch (_) {
      if (this.busy) this.end("这个视频取不出声音和画面，接着传视频");
    }
  }

  show(share) {
    this.bar.value = Math.floor(share * 100);
  }

  transfer(look) {
    const lesson = this.form.dataset.lesson;
    this.text.textContent = `正在传声音和画面（${readableSize(look.size)}）`;
    this.upload = resumable(look, {
      endpoint: this.form.dataset.endpoint,
      subject: `${lesson}-first`,
      metadata: { lesson, first: "1" },
      onProgress: (sent, total) => this.show(sent / total),
      onError: () => this.end("声音和画面没有传成，接着传视频"),
      onSuccess: () => {
        tellArrived(this.upload.url);
        this.end("声音和画面已传到，处理好以后同事就能先听课、点评。视频接着传，请不要关闭网页。");
      },
    });
    this.upload.start();
  }

  /** Not wanted (any more). */
  leave() {
    if (this.upload) this.upload.abort(true).catch(() => toast("没有传完的声音和画面七天后自动清理"));
    this.end("");
  }

  /** The film goes on in any case. */
  end(words) {
    if (!this.box) return;
    const begun = this.busy;
    this.busy = false;
    this.steps.hidden = true;
    this.bar.hidden = true;
    this.text.textContent = words;
    if (begun) this.film.go();
  }
}
