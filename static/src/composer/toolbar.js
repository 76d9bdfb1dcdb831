// The composer's toolbar: one tab stop, arrow keys inside, state told by aria-pressed.
import { attachmentField, takeFiles } from "./uploads.js";
import { linkDialog } from "./link-dialog.js";

const SVG = "http://www.w3.org/2000/svg";

const TOOLS = [
  ["加粗", "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z", "bold", (c) => c.toggleBold()],
  ["小标题", "M6 5v14M17 5v14M6 12h11", "heading", (c) => c.toggleHeading({ level: 3 })],
  ["列表", "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01", "bulletList", (c) => c.toggleBulletList()],
  ["编号列表", "M10 6.5h10M10 12h10M10 17.5h10M4.5 5v4M3.5 14h2.5l-2.5 4h2.5", "orderedList", (c) => c.toggleOrderedList()],
  ["引用", "M5 16.5c2.7-1 4-2.9 4-6H5V6.5h5V11M14 16.5c2.7-1 4-2.9 4-6h-4V6.5h5V11", "blockquote", (c) => c.toggleBlockquote()],
];
const LINK = "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1";
const ATTACH = "m19 11-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.2a3 3 0 0 1 4.3 4.3L9.5 16.2a1.5 1.5 0 0 1-2.1-2.1l7-7";
const UNDO = "M8.5 5 4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-4";

export class Toolbar {
  constructor(composer) {
    this.composer = composer;
    this.editor = composer.editor;
    this.element = document.createElement("div");
    this.element.className = "composer-tools";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", "文字格式");
    this.toggles = TOOLS.map(([label, path, mark, run]) => this.addToggle(label, path, mark, run));
    this.add("链接", LINK, () => linkDialog(this.editor));
    if (composer.area.dataset.uploadUrl) this.addUpload();
    this.add("撤销", UNDO, () => this.editor.chain().focus().undo().run());
    this.element.addEventListener("keydown", (event) => this.walk(event));
    this.editor.on("transaction", () => this.refresh());
    this.refresh();
    this.buttons().forEach((button, index) => (button.tabIndex = index ? -1 : 0));
  }

  buttons() {
    return [...this.element.querySelectorAll("button")];
  }

  add(label, path, press) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.append(drawing(path));
    // The selection stays where it is.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", press);
    this.element.append(button);
    return button;
  }

  addToggle(label, path, mark, run) {
    const button = this.add(label, path, () => run(this.editor.chain().focus()).run());
    return { button, mark };
  }

  addUpload() {
    const withFiles = attachmentField(this.composer.area);
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.hidden = true;
    if (!withFiles) input.accept = "image/*";
    input.setAttribute("aria-label", withFiles ? "选择图片或文件" : "选择图片");
    input.addEventListener("change", () => {
      takeFiles(this.composer, [...input.files]);
      input.value = "";
    });
    this.element.append(input);
    this.add(withFiles ? "图片或附件" : "插入图片", ATTACH, () => input.click());
  }

  refresh() {
    for (const { button, mark } of this.toggles) button.setAttribute("aria-pressed", String(this.editor.isActive(mark)));
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = this.buttons();
    const now = buttons.indexOf(document.activeElement);
    const next = buttons[(now + step + buttons.length) % buttons.length];
    buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
  }
}

function drawing(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
