// What was drawn is shown over the film when its moment is reached or its comment is pressed, and goes as the film plays on.
import { drawShapes, fitLayer, readShapes } from "./shapes.js";

export const SHOWN_MS = 2000;
const BEFORE_MS = 60; // a seek may land a frame early

export const isNow = (start, ms) => ms >= start - BEFORE_MS && ms < start + SHOWN_MS;

export class ShownDrawings {
  /** `page` has the list of comments and the form, once they are there. */
  constructor(player, board, page) {
    Object.assign(this, { player, board, page });
    this.layer = player.element.querySelector("[data-drawn]");
    player.onTime((ms) => this.show(ms));
    for (const name of ["loadedmetadata", "resize"]) player.video.addEventListener(name, () => this.show());
  }

  show(ms = this.player.now) {
    fitLayer(this.layer, this.player.video);
    drawShapes(this.layer, this.board.isOpen ? [] : this.at(ms));
  }

  at(ms) {
    const { list, form } = this.page;
    const shapes = form && form.held && isNow(form.start, ms) ? form.shapes : [];
    if (shapes.length || !list) return shapes;
    const here = list.items.filter(({ dataset }) => dataset.drawing && isNow(Number(dataset.start), ms));
    const chosen = here.includes(list.current) ? [list.current] : here;
    return chosen.flatMap((item) => readShapes(item.dataset.drawing));
  }
}
