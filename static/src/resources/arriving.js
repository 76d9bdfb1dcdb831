// One file on its way into the library or into an import: its bytes by tus, then the check on the server.
import { confirmStep } from "../behaviors/dialogs.js";
import { readableSize } from "../behaviors/small-things.js";
import { toast } from "../behaviors/toast.js";
import { request, requestJson } from "../net.js";
import { SomebodyElse, announce, continueAt, forgetAddress, resumable, statusOf, timeLeft } from "../uploads/resumable.js";
import { ArrivingRow } from "./arriving-row.js";

const AGAIN_MS = 30000;
const CHECK_AGAIN_MS = [1000, 3000, 5000, 10000, 20000, 30000, 60000];
const LOCK_AGAIN_MS = 1000;
/** A large file is read for long; beyond this the answer was lost, and asking twice does no harm. */
const CHECKED_WITHIN_MS = 120000;
const SAFE = "传过的部分不会丢";
const NO_LINE = `网络断开了，联网后自动接着传，${SAFE}`;
const BUSY = "服务器暂时没有收下，会自动再试";

/**
 * State: waiting, sending, checking, offline (goes on by itself), paused, refused, known (had come before), done, left, and
 * earlier (begun on another day; its file has to be chosen again).
 */
export class Arriving {
  /** `zone` gives {endpoint, takeUrl, changed, progressed, place, kind}; `earlier` is an upload the server has already: {url, offset, element}. */
  constructor(zone, name, size, earlier = null) {
    this.zone = zone;
    this.name = name;
    this.size = size;
    this.sent = earlier ? earlier.offset : 0;
    this.url = earlier ? earlier.url : null;
    const press = { go: () => this.go(), leave: () => this.leave() };
    this.row = new ArrivingRow(name, size, press, earlier ? earlier.element : undefined);
    this.state = "";
  }

  get percent() {
    return this.size ? Math.floor((this.sent / this.size) * 100) : 0;
  }

  /** Change the state, show it, tell the queue. */
  become(state, text, more = {}) {
    this.state = state;
    clearTimeout(this.timer);
    this.row.show({ state, text, ...more });
    this.zone.changed();
  }

  wait(file = this.file, folder = this.folder) {
    Object.assign(this, { file, folder });
    this.become("waiting", `等待上传（${readableSize(this.size)}）`, { go: "暂停", leave: "取消" });
  }

  /** A queue asks for this once for each file; whoever pauses or cancels meanwhile has the last word. */
  get isUnknown() {
    return !this.url && !this.announcing && this.state === "waiting";
  }

  async announce() {
    this.announcing = true;
    const left = () => this.state === "left";
    try {
      this.url = await announce(this.file, this.zone.endpoint, this.metadata());
      if (left()) this.dropped(this.url);
    } catch (error) {
      if (!left()) this.notTold(error);
    }
    this.announcing = false;
    if (!left()) this.zone.changed();
  }

  notTold(error) {
    if (error instanceof SomebodyElse) this.rest(error.message);
    else this.failed(error.status, error.message);
  }

  metadata() {
    return this.zone.kind.metadata(this);
  }

  showEarlier() {
    if (this.sent >= this.size) {
      this.check();
      return;
    }
    const begun = `上次传到了 ${this.percent}%（共 ${readableSize(this.size)}）。再选一次同一个文件，就从这里接着传`;
    const text = this.sent ? begun : "上次还没轮到它。再选一次同一个文件就开始传";
    this.become("earlier", text, { percent: this.percent, leave: "取消" });
  }

  send() {
    this.become("sending", "正在连接", { percent: this.percent, go: "暂停", leave: "取消" });
    this.began = null;
    this.upload = this.upload || this.prepare();
    this.upload.start();
  }

  prepare() {
    const upload = resumable(this.file, {
      endpoint: this.zone.endpoint,
      subject: this.zone.kind.subject,
      metadata: this.metadata(),
      onProgress: (sent) => this.progress(sent),
      onWaiting: (status) => this.stalled(status),
      onError: (error) => this.broken(error),
      onSuccess: () => this.check(),
    });
    continueAt(upload, this.url);
    return upload;
  }

  progress(sent) {
    if (this.state !== "sending") return;
    this.sent = sent;
    this.began = this.began || { at: Date.now(), sent };
    this.row.progress(sent, timeLeft(this.began, sent, this.size));
    this.zone.progressed();
  }

  /** It is tried again in a moment: until it goes on, no percentage pretends that it does. */
  stalled(status) {
    if (this.state !== "sending") return;
    this.began = null;
    this.row.show({ state: "sending", text: status ? BUSY : NO_LINE, percent: this.percent, go: "暂停", leave: "取消" });
    this.zone.progressed();
  }

  /** The device has no line any more. */
  lost() {
    if (this.upload) this.upload.abort();
    this.later(NO_LINE);
  }

  go() {
    if (this.state === "refused" || this.state === "offline") this.retry();
    else if (this.state === "paused") this.wait();
    else this.pause();
  }

  pause() {
    if (this.state !== "waiting" && this.state !== "sending" && this.state !== "offline") return;
    if (this.upload) this.upload.abort();
    this.rest();
  }

  rest(text = this.sent ? `已暂停在 ${this.percent}%，${SAFE}` : "已暂停，还没开始传") {
    this.become("paused", text, { percent: this.percent, go: "继续", leave: "取消" });
  }

  retry() {
    if (this.complete) this.check();
    else this.wait();
  }

  async leave() {
    if (this.state !== "refused" && this.sent && !(await confirmStep(`取消上传“${this.name}”？已经传到的部分会删除，要重新传。`, "取消上传"))) return;
    const address = (this.upload && this.upload.url) || this.url;
    if (this.upload) this.upload.abort();
    if (address && !(await this.dropped(address))) {
      if (this.file) this.rest();
      return;
    }
    this.become("left", "");
    this.row.remove(this.zone.place);
  }

  /** Have the server forget what came; what is gone already need not be given up. */
  async dropped(address, again = true) {
    try {
      await request(address, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
    } catch (error) {
      if (error.status === 423 && again) {
        // It may still be busy with the portion that we have just broken off.
        await new Promise((resolve) => setTimeout(resolve, LOCK_AGAIN_MS));
        return this.dropped(address, false);
      }
      if (error.status === 423) {
        toast("另一个页面正在传这个文件，请先在那里暂停");
        return false;
      }
      // What could not be deleted now is swept by the server after seven days.
    }
    forgetAddress(new URL(address, location.href).pathname);
    return true;
  }

  broken(error) {
    if (this.state !== "sending") return;
    if (error.causingError instanceof SomebodyElse) this.rest(error.causingError.message);
    else if (error.originalRequest) this.failed(statusOf(error), statusOf(error) ? error.originalResponse.getBody() : "");
    else this.refuse("读不了这个文件，可能被改动或移走了，请再选一次");
  }

  failed(status, said) {
    if (!status || (status >= 500 && status !== 507) || status === 429) {
      // Paused while the server was told of it: it is told again when its owner goes on.
      if (this.state !== "paused") this.later(status ? BUSY : NO_LINE);
    } else if (status === 401) this.refuse("登录已过期，请重新登录后再点重试", true);
    else {
      this.upload = null;
      this.url = null;
      if (status === 409) this.knownAlready();
      else this.refuse(said && said.length < 120 && !said.includes("<") ? said : "没有上传成功，请点重试", status !== 422 || said.includes("重试"));
    }
  }

  knownAlready() {
    this.become("known", "");
    this.row.remove(this.zone.place);
  }

  later(text) {
    this.become("offline", text, { percent: this.percent, go: "继续", leave: "取消" });
    this.timer = setTimeout(() => this.retry(), AGAIN_MS);
  }

  refuse(text, again = false) {
    this.become("refused", text, { go: again ? "重试" : "", leave: "去掉" });
  }

  /** All bytes are there: the server opens the file. It may be busy, and the line may be lost just now. */
  async check(tries = 0) {
    this.complete = true;
    this.sent = this.size;
    const address = (this.upload && this.upload.url) || this.url;
    this.become("checking", tries ? "已传到，正在排队检查" : "已传到，正在检查", { percent: 100 });
    try {
      const body = this.zone.kind.body(this);
      const answer = await requestJson(this.zone.takeUrl(address), { method: "POST", timeout: CHECKED_WITHIN_MS, body });
      this.become("done", "");
      this.row.remove(this.zone.place);
      this.zone.kind.took(answer);
    } catch (error) {
      this.notChecked(error, tries);
    }
  }

  notChecked(error, tries) {
    const passing = error.offline || error.status === 409 || error.status === 429 || error.status >= 500;
    if (passing && tries < CHECK_AGAIN_MS.length) {
      const waits = error.silent ? "已传到，服务器还没有回答，会自动再问" : "已传到，联网后检查";
      this.row.show({ state: "checking", text: error.offline ? waits : "已传到，正在排队检查", percent: 100 });
      this.timer = setTimeout(() => this.check(tries + 1), CHECK_AGAIN_MS[tries]);
    } else if (error.status === 410) this.knownAlready();
    else {
      const isSignIn = error.status === 401 || error.code === "csrf"; // says nothing about the file
      if (!passing && !isSignIn) Object.assign(this, { complete: false, upload: null, url: null }); // the server has forgotten it
      this.refuse(error.message, passing || isSignIn);
    }
  }
}
