// Pictures: chosen, pasted or dragged in; they go to the server first, the document only holds the address.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { requestJson } from "../net.js";
import { toast } from "../behaviors/toast.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MOST_BYTES = 12 * 1024 * 1024;

export class Pictures {
  constructor(url) {
    this.url = url;
  }

  // Upload the pictures of a list of files and put them where the caret is, or at `position`.
  async insert(editor, files, position) {
    for (const file of pictures(files)) {
      const source = await this.upload(file);
      if (!source) continue;
      const node = { type: "image", attrs: { src: source, alt: file.name.replace(/\.\w+$/, "") } };
      if (typeof position === "number") editor.chain().insertContentAt(position, node).run();
      else editor.chain().focus().insertContent(node).run();
    }
  }

  async upload(file) {
    if (file.size > MOST_BYTES) return void toast("图片超过 12 MB，请压缩后再放进来");
    const body = new FormData();
    body.set("file", file, file.name || "图片.png");
    try {
      const answer = await requestJson(this.url, { method: "POST", body });
      return answer.url;
    } catch (error) {
      toast(error.offline ? "网络断开了，图片要等联网以后再放" : error.message);
      return null;
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

function pictures(files) {
  return [...(files || [])].filter((file) => TYPES.includes(file.type));
}
