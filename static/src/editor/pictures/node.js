// A picture in the text: its address, what it shows, and how wide it stands. The server's writer knows the same sizes.
import Image from "@tiptap/extension-image";
import { changeAttributes } from "../../lessonplans/suggesting/blocks.js";

const SIZES = ["small", "half"];

export const PlanImage = Image.extend({
  addAttributes() {
    return {
      src: { default: null },
      alt: { default: null },
      ...changeAttributes(),
      size: {
        default: null,
        parseHTML: (element) => SIZES.find((size) => element.classList.contains(`image-${size}`)) || null,
        renderHTML: ({ size }) => (SIZES.includes(size) ? { class: `image-${size}` } : {}),
      },
    };
  },

  addInputRules() {
    return [];
  },
}).configure({ allowBase64: false, inline: false });
