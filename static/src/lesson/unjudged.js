// Before a sheet is handed in: which lines have no score yet is said before anybody is asked whether they are sure.
import { toast } from "../behaviors/toast.js";

const MOST_NAMED = 5;
const NEEDED = "要附证据：写下看到的，或选一段实录、一条点评，再提交";

/** The same words as the server's (services/evaluations.py). */
function wordsOf(titles) {
  const more = titles.length > MOST_NAMED ? "等" : "";
  return `还有 ${titles.length} 项没有评分：${titles.slice(0, MOST_NAMED).join("、")}${more}。评完再提交`;
}

/** Mark these fieldsets, each with its `data-title`, until they are scored, and go to the first. `tell` is given what to say, anew
 *  with each that is scored, "" after the last. */
export function goToUnjudged(lines, tell) {
  const left = new Set(lines);
  const say = () => tell(left.size ? wordsOf([...left].map((line) => line.dataset.title)) : "");
  for (const line of lines) {
    line.dataset.missing = "";
    const scored = () => {
      delete line.dataset.missing;
      if (left.delete(line)) say();
    };
    line.addEventListener("change", scored, { once: true });
  }
  say();
  goTo(lines[0].querySelector("input"), lines[0], wordsOf(lines.map((line) => line.dataset.title)));
}

/** Go to where evidence is added for a criterion that must have some; returns what to say. */
export function goToUnproven(place, field) {
  const words = `“${place.dataset.title}”${NEEDED}`;
  place.querySelector("details").open = true;
  goTo(field, place, words);
  return words;
}

/** The words stand at the button, which may be far below by then: they are shown on top, too. */
function goTo(field, place, words) {
  toast(words);
  field.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
}
