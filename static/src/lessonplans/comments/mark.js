// The words a comment is about carry this mark, so that they may be moved, split or cut; what is said lies on the server,
// which also puts the mark in. Several comments may be about the same words.
import { Mark } from "@tiptap/core";

export const CommentMark = Mark.create({
  name: "comment",
  inclusive: false,
  excludes: "",
  addAttributes: () => ({
    cid: {
      default: null,
      parseHTML: (element) => element.getAttribute("data-comment"),
      renderHTML: ({ cid }) => ({ "data-comment": cid }),
    },
  }),
  parseHTML: () => [{ tag: "span[data-comment]" }],
  renderHTML: ({ HTMLAttributes }) => ["span", HTMLAttributes, 0],
});

export const anchorsOf = (node) => node.marks.filter((mark) => mark.type.name === "comment").map((mark) => mark.attrs.cid);
