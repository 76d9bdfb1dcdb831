// Many files at once wait in a queue, a few are sent at a time, a line says how it stands: on the upload page and for an import.
import { keepAwake, letSleep } from "../uploads/awake.js";
import { warnBeforeLeaving } from "../behaviors/leaving.js";
import { Arriving } from "./arriving.js";
import { acceptDrops, droppedFiles, pickedFiles } from "./chosen-files.js";
import { Whole } from "./whole.js";

const AT_ONCE = 3;
const BUSY = ["sending", "checking"];
const OPEN = [...BUSY, "waiting", "offline"];

/**
 * What files are sent for: `subject` names it for tus, `mark(file, folder)` tells a file from others (perhaps by reading it),
 * `earlierMark(data)` is the same of a line that was begun on another day, `metadata(one)` goes along, `took(answer)` hears
 * that one has arrived, `rested(queue)` that nothing is on its way any more, `done` says in words what becomes of them,
 * `body(one)` is sent along when the server is asked to take a file in that has come.
 * `name(file, folder)` stands on a file's line, `wants(file)` says which are taken, so many as `ahead` are announced before
 * their turn, with `picksLater` the page hands files over itself.
 */
export const LIBRARY = {
  subject: "library",
  done: "已传到，在下面填好后发布",
  mark: (file) => [file.name, file.size, file.lastModified].join("|"),
  earlierMark: ({ name, size, modified }) => [name, size, modified].join("|"),
  metadata: ({ file, folder }) => ({ modified: String(file.lastModified), folder: folder || "" }),
  name: (file) => file.name,
  wants: () => true,
  took: (answer) => document.dispatchEvent(new CustomEvent("resource-card", { detail: answer.html })),
  rested: () => {},
  body: () => undefined,
  ahead: Infinity,
};

export class Arrivals {
  constructor(zone, kind) {
    this.zone = zone;
    this.kind = kind;
    this.whole = new Whole(zone.querySelector("[data-whole]"), this);
    this.reading = 0;
    this.list = zone.querySelector("[data-arrivals]");
    this.summary = zone.querySelector("[data-summary]");
    this.all = [];
    this.doubles = 0;
    this.place = zone.querySelector("input[type=file]");
    this.endpoint = zone.dataset.endpoint;
    this.takeUrl = (address) => zone.dataset.take.replace("/_", `/${new URL(address, location.href).pathname.split("/").pop()}`);
    this.changed = () => this.settle();
    this.progressed = () => this.whole.look();
    this.bind();
    if (!kind.picksLater) this.bindPicking();
    for (const element of [...this.list.querySelectorAll("[data-earlier]")]) this.takeUp(element);
    this.settle();
  }

  bind() {
    this.pauseAll = this.zone.querySelector("[data-pause-all]");
    this.pauseAll.addEventListener("click", () => this.turnAll());
    window.addEventListener("offline", () => this.in("sending").forEach((one) => one.lost()));
    window.addEventListener("online", () => this.in("offline").forEach((one) => one.retry()));
    warnBeforeLeaving(() => this.reading > 0 || this.in(...OPEN).length > 0);
  }

  bindPicking() {
    const folder = this.zone.querySelector("#folder");
    for (const part of this.zone.querySelectorAll("[data-with-script]")) part.hidden = part.contains(folder) && !("webkitdirectory" in folder);
    this.zone.querySelector("[data-without-script]").hidden = true;
    for (const input of this.zone.querySelectorAll("input[type=file]")) input.addEventListener("change", () => this.choose(input));
    this.zone.addEventListener("submit", (event) => event.preventDefault());
    acceptDrops(this.zone, async (transfer) => this.add(await droppedFiles(transfer)));
    this.zone.classList.add("is-enhanced");
    // What was chosen before this code had arrived.
    for (const input of this.zone.querySelectorAll("input[type=file]")) this.choose(input);
  }

  /** An upload that was begun earlier: its line waits for the file, or is checked when all of it had come. */
  takeUp(element) {
    const { url, name, size, offset } = element.dataset;
    const one = new Arriving(this, name, Number(size), { url, offset: Number(offset), element });
    one.mark = this.kind.earlierMark(element.dataset);
    this.all.push(one);
    one.showEarlier();
  }

  choose(input) {
    if (!input.files.length) return;
    const chosen = pickedFiles(input);
    input.value = "";
    this.add(chosen);
  }

  /** Reading what a file is known by may take a while, and another choice may be made meanwhile. */
  async add(chosen) {
    const wanted = chosen.filter(({ file }) => this.kind.wants(file));
    this.doubles = 0;
    this.reading += wanted.length;
    for (const { file, folder } of wanted) {
      this.addOne(file, folder, await this.markOf(file, folder));
      this.reading -= 1;
      this.settle();
    }
  }

  /** A file that cannot be read has a line of its own, which says so as soon as it is its turn. */
  async markOf(file, folder) {
    try {
      return await this.kind.mark(file, folder);
    } catch (_) {
      return `${folder}|${file.name}|${file.size}`;
    }
  }

  addOne(file, folder, mark) {
    const before = this.all.find((one) => one.mark === mark && one.state !== "left" && one.state !== "done" && one.state !== "known");
    if (before && before.state === "earlier") before.wait(file, folder);
    else if (before) this.doubles += 1;
    else {
      const one = new Arriving(this, this.kind.name(file, folder), file.size);
      one.mark = mark;
      this.all.push(one);
      this.list.append(one.row.element);
      one.wait(file, folder);
    }
  }

  in(...states) {
    return this.all.filter((one) => states.includes(one.state));
  }

  turnAll() {
    const going = this.in("waiting", "sending", "offline");
    if (going.length) going.reverse().forEach((one) => one.pause());
    else this.in("paused").forEach((one) => one.wait());
  }

  /** Begin what may begin, and say how it stands. A state that changes in here comes back to us: once is enough. */
  settle() {
    if (this.settling) return;
    this.settling = true;
    setTimeout(() => {
      this.settling = false;
      const free = AT_ONCE - this.in(...BUSY).length;
      const ready = this.in("waiting").filter((one) => one.url);
      ready.slice(0, Math.max(0, free)).forEach((one) => one.send());
      const asking = this.all.filter((one) => one.announcing).length;
      const told = this.in("waiting").filter((one) => one.url).length;
      const more = Math.min(AT_ONCE, this.kind.ahead - told) - asking;
      this.all.filter((one) => one.isUnknown).slice(0, Math.max(0, more)).forEach((one) => one.announce());
      this.show();
    }, 0);
  }

  show() {
    const open = this.in(...OPEN);
    const [going, paused] = [this.in("waiting", "sending", "offline"), this.in("paused")];
    this.zone.dataset.state = open.length ? "saving" : "saved";
    this.list.hidden = !this.list.children.length;
    this.pauseAll.hidden = going.length + paused.length < 2;
    this.pauseAll.textContent = going.length ? "全部暂停" : "全部继续";
    (this.in(...BUSY).length ? keepAwake : letSleep)();
    this.whole.look();
    const words = this.inWords(open, paused);
    if (this.summary.textContent !== words) this.summary.textContent = words;
    if (!open.length && !this.reading) this.kind.rested(this);
  }

  /** Only counts, so that whoever listens hears of a file when it has come and not of every percent. */
  inWords(open, paused) {
    const all = this.all.filter((one) => one.state !== "left" && one.state !== "earlier");
    if (!all.length) return "";
    const waiting = this.in("offline");
    const parts = [
      [this.in("done").length, this.kind.done],
      [this.in("known").length, "早就传到过，没有再传"],
      [this.in("refused").length, "没有上传，原因写在它那一行"],
      [paused.length, "暂停着"],
      [open.length - waiting.length, "还在传"],
      [waiting.length, "等着接着传"],
    ].filter(([count]) => count);
    const doubles = this.doubles ? `（另有 ${this.doubles} 个已经在列表里，没有再加）` : "";
    return `${open.length || paused.length ? "" : "传完了。"}共 ${all.length} 个文件：${parts.map(([count, words]) => `${count} 个${words}`).join("；")}${doubles}`;
  }
}
