// The tools above the sheet. One tab stop; arrow keys walk through it (the toolbar pattern of WAI-ARIA).
import { toast } from "../behaviors/toast.js";
import { changesOf } from "../lessonplans/suggesting/blocks.js";

const toggle = (name) => (editor) => editor.chain().focus()[`toggle${name}`]().run();
const align = (side) => (editor) => editor.chain().focus().setTextAlign(side).run();
const inTable = (name) => (editor) => editor.chain().focus()[name]().run();

/** What a column is suggested for says so in each of its cells, and a merged one would be of two columns. */
function waitsInCells({ state: { selection } }) {
  let found = false;
  if (selection.forEachCell) selection.forEachCell((cell) => (found = found || changesOf(cell).length > 0));
  return found;
}

const sized = (size) => (editor) => editor.chain().focus().updateAttributes("image", { size }).run();

const COMMANDS = {
  undo: (editor) => editor.chain().focus().undo().run(),
  redo: (editor) => editor.chain().focus().redo().run(),
  heading: (editor) => editor.chain().focus().toggleHeading({ level: 3 }).run(),
  bold: toggle("Bold"),
  italic: toggle("Italic"),
  underline: toggle("Underline"),
  strike: toggle("Strike"),
  highlight: toggle("Highlight"),
  bulletList: toggle("BulletList"),
  orderedList: toggle("OrderedList"),
  taskList: toggle("TaskList"),
  alignLeft: align("left"),
  alignCenter: align("center"),
  alignRight: align("right"),
  table: (editor) => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  board: (editor) => editor.chain().focus().insertContent({ type: "board" }).run(),
  rule: (editor) => editor.chain().focus().setHorizontalRule().run(),
  addRowBefore: inTable("addRowBefore"),
  addRow: inTable("addRowAfter"),
  addColumnBefore: inTable("addColumnBefore"),
  addColumn: inTable("addColumnAfter"),
  deleteRow: inTable("deleteRow"),
  deleteColumn: inTable("deleteColumn"),
  mergeCells: (editor) => (waitsInCells(editor) ? toast("这些格子有整列增删的修订，请先决定，再合并") : inTable("mergeCells")(editor)),
  splitCell: inTable("splitCell"),
  headerRow: inTable("toggleHeaderRow"),
  headerColumn: inTable("toggleHeaderColumn"),
  headerCell: inTable("toggleHeaderCell"),
  deleteTable: inTable("deleteTable"),
  small: sized("small"),
  half: sized("half"),
  full: sized(null),
  removeImage: (editor) => editor.chain().focus().deleteSelection().run(),
};

const ACTIVE = {
  heading: (editor) => editor.isActive("heading"),
  alignLeft: (editor) => !editor.isActive({ textAlign: "center" }) && !editor.isActive({ textAlign: "right" }),
  alignCenter: (editor) => editor.isActive({ textAlign: "center" }),
  alignRight: (editor) => editor.isActive({ textAlign: "right" }),
  small: (editor) => editor.isActive("image", { size: "small" }),
  half: (editor) => editor.isActive("image", { size: "half" }),
  full: (editor) => editor.isActive("image", { size: null }),
};

// Tools that only make sense now and then.
const POSSIBLE = {
  mergeCells: (editor) => editor.can().mergeCells(),
  splitCell: (editor) => editor.can().splitCell(),
};

export class Toolbar {
  constructor(bar, editor, extra) {
    this.bar = bar;
    this.editor = editor;
    this.commands = { ...COMMANDS, ...extra };
    this.tools = [...bar.querySelectorAll("[data-command]")];
    this.groups = [...bar.querySelectorAll("[data-tools-for]")];
    bar.addEventListener("mousedown", (event) => event.target.closest("[data-command]") && event.preventDefault());
    bar.addEventListener("click", (event) => this.press(event.target.closest("[data-command]")));
    bar.addEventListener("keydown", (event) => this.walk(event));
    editor.view.dom.addEventListener("keydown", (event) => this.come(event));
    editor.on("transaction", () => this.scheduleRefresh());
    editor.on("update", () => this.scheduleRefresh());
    this.refresh();
    this.tools[0].tabIndex = 0;
  }

  press(tool) {
    if (!tool || tool.disabled || !this.editor.isEditable) return;
    this.commands[tool.dataset.command](this.editor, tool);
  }

  scheduleRefresh() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.refresh();
    });
  }

  refresh() {
    const { editor } = this;
    if (editor.isDestroyed) return;
    for (const group of this.groups) {
      const wanted = editor.isActive(group.dataset.toolsFor);
      if (group.hidden !== wanted) continue;
      group.hidden = !wanted;
      // On a phone these come first in the row.
      if (wanted) this.bar.scrollLeft = 0;
    }
    for (const tool of this.tools) {
      const name = tool.dataset.command;
      const hidden = tool.parentNode.hidden;
      const off = !editor.isEditable || this.commands.isOff(name) || (!hidden && POSSIBLE[name] !== undefined && !POSSIBLE[name](editor));
      if (tool.disabled !== off) tool.disabled = off;
      if (!tool.hasAttribute("aria-pressed")) continue;
      if (name === "focusMode" || name === "suggesting") continue;
      const on = String((ACTIVE[name] || ((e) => e.isActive(name)))(editor));
      if (tool.getAttribute("aria-pressed") !== on) tool.setAttribute("aria-pressed", on);
    }
  }

  /** Alt+F10 goes from the text to the tools. */
  come(event) {
    if (event.key !== "F10" || !event.altKey) return;
    event.preventDefault();
    (this.tools.find((tool) => tool.tabIndex === 0 && tool.offsetParent !== null) || this.tools[0]).focus();
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const shown = this.tools.filter((tool) => tool.offsetParent !== null);
    const at = shown.indexOf(document.activeElement);
    let next = null;
    if (step && at >= 0) next = shown[(at + step + shown.length) % shown.length];
    else if (event.key === "Home") next = shown[0];
    else if (event.key === "End") next = shown[shown.length - 1];
    else if (event.key === "Escape") this.editor.commands.focus();
    if (!next) return;
    event.preventDefault();
    this.tools.forEach((tool) => (tool.tabIndex = -1));
    next.tabIndex = 0;
    next.focus();
  }
}
