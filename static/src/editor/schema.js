// What a lesson plan may contain. The server's reader (lessonplans/document) knows exactly these nodes and marks.
import { Extension, Node } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { ListItem, TaskItem, TaskList } from "@tiptap/extension-list";
import TextAlign from "@tiptap/extension-text-align";
import Highlight from "@tiptap/extension-highlight";
import { CommentMark } from "../lessonplans/comments/mark.js";
import { FreshCaret } from "../composer/fresh-caret.js";
import { linkDialog } from "../composer/link-dialog.js";
import { Reformatting } from "../lessonplans/suggesting/formats.js";
import { Tex } from "../lessonplans/suggesting/formulas.js";
import { Deletion, Insertion } from "../lessonplans/suggesting/marks.js";
import { tickAttribute } from "../lessonplans/suggesting/switches.js";
import { Board, BoardText, Stroke } from "./board/nodes.js";
import { PlanCard } from "./cards/card.js";
import { Formula } from "./formulas/formula.js";
import { Pinyin } from "./pinyin/mark.js";
import { PlanImage } from "./pictures/node.js";
import { PlanSection } from "./section.js";
import { PlanCell, PlanHeader, PlanRow, PlanTable } from "./table-view.js";

const PlanDocument = Node.create({ name: "doc", topNode: true, content: "(planSection | block)+" });

// `block+` and not `paragraph block*`: two people editing one item may leave it without its first paragraph for a
// moment, and a node that does not match its rule is deleted with its text.
const LooseListItem = ListItem.extend({ content: "block+" });
const LooseTaskItem = TaskItem.extend({
  content: "block+",
  addAttributes() {
    return { ...this.parent(), ...tickAttribute() };
  },
}).configure({
  nested: true,
  a11y: { checkboxLabel: (node) => `完成：${node.textContent || "空白任务"}` },
});

// Pasted text tells its side by the plain attribute: a style attribute may not be read under the page's policy.
const Alignment = TextAlign.extend({
  addGlobalAttributes() {
    const [{ types, attributes }] = this.parent();
    const { textAlign } = attributes;
    const parseHTML = (element) => {
      const side = element.getAttribute("align");
      return this.options.alignments.includes(side) ? side : textAlign.parseHTML(element);
    };
    return [{ types, attributes: { textAlign: { ...textAlign, parseHTML } } }];
  },
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
    PlanTable,
    PlanRow,
    PlanCell,
    PlanHeader,
    PlanImage,
    PlanCard,
    Board,
    Stroke,
    BoardText,
    Formula,
    Pinyin,
    Insertion,
    Deletion,
    Tex,
    Reformatting,
    CommentMark,
    Alignment.configure({ types: ["heading", "paragraph"], alignments: ["left", "center", "right", "justify"] }),
    Highlight.configure({ multicolor: false }),
  ];
}
