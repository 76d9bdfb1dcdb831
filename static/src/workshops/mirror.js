// [data-mirror] beside a composer: a button that asks, once there is enough text or a file with text was chosen, how close it is
// to earlier ones. The answer is shown beneath; nothing of the text or the files is kept by asking.
import { behavior } from "../registry.js";
import { requestHtml } from "../net.js";

const READING_MS = 120_000;

behavior("[data-mirror]", (place) => {
  const form = place.closest("form");
  const area = form.querySelector("textarea[data-composer]");
  const look = place.querySelector("[data-mirror-look]");
  const result = place.querySelector("[data-mirror-result]");
  const fit = () => {
    const enough = lengthOf(area ? area.value : "") >= Number(place.dataset.least) || filesOf(place).length > 0;
    if (enough || !result.childElementCount) place.hidden = !enough;
  };
  form.addEventListener("input", fit);
  form.addEventListener("change", fit);
  form.addEventListener("draft:restored", fit);
  form.addEventListener("files:restored", fit);
  form.addEventListener("reset", () => {
    result.replaceChildren();
    place.hidden = true;
  });
  fit();
  look.addEventListener("click", async () => {
    if (look.getAttribute("aria-busy")) return;
    look.setAttribute("aria-busy", "true");
    try {
      const asked = { method: "POST", body: questionOf(place, area), timeout: READING_MS };
      const { html } = await requestHtml(place.dataset.mirror, asked);
      result.innerHTML = html;
    } catch (error) {
      result.textContent = error.message;
    }
    look.removeAttribute("aria-busy");
  });
});

function questionOf(place, area) {
  const body = new FormData();
  const format = place.closest("form").querySelector("input[type=hidden][name=format]");
  body.set("html", area ? area.value : "");
  if (format) body.set("format", format.value);
  if (place.dataset.taskId) body.set("task_id", place.dataset.taskId);
  if (place.dataset.topicId) body.set("topic_id", place.dataset.topicId);
  const chosen = filesOf(place);
  const fits = (file) => file.size <= Number(place.dataset.most);
  const sent = new Set(chosen.filter(fits).slice(0, Number(place.dataset.mostFiles)));
  for (const file of chosen) {
    if (sent.has(file)) body.append("files", file);
    else body.append("left", file.name);
  }
  return body;
}

/** The chosen files that hold sentences; those too large to travel twice are only named. */
function filesOf(place) {
  const extensions = (place.dataset.mirrorFiles || "").split(" ").filter(Boolean);
  const fields = extensions.length ? [...place.closest("form").querySelectorAll("input[type=file][name=files]")] : [];
  const holds = (file) => extensions.some((end) => file.name.toLowerCase().endsWith(end));
  return fields.flatMap((field) => [...field.files]).filter(holds);
}

/** Characters without tags and blanks. */
function lengthOf(html) {
  return html.replace(/<[^>]*>|\s/g, "").length;
}
