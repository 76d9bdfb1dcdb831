// Pasting: clean text at once, its pictures as they arrive.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { request } from "../../net.js";
import { toast } from "../../behaviors/toast.js";
import { follow } from "../places.js";
import { SPOT, cleaned, isOurs, withoutForeign } from "./clean.js";
import { fileOfData, picturesOf } from "./rtf.js";

export class Pasting {
  constructor(pictures) {
    this.pictures = pictures;
    this.sources = [];
  }

  extension() {
    return Extension.create({ name: "pasting", priority: 200, addProseMirrorPlugins: () => [this.plugin()] });
  }

  plugin() {
    return new Plugin({
      key: new PluginKey("pasting"),
      props: {
        transformPastedHTML: (html) => this.clean(html),
        handlePaste: (view, event, slice) => this.paste(view, event, slice),
        // The pictures of an earlier paste that was refused are not those of this one.
        handleDOMEvents: {
          paste: () => {
            this.sources = [];
            return false;
          },
        },
      },
    });
  }

  clean(html) {
    const isHere = (src) => src.startsWith(`${this.pictures.url}/`);
    const clean = isOurs(html) ? withoutForeign(html, isHere) : cleaned(html);
    this.sources = clean.sources;
    return clean.html;
  }

  /** Put the text in; where a picture stood it is kept on this machine and sent. */
  paste(view, event, slice) {
    const sources = this.sources.splice(0);
    if (!sources.length || !view.editable) return false;
    const files = filesOf(event.clipboardData, sources);
    const tr = view.state.tr.replaceSelection(slice);
    const spots = takeSpots(tr);
    view.dispatch(tr.scrollIntoView().setMeta("paste", true));
    this.bring(spots, sources, files);
    return true;
  }

  async bring(spots, sources, files) {
    const { pictures } = this;
    const places = spots.map((spot) => follow(pictures.editor, spot));
    const found = await Promise.all(spots.map((_, n) => files[n] || fetched(sources[n].src)));
    const entries = [];
    places.forEach((place, n) => found[n] && entries.push(pictures.keep(found[n], sources[n].alt, place())));
    const lost = spots.length - entries.length;
    if (lost) toast(`有 ${lost} 张图片没有随剪贴板过来，请在原文里单独复制，或存成文件再插入`);
    await pictures.sendEach(entries);
  }
}

/** Take the marks out of a transaction; return where the pictures go. */
function takeSpots(tr) {
  const spots = [];
  tr.doc.descendants((node, position) => {
    if (!node.isText) return;
    for (let at = node.text.indexOf(SPOT); at >= 0; at = node.text.indexOf(SPOT, at + 1)) spots.push(position + at);
  });
  spots.reverse().forEach((spot) => tr.delete(spot, spot + 1));
  return spots.reverse().map((spot, n) => spot - n);
}

/** The file of each picture where the clipboard has it. */
function filesOf(data, sources) {
  const own = [...data.files].filter((file) => file.type.startsWith("image/"));
  if (sources.length === 1 && own.length === 1) return own;
  const written = picturesOf(data.getData("text/rtf"));
  const local = sources.filter(({ src }) => src.startsWith("file:"));
  const byOrder = written.length === local.length ? written : [];
  return sources.map(({ src }) => (src.startsWith("file:") ? byOrder[local.findIndex((one) => one.src === src)] : fileOfData(src)));
}

/** A picture of this site is copied: whoever reads this plan may not see where it comes from. */
async function fetched(src) {
  if (!/^\/(?![/\\])/.test(src) && !src.startsWith(`${location.origin}/`)) return null;
  try {
    const blob = await (await request(src)).blob();
    return blob.type.startsWith("image/") ? new File([blob], "图片", { type: blob.type }) : null;
  } catch (_) {
    return null;
  }
}
