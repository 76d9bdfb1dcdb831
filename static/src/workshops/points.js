// [data-points] around the fields of what a topic asks: says beside them when the points do not make the total.
import { behavior } from "../registry.js";

behavior("[data-points]", (place) => {
  const note = place.querySelector("[data-points-note]");
  const value = (name) => Number(place.querySelector(`[name="${name}"]`).value) || 0;
  place.addEventListener("input", () => {
    const sum = value("asked_posts") * value("post_points") + value("asked_answers") * value("answer_points");
    const total = value("total_points");
    note.hidden = !total || sum === total;
    note.textContent = note.hidden ? "" : `各项合计 ${sum} 分，和总分 ${total} 分不一致`;
  });
});
