// [data-mirror] beside a composer: a button that asks, once there is enough text, how close it is to earlier ones. The answer
// is shown beneath; nothing of the text is kept by asking.
import { behavior } from "../registry.js";
import { requestHtml } from "../net.js";

behavior("[data-mirror]", (place) => {
  const area = place.closest("form").querySelector("textarea[data-composer]");
  const look = place.querySelector("[data-mirror-look]");
  const result = place.querySelector("[data-mirror-result]");
  const fit = () => {
    const enough = lengthOf(area.value) >= Number(place.dataset.least);
    if (enough || !result.childElementCount) place.hidden = !enough;
  };
  area.addEventListener("input", fit);
  area.addEventListener("draft:restored", fit);
  area.form.addEventListener("reset", () => {
    result.replaceChildren();
    place.hidden = true;
  });
  fit();
  look.addEventListener("click", async () => {
    if (look.getAttribute("aria-busy")) return;
    look.setAttribute("aria-busy", "true");
    try {
      const { html } = await requestHtml(place.dataset.mirror, { method: "POST", body: questionOf(place, area) });
      result.innerHTML = html;
    } catch (error) {
      result.textContent = error.message;
    }
    look.removeAttribute("aria-busy");
  });
});

function questionOf(place, area) {
  const body = new FormData();
  const format = area.form.querySelector("input[type=hidden][name=format]");
  body.set("html", area.value);
  if (format) body.set("format", format.value);
  if (place.dataset.taskId) body.set("task_id", place.dataset.taskId);
  if (place.dataset.topicId) body.set("topic_id", place.dataset.topicId);
  return body;
}

/** Characters without tags and blanks. */
function lengthOf(html) {
  return html.replace(/<[^>]*>|\s/g, "").length;
}
