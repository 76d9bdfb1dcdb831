// [data-clashes="<address>"] in the form of an activity: what else falls on the time, speaker and place being typed.
import { behavior } from "../registry.js";
import { requestHtml } from "../net.js";

const WAIT_MS = 500;
const WATCHED = ["starts_at", "ends_at", "speaker", "place", "is_online"];

behavior("[data-clashes]", (place) => {
  const form = place.closest("form");
  let timer = 0;
  let asked = "";
  const ask = async () => {
    const url = new URL(place.dataset.clashes, location.href);
    for (const name of WATCHED) url.searchParams.set(name, new FormData(form).get(name) || "");
    if (url.href === asked) return;
    asked = url.href;
    try {
      const { html } = await requestHtml(url.href);
      if (url.href === asked) place.innerHTML = html;
    } catch (_) {
      // It is a hint only: without a line the form works as before.
      asked = "";
    }
  };
  form.addEventListener("input", ({ target }) => {
    if (!WATCHED.includes(target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  // The end moves along with a new beginning, as long as it would be before it.
  form.elements.starts_at.addEventListener("change", () => {
    const { starts_at: start, ends_at: end } = form.elements;
    if (start.value && end.value <= start.value) end.value = later(start.value);
  });
  ask();
});

/** An hour and a half later, as a field for local time shows it. */
function later(value) {
  const moment = new Date(`${value}Z`);
  moment.setUTCMinutes(moment.getUTCMinutes() + 90);
  return moment.toISOString().slice(0, 16);
}
