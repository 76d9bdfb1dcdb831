// A page that was opened before the program was renewed does not know what the newer pages can write. Left to itself
// y-tiptap deletes for everybody what it cannot show; so the page lets go of the document before it looks.
import * as Y from "yjs";
import { ySyncPluginKey } from "@tiptap/y-tiptap";

const HASHED = /--[a-zA-Z0-9+/=]{8}$/;

/** Whether the document holds nodes, marks, or suggestions about a node that this page's schema does not have. */
export function holdsUnknown(type, schema) {
  if (type instanceof Y.XmlText) return type.toDelta().some((part) => !known(part, schema));
  if (type instanceof Y.XmlElement && !(schema.nodes[type.nodeName] && knowsSuggestions(type, schema.nodes[type.nodeName]))) return true;
  return type.toArray().some((child) => holdsUnknown(child, schema));
}

/** Another attribute that is not known here does nobody harm when it goes; what somebody suggests must not. */
function knowsSuggestions(element, { spec }) {
  const attributes = Object.entries(element.getAttributes());
  return attributes.every(([name, value]) => name in (spec.attrs || {}) || !(value && value.id && value.author));
}

function known({ insert, attributes }, schema) {
  const names = Object.keys(attributes || {}).map((name) => name.replace(HASHED, ""));
  return typeof insert === "string" && names.every((name) => schema.marks[name]);
}

/** Watch what does not come from the editor itself; on something unknown cut the editor off and say so. */
export function letGoOfUnknown(doc, editor, tell) {
  const look = (transaction) => {
    if (transaction.origin === ySyncPluginKey || editor.isDestroyed) return;
    const changed = [...transaction.changed.keys()].filter((type) => !type._item || !type._item.deleted);
    if (!changed.some((type) => readable(type) && holdsUnknown(type, editor.schema))) return;
    doc.off("beforeObserverCalls", look);
    cutOff(ySyncPluginKey.getState(editor.state).binding);
    tell();
  };
  doc.on("beforeObserverCalls", look);
}

/** Nothing goes from the document to the editor any more, and nothing back. */
function cutOff(binding) {
  binding._prosemirrorChanged = () => undefined;
  binding.destroy();
}

const readable = (type) => type instanceof Y.XmlFragment || type instanceof Y.XmlText;
