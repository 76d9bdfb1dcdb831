// What a host ticks without a line waits in its line of the list, and on this device in case the page is closed: it is sent when
// the page is open again. A state that somebody has by then is not sent: pressing its button would take it back.
import { viewerId } from "../net.js";

const GIVE_UP_MS = 12 * 3600 * 1000;
const AGAIN_MS = 15000;
const WORDS = "已存在本机，联网后自动提交";

/** Keep the ticks of a list of names. */
export function keepMarks(section) {
  section.addEventListener("submit", ({ target, submitter }) => submitter && (target.wantedState = submitter.value));
  section.addEventListener("async-form:failed", ({ target, detail }) => {
    if (!detail.offline) return forget(target);
    keep(target, target.wantedState);
    show(target, target.wantedState);
  });
  section.addEventListener("async-form:done", ({ target }) => forget(target));
  const send = () => formsIn(section).forEach(sendAgain);
  send();
  document.addEventListener("connection:back", send);
  setInterval(send, AGAIN_MS);
  section.dataset.keeps = "true";
}

const formsIn = (section) => [...section.querySelectorAll("form.presence-buttons")];
const keyOf = (form) => `mark:${viewerId()}:${new URL(form.action, location.href).pathname}`;
const forget = (form) => localStorage.removeItem(keyOf(form));
const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

function keep(form, state) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ state, at: Date.now() }));
  } catch (_) {
    // Without room on the device it waits in the page alone.
  }
}

function show(form, state) {
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(Boolean(state) && button.matches(`.presence-${state}`)));
  }
  const meta = form.closest(".name-line").querySelector(".item-meta");
  if (!meta.querySelector("[data-waits]")) meta.insertAdjacentHTML("beforeend", `<span data-waits>${WORDS}</span>`);
}

/** Press for the host what was pressed before; a form that still waits is sent by itself. */
function sendAgain(form) {
  const kept = read(keyOf(form));
  if (!kept || /^(saving|offline)$/.test(form.dataset.state || "")) return;
  const pressed = [...form.querySelectorAll("button")].find(isPressed);
  const wanted = kept.state ? form.querySelector(`.presence-${kept.state}`) : pressed;
  if (!wanted || (kept.state && wanted === pressed) || Date.now() - kept.at > GIVE_UP_MS) forget(form);
  else wanted.click();
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch (_) {
    return null;
  }
}
