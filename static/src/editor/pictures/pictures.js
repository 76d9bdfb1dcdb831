// Pictures: chosen, pasted, dragged in or taken with the phone. They go to the server first, the document only holds the
// address. What did not arrive stays on this machine, at its place in the text, and is sent again when the line is back.
import { Extension } from "@tiptap/core";
import { toast } from "../../behaviors/toast.js";
import { shrunk } from "../../workshops/shrinking.js";
import { besideBlock } from "../../lessonplans/suggesting/blocks.js";
import { PLAIN } from "../../lessonplans/suggesting/mode.js";
import { STILL, requestJson } from "../../net.js";
import { KeptPictures } from "./kept.js";
import { picturePlugin } from "./plugin.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MOST_BYTES = 12 * 1024 * 1024;
// What cameras, chats and scanners call a picture says nothing about it.
const NAMELESS = /^(img|image|dsc|mmexport|wx_camera|screenshot|微信图片|屏幕截图|图片)?[\s\d_()（）.-]*$/i;

export class Pictures {
  constructor(url, memory) {
    this.url = url;
    this.kept = new KeptPictures(memory);
    window.addEventListener("online", () => this.retry());
  }

  /** The editor is here: what an earlier visit could not send stands at its place again. */
  async attach(editor) {
    this.editor = editor;
    await this.kept.open(editor);
    this.refresh();
    this.retry();
  }

  /** Upload the pictures of a list of files; put them in their order where `position` (or the caret) was, wherever the
   *  text has moved meanwhile. */
  async insert(editor, files, position) {
    const at = typeof position === "number" ? position : editor.state.selection.to;
    // Of the moment in which it was put in: the switch may be another one when it arrives.
    const proposed = editor.storage.suggesting.mode.newInsertion();
    const batch = [];
    for (const file of pictures(files)) {
      const small = await shrunk(file);
      if (!small) toast(`${file.name} 打不开，请存成 JPG 再放进来`);
      else if (small.size > MOST_BYTES) toast(`${file.name} 超过 12 MB，请压缩后再放进来`);
      else batch.push(this.kept.add(editor, small, described(file.name), at, proposed));
    }
    this.refresh();
    await this.send(batch);
  }

  /** A picture of a text that was pasted: kept here, to be sent. */
  keep(file, alt, position) {
    return this.kept.add(this.editor, file, alt, position, this.editor.storage.suggesting.mode.newInsertion());
  }

  async sendEach(entries) {
    this.refresh();
    for (const entry of entries) await this.send([entry]);
  }

  /** One after the other; those that arrived are put in together, so that they stand in their order. */
  async send(batch) {
    const arrived = [];
    for (const entry of batch) if (await this.upload(entry)) arrived.push(entry);
    const { editor } = this;
    if (!arrived.length || !editor) return;
    await editor.storage.suggesting.mode.provider.hold.released();
    if (editor.isDestroyed) return;
    const nodes = arrived.map(({ src, alt, proposed }) => ({ type: "image", attrs: { src, alt, ...proposed } }));
    const [{ proposed, place }] = arrived;
    const at = proposed ? besideBlock(editor.state.doc, place()) : place();
    const here = editor.state.selection.empty && editor.state.selection.to === at;
    editor.chain().setMeta(PLAIN, true).insertContentAt(at, nodes, { updateSelection: here }).run();
    arrived.forEach((entry) => this.kept.remove(entry));
    this.refresh();
  }

  async upload(entry) {
    if (entry.sending) return false;
    const { file } = entry;
    const body = new FormData();
    body.set("file", file, file.name || "图片.png");
    Object.assign(entry, { sending: true, problem: "" });
    this.refresh();
    const notice = new Notice(file.name || "图片");
    try {
      const onProgress = (share) => notice.show(share);
      entry.src = (await requestJson(this.url, { method: "POST", body, slowly: true, onProgress })).url;
      return true;
    } catch (error) {
      this.failed(entry, error);
      return false;
    } finally {
      entry.sending = false;
      notice.remove();
    }
  }

  failed(entry, error) {
    entry.problem = why(error);
    entry.refused = !error.slow && !error.offline;
    toast(`${entry.file.name} 没有放进来：${entry.problem}`);
    entry.sending = false;
    this.refresh();
  }

  retry(entries = this.kept.entries.filter((entry) => !entry.refused)) {
    return this.sendEach(entries.filter((entry) => !entry.sending && !entry.src));
  }

  drop(entry) {
    this.kept.remove(entry);
    this.refresh();
    this.editor.commands.focus();
  }

  refresh() {
    const { editor } = this;
    if (editor && !editor.isDestroyed) editor.view.dispatch(editor.state.tr.setMeta("pictures", this.kept.entries));
  }

  /** Whether closing the page would lose a picture. */
  get wouldLose() {
    return this.kept.entries.some((entry) => !entry.stored);
  }

  extension() {
    const take = (files, position) => {
      if (!pictures(files).length) return false;
      this.insert(this.editor, files, position);
      return true;
    };
    return Extension.create({ name: "pictures", addProseMirrorPlugins: () => [picturePlugin(this, take)] });
  }
}

/** Stays at the bottom of the page while a picture is on its way; the number is for the eyes only. */
class Notice {
  constructor(name) {
    this.box = toast(`正在上传 ${name}`, { stays: true }) || document.createElement("div");
    this.share = document.createElement("span");
    this.share.className = "num";
    this.share.setAttribute("aria-hidden", "true");
    this.box.append(this.share);
  }

  show(share) {
    this.share.textContent = share < 1 ? ` ${Math.floor(share * 100)}%` : " 正在检查";
  }

  remove() {
    this.box.remove();
  }
}

function described(name) {
  const bare = (name || "").replace(/\.\w+$/, "");
  return NAMELESS.test(bare) ? "" : bare;
}

function why(error) {
  if (error.slow) return `${STILL}，可以压缩以后再试`;
  return error.offline ? "网络断开了，联网以后自动再传" : error.message;
}

function pictures(files) {
  return [...(files || [])].filter((file) => TYPES.includes(file.type));
}
