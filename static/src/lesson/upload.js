// Uploading a recording by tus: in portions, paused and continued, also tomorrow and after a reload.
import { confirmStep } from "../behaviors/dialogs.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { toast } from "../behaviors/toast.js";
import { readableSize } from "../behaviors/small-things.js";
import { request } from "../net.js";
import { FirstOffer } from "./first-offer.js";
import { keepAwake, letSleep } from "../uploads/awake.js";
import { fingerprint } from "../uploads/fingerprint.js";
import { SomebodyElse, continueAt, forgetAddress, resumable, secondsLeft, statusOf, tellArrived, timeLeft } from "../uploads/resumable.js";

const AGAIN_MS = 30000;

export function bindUpload(form) {
  new RecordingUpload(form);
}

class RecordingUpload {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.pauseButton = form.querySelector("[data-upload-pause]");
    this.cancelButton = form.querySelector("[data-upload-cancel]");
    this.first = new FirstOffer(form, this);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.start();
    });
    this.pauseButton.addEventListener("click", () => (this.running ? this.pause() : this.go()));
    this.cancelButton.addEventListener("click", () => this.askToCancel());
    for (const button of form.querySelectorAll("[data-upload-drop]")) button.addEventListener("click", () => this.drop(button));
    window.addEventListener("online", () => this.form.dataset.state === "waiting" && this.go());
    warnBeforeLeaving(() => this.running || this.first.busy);
    form.dataset.ready = "";
  }

  async start() {
    const file = this.input.files[0];
    if (!file) return this.say("请先选择要上传的视频文件", "error");
    const most = Number(this.form.dataset.maxBytes);
    if (file.size > most) return this.say(`文件超过 ${readableSize(most)}，请先压缩或分段`, "error");
    this.file = file;
    const print = await fingerprint(file).catch(() => "");
    this.upload = this.prepare(file, print);
    const earlier = await this.upload.findPreviousUploads();
    if (earlier.length) this.upload.resumeFromPreviousUpload(earlier[0]);
    const address = this.upload.url || this.begun(print);
    if (address) continueAt(this.upload, address);
    return this.go();
  }

  /**
   * The same file may have been begun on another computer: it came here on a stick, and the page lists what is unfinished.
   * Or here, until the server would not answer, upon which tus throws its note of it away.
   */
  begun(print) {
    if (print && this.kept && this.kept.print === print) return this.kept.address;
    const begun = [...this.form.querySelectorAll("[data-unfinished][data-print]")].find((one) => one.dataset.print === print);
    return begun ? begun.dataset.url : null;
  }

  prepare(file, print) {
    return resumable(file, {
      endpoint: this.form.dataset.endpoint,
      subject: this.form.dataset.lesson,
      metadata: { lesson: this.form.dataset.lesson, print },
      onProgress: (sent, total) => this.progress(sent, total),
      onWaiting: (status) => this.stalled(status),
      onError: (error) => this.failed(error),
      onSuccess: () => this.done(),
    });
  }

  go() {
    clearTimeout(this.again);
    this.running = true;
    this.began = null;
    this.form.dataset.state = "sending";
    this.input.disabled = true;
    this.form.querySelector("[data-upload-start]").hidden = true;
    this.form.querySelector("[data-upload-progress]").hidden = false;
    this.pauseButton.hidden = false;
    this.cancelButton.hidden = false;
    this.pauseButton.textContent = "暂停";
    keepAwake();
    this.upload.start();
  }

  pause() {
    this.running = false;
    this.upload.abort();
    this.form.dataset.state = "paused";
    this.pauseButton.textContent = "继续上传";
    this.say("已暂停，传过的部分不会丢");
    letSleep();
  }

  /** Sound and stills go first; they call `go` when they are there. */
  pauseForFirst() {
    this.running = false;
    this.upload.abort();
    this.form.dataset.state = "first";
    this.pauseButton.hidden = true;
    this.cancelButton.hidden = true;
    this.say("视频先停一停，传过的部分不会丢");
  }

  async askToCancel() {
    const name = this.input.files[0] ? `“${this.input.files[0].name}”` : "";
    if (await confirmStep(`取消上传${name}？已经传到的部分会删除，要重新传。`, "取消上传")) await this.cancel();
  }

  async cancel() {
    this.running = false;
    const address = this.upload.url;
    try {
      await this.upload.abort(true);
      if (address) this.forget(address);
    } catch (_) {
      // What could not be deleted now is swept by the server after seven days.
    }
    this.reset();
    this.say("");
    this.form.querySelector("[data-upload-progress]").hidden = true;
    this.form.querySelector("[data-upload-bar]").value = 0;
    this.input.value = "";
    toast("已取消上传");
  }

  /** Give up an upload that was begun earlier, in this browser or another. */
  async drop(button) {
    if (!(await confirmStep(button.dataset.question, "取消上传"))) return;
    try {
      await request(button.dataset.uploadDrop, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
    } catch (error) {
      // What is gone already need not be given up.
      if (error.status !== 404 && error.status !== 410) {
        toast(error.status === 423 ? "另一个页面正在传这个文件，请先在那里暂停" : error.message);
        return;
      }
    }
    this.forget(button.dataset.uploadDrop);
    toast("已取消上传");
  }

  /** Nothing is at this address any more. */
  forget(address) {
    const path = new URL(address, location.href).pathname;
    forgetAddress(path);
    if (this.kept && new URL(this.kept.address, location.href).pathname === path) this.kept = null;
    for (const button of this.form.querySelectorAll("[data-upload-drop]")) {
      if (button.dataset.uploadDrop === path) button.closest("[data-unfinished]").remove();
    }
  }

  progress(sent, total) {
    this.began = this.began || { at: Date.now(), sent };
    const percent = Math.floor((sent / total) * 100);
    this.form.querySelector("[data-upload-bar]").value = percent;
    const left = timeLeft(this.began, sent, total);
    this.first.consider(secondsLeft(this.began, sent, total));
    this.say(`上传中 ${percent}%（${readableSize(sent)} / ${readableSize(total)}）${left && `，${left}`}`);
  }

  /** It is tried again in a moment: until it goes on, no percentage pretends that it does. */
  stalled(status) {
    if (!this.running) return;
    this.began = null;
    const trouble = status ? "服务器暂时没有收下" : "网络没有反应";
    this.say(`${trouble}，会自动再试，传过的部分不会丢`, "offline");
  }

  failed(error) {
    this.running = false;
    letSleep();
    if (error.causingError instanceof SomebodyElse) {
      this.pause();
      this.say(error.causingError.message, "error");
      return;
    }
    const status = statusOf(error);
    if (!status) {
      this.form.dataset.state = "waiting";
      this.pauseButton.textContent = "继续上传";
      this.say("网络断开了，联网后自动接着传", "offline");
      // A line may come back without this device having noticed that it was gone.
      this.again = setTimeout(() => this.form.dataset.state === "waiting" && this.go(), AGAIN_MS);
      return;
    }
    const address = this.upload.url;
    const isGone = address && (status === 404 || status === 410);
    if (isGone) this.forget(address);
    else if (address && (status === 401 || status === 429 || status >= 500)) this.kept = { print: this.upload.options.metadata.print, address };
    this.reset();
    const text = status === 401 ? "登录已过期，请重新登录后再选同一个文件接着传" : error.originalResponse.getBody();
    const instead = isGone ? "上次传到的部分已经不在了，请再点一次“上传实录”，从头传" : "上传没有成功，请再选一次文件";
    this.say(text && text.length < 80 ? text : instead, "error");
  }

  async done() {
    this.running = false;
    letSleep();
    this.form.dataset.state = "done";
    this.pauseButton.hidden = true;
    this.cancelButton.hidden = true;
    this.say("已传完，正在处理视频", "done");
    await tellArrived(this.upload.url);
    location.reload();
  }

  reset() {
    this.first.end("");
    this.form.dataset.state = "";
    this.input.disabled = false;
    this.form.querySelector("[data-upload-start]").hidden = false;
    this.pauseButton.hidden = true;
    this.cancelButton.hidden = true;
    letSleep();
  }

  say(text, state = "") {
    const place = this.form.querySelector("[data-upload-text]");
    this.form.querySelector("[data-upload-progress]").hidden = false;
    place.textContent = text;
    place.dataset.state = state;
  }
}
