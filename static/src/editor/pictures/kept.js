// Pictures that are not on the server yet, kept beside the plan's copy on this machine with their place in the text.
import * as Y from "yjs";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "@tiptap/y-tiptap";

const FRESH_MS = 20000;

export class KeptPictures {
  constructor(memory) {
    this.memory = memory;
    this.entries = [];
  }

  async open(editor) {
    const found = await this.memory.readAll("picture:");
    for (const [key, { file, alt, spot, proposed }] of found) {
      if (this.entries.some((entry) => entry.key === key) || isFresh(key)) continue;
      this.entries.push(made(editor, { key, file, alt, spot: Y.createRelativePositionFromJSON(spot), proposed, stored: true }));
    }
  }

  /** `proposed`: whose suggestion the picture is, as a node's attributes; null for an ordinary edit. */
  add(editor, file, alt, position, proposed) {
    const { binding } = ySyncPluginKey.getState(editor.state);
    const spot = absolutePositionToRelativePosition(position, binding.type, binding.mapping);
    const key = `picture:${Date.now()}:${Math.random().toString(36).slice(2)}`;
    const entry = made(editor, { key, file, alt, spot, proposed, stored: false });
    this.entries.push(entry);
    const kept = this.memory.write(key, { file, alt, spot: Y.relativePositionToJSON(spot), proposed });
    kept.then((stored) => (entry.stored = stored));
    return entry;
  }

  remove(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    URL.revokeObjectURL(entry.preview);
    this.memory.remove(entry.key);
  }
}

/** Another tab is perhaps just sending it. */
const isFresh = (key) => Date.now() - Number(key.split(":")[1]) < FRESH_MS;

function made(editor, entry) {
  const place = () => {
    const { binding } = ySyncPluginKey.getState(editor.state);
    const found = relativePositionToAbsolutePosition(binding.doc, binding.type, entry.spot, binding.mapping);
    const end = editor.state.doc.content.size;
    return found === null ? end : Math.min(found, end);
  };
  return { ...entry, place, preview: URL.createObjectURL(entry.file), sending: false, problem: "", refused: false };
}
