// The slider through a plan's past: while it moves, the page asks for what the plan was at that step.
import { behavior } from "../registry.js";
import { requestHtml } from "../net.js";
import { toast } from "../behaviors/toast.js";

const PAUSE_MS = 120;

behavior("[data-history]", (form) => {
  const slider = form.querySelector("[type=range]");
  const place = document.querySelector("[data-moment-place]");
  let waiting = 0;
  let asked = 0;

  async function show() {
    const turn = (asked += 1);
    place.setAttribute("aria-busy", "true");
    try {
      const { html } = await requestHtml(`${form.action}?step=${slider.value}`);
      if (turn === asked) put(html);
    } catch (error) {
      if (turn === asked) toast(error.message);
    } finally {
      if (turn === asked) place.removeAttribute("aria-busy");
    }
  }

  function put(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    place.replaceChildren(template.content);
    tell();
  }

  function tell() {
    const moment = place.querySelector("[data-moment]");
    slider.setAttribute("aria-valuetext", moment.dataset.words);
    slider.dataset.shown = moment.dataset.index;
  }

  slider.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE_MS);
  });
  tell();
  form.dataset.ready = "";
});
