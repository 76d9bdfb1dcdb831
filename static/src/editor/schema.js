// What a lesson plan may contain. The server's reader (lessonplans/document) knows exactly these nodes and marks.
import { Extension, Node } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { TableKit } from "@tiptap/extension-table";
import Image from "@tiptap/extension-image";
import { ListItem, TaskItem, TaskList } from "@tiptap/extension-list";
import TextAlign from "@tiptap/extension-text-align";
import Highlight from "@tiptap/extension-highlight";
import { FreshCaret } from "../composer/fresh-caret.js";
import { linkDialog } from "../composer/link-dialog.js";
import { PlanSection } from "./section.js";
import { ScrollableTable } from "./table-view.js";

const PlanDocument = Node.create({ name: "doc", topNode: true, content: "(planSection | block)+" });

// `block+` and not `paragraph block*`: two people editing one item may leave it without its first paragraph for a
// moment, and a node that does not match its rule is deleted with its text.
const LooseListItem = ListItem.extend({ content: "block+" });
const LooseTaskItem = TaskItem.extend({ content: "block+" }).configure({
  nested: true,
  a11y: { checkboxLabel: (node) => `完成：${node.textContent || "空白任务"}` },
});

const LinkKey = Extension.create({
  name: "linkKey",
  addKeyboardShortcuts() {
    return { "Mod-k": ({ editor }) => editor.isEditable && (linkDialog(editor), true) };
  },
});

export function extensions() {
  return [
    FreshCaret,
    LinkKey,
    PlanDocument,
    PlanSection,
    StarterKit.configure({
      document: false,
      undoRedo: false,
      listItem: false,
      codeBlock: false,
      code: false,
      trailingNode: false,
      heading: { levels: [3, 4] },
      link: {
        openOnClick: false,
        autolink: true,
        HTMLAttributes: { rel: "noopener noreferrer nofollow", target: null },
      },
      dropcursor: { color: "#0f5c46", width: 2 },
    }),
    LooseListItem,
    TaskList,
    LooseTaskItem,
    TableKit.configure({
      table: { resizable: true, lastColumnResizable: false, cellMinWidth: 48, View: ScrollableTable },
    }),
    Image.configure({ allowBase64: false, inline: false }),
    TextAlign.configure({ types: ["heading", "paragraph"], alignments: ["left", "center", "right", "justify"] }),
    Highlight.configure({ multicolor: false }),
  ];
}
