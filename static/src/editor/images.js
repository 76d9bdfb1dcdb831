// Pictures: chosen, pasted or dragged in; they go to the server first, the document only holds the address.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { toast } from "../behaviors/toast.js";
import { follow } from "./places.js";
import { SLOW, sendSlowly } from "./sending.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MOST_BYTES = 12 * 1024 * 1024;

export class Pictures {
  constructor(url) {
    this.url = url;
  }

  /** Upload the pictures of a list of files; put them in their order where `position` (or the caret) was, wherever the
   *  text has moved meanwhile. */
  async insert(editor, files, position) {
    const place = follow(editor, typeof position === "number" ? position : editor.state.selection.to);
    const nodes = [];
    for (const file of pictures(files)) {
      const source = await this.upload(file);
      if (source) nodes.push({ type: "image", attrs: { src: source, alt: file.name.replace(/\.\w+$/, "") } });
    }
    if (!nodes.length || editor.isDestroyed) return;
    const at = place();
    const here = editor.state.selection.empty && editor.state.selection.to === at;
    editor.commands.insertContentAt(at, nodes, { updateSelection: here });
  }

  async upload(file) {
    if (file.size > MOST_BYTES) return void toast(`${file.name} 超过 12 MB，请压缩后再放进来`);
    const body = new FormData();
    body.set("file", file, file.name || "图片.png");
    const notice = new Notice(file.name || "图片");
    try {
      const answer = await sendSlowly(this.url, body, file.size, { onProgress: (share) => notice.show(share) });
      return answer.url;
    } catch (error) {
      toast(`${file.name} 没有放进来：${why(error)}`);
      return null;
    } finally {
      notice.remove();
    }
  }

  // Paste and drop.
  extension() {
    const take = (view, files, position) => {
      if (!view.editable || !pictures(files).length) return false;
      this.insert(this.editor, files, position);
      return true;
    };
    return Extension.create({
      name: "pictures",
      addProseMirrorPlugins: () => [
        new Plugin({
          key: new PluginKey("pictures"),
          props: {
            handlePaste: (view, event) => {
              const data = event.clipboardData;
              // Word puts a picture of the text beside the text: the text is what is meant.
              if (!data || data.getData("text/html")) return false;
              return take(view, data.files);
            },
            handleDrop: (view, event, slice, moved) => {
              if (moved || !event.dataTransfer) return false;
              const spot = view.posAtCoords({ left: event.clientX, top: event.clientY });
              const taken = take(view, event.dataTransfer.files, spot ? spot.pos : undefined);
              if (taken) event.preventDefault();
              return taken;
            },
          },
        }),
      ],
    });
  }
}

/** Stays at the bottom of the page while a picture is on its way; the number is for the eyes only. */
class Notice {
  constructor(name) {
    this.box = document.createElement("div");
    this.box.className = "toast";
    const words = document.createElement("span");
    words.textContent = `正在上传 ${name}`;
    this.share = document.createElement("span");
    this.share.className = "num";
    this.share.setAttribute("aria-hidden", "true");
    this.box.append(words, this.share);
    const place = document.querySelector("[data-toasts]");
    if (place) place.append(this.box);
  }

  show(share) {
    this.share.textContent = share < 1 ? ` ${Math.floor(share * 100)}%` : " 正在检查";
  }

  remove() {
    this.box.remove();
  }
}

function why(error) {
  if (error.slow) return `${SLOW}，可以压缩以后再试`;
  return error.offline ? "网络断开了，联网以后再放" : error.message;
}

function pictures(files) {
  return [...(files || [])].filter((file) => TYPES.includes(file.type));
}
