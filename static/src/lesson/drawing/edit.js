// Changing what is drawn when a comment is edited: the film stands still at the comment's moment.
import { warnBeforeLeaving } from "../../behaviors/leaving.js";
import { DrawingBoard } from "./board.js";
import { readShapes, writeShapes } from "./shapes.js";

export function bindDrawingEdit(element) {
  const board = new DrawingBoard(element);
  const field = document.getElementById(element.dataset.drawingEdit);
  board.take(readShapes(field.value));
  let unsent = false;
  board.onChange = (shapes) => {
    field.value = writeShapes(shapes);
    unsent = true;
  };
  field.form.addEventListener("submit", () => (unsent = false));
  warnBeforeLeaving(() => unsent);
  board.onClosed = () => field.form.querySelector("[type=submit]").focus();
  element.querySelector("[data-open-board]").addEventListener("click", () => board.open());
  const go = () => (board.video.currentTime = Number(element.dataset.at) / 1000 + 0.001);
  if (board.video.readyState >= 1) go();
  else board.video.addEventListener("loadedmetadata", go, { once: true });
}
