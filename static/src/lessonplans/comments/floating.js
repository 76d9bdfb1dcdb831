// 批注 beside what is selected: for mice and fingers; the keyboard has Ctrl+Alt+C.
import { button } from "../../elements.js";
import { partsBetween } from "./place.js";

export class FloatingButton {
  /** `busy()`: a comment is being written already. */
  constructor(editor, place, press, busy) {
    this.busy = busy;
    this.editor = editor;
    this.place = place;
    this.button = button("批注", "button small comment-here", press);
    this.button.hidden = true;
    this.button.tabIndex = -1;
    this.button.addEventListener("mousedown", (event) => event.preventDefault());
    place.append(this.button);
    editor.on("selectionUpdate", () => this.follow());
    editor.on("transaction", ({ transaction }) => transaction.docChanged && this.follow());
    editor.on("blur", () => this.follow());
  }

  follow() {
    const { from, to, empty } = this.editor.state.selection;
    const wanted = !empty && !this.busy() && partsBetween(this.editor.state.doc, from, to).length > 0;
    this.button.hidden = !wanted;
    if (!wanted) return;
    const end = this.editor.view.coordsAtPos(to);
    const frame = this.place.getBoundingClientRect();
    const left = Math.min(end.left - frame.left, frame.width - this.button.offsetWidth - 8);
    this.button.style.left = `${Math.max(8, left)}px`;
    this.button.style.top = `${end.bottom - frame.top + 6}px`;
  }
}
