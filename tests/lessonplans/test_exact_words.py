"""What the editor's steps say, written into Yjs in the place of what y-tiptap finds: it always comes to the same document."""

from __future__ import annotations

from tests.support.node import node_says

WRITTEN = """
import * as Y from "yjs";
import { Schema } from "@tiptap/pm/model";
import { EditorState } from "@tiptap/pm/state";
import { prosemirrorToYXmlFragment, updateYFragment, yXmlFragmentToProseMirrorRootNode } from "@tiptap/y-tiptap";
import { writeWords } from "./static/src/editor/exact-words.js";
const schema = new Schema({ nodes: { doc: { content: "p+" }, p: { content: "text*" }, text: {} } });
const line = (words) => schema.nodes.p.create(null, words ? schema.text(words) : null);
function written(lines, change) {
  const root = new Y.Doc().getXmlFragment("default");
  prosemirrorToYXmlFragment(schema.nodes.doc.create(null, lines.map(line)), root);
  const state = EditorState.create({ doc: yXmlFragmentToProseMirrorRootNode(root, schema) });
  const tr = change(state.tr);
  const write = () => updateYFragment(root.doc, root, tr.doc, { mapping: new Map(), isOMark: new Map() });
  root.doc.transact(() => writeWords(root, state.doc, tr.mapping.maps, tr.doc, write));
  return root.toArray().map((one) => one.toArray().join(""));
}
console.log(JSON.stringify([
  written(["春天来", "", "花开了"], (tr) => tr.insertText("都", 9).split(3)),
  written(["", "花开了"], (tr) => tr.insertText("都", 5).insert(tr.doc.content.size, line("")).delete(0, 2)),
  written(["𠮷𠮷天"], (tr) => tr.delete(2, 4)),
]));
"""


def test_what_becomes_an_empty_paragraph_is_empty_and_no_character_is_cut_in_two():
    assert node_says(WRITTEN) == [["春天", "来", "", "花都开了"], ["花开都了", ""], ["𠮷天"]]
