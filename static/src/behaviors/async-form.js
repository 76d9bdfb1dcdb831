// <form data-async>: sent by fetch; errors appear beside the field, what was typed stays.
// The answer is {ok, redirect?, toast?, undo?}. Before each try, also a repeated one, the form hears async-form:sending. On it:
//   data-refresh="<id of a live-list>"  fetch that list at once after success
//   data-reset                          empty the form after success (needs no redirect)
//   data-done="<words>"                 the button says so after success and rests; 撤销 wakes it again
// While the network is away the form waits with data-state="offline". It is sent again when the browser or the socket
// says that the network is back, and else from time to time: neither notices every break.
import { requestJson } from "../net.js";
import { keptWords } from "./drafts.js";
import { clearErrors, showErrors } from "./form-errors.js";
import { toast, toastAfterRedirect } from "./toast.js";
import { emptyWhatWasSent, snapshot } from "./written.js";

const LIMIT_MS = 30000;
const STILL_MS = 8000;
const AGAIN_MS = [5000, 10000, 20000, 40000, 60000];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-async]") || event.defaultPrevented) return;
  event.preventDefault();
  form.waits = false;
  if (form.dataset.state !== "saving") clearErrors(form);
  submit(form, pressed(event.submitter));
});

/** The button as it was when it was pressed: a like that is sent again must say what it said. */
const pressed = (button) => button && { button, name: button.name, value: button.value, action: button.getAttribute("formaction") };

async function submit(form, by) {
  if (form.dataset.state === "saving") return;
  form.dispatchEvent(new CustomEvent("async-form:sending"));
  const data = dataOf(form, by);
  form.sentValues = snapshot(form);
  form.sentBy = by;
  setState(form, "saving");
  const still = sayStillSending();
  try {
    const answer = await requestJson(addressOf(form, by), { method: form.method, body: data, ...paceOf(data) });
    form.sentKey = null;
    form.waits = false;
    clearErrors(form);
    setState(form, "saved");
    await done(form, answer);
  } catch (error) {
    fail(form, error);
  } finally {
    still();
  }
}

const addressOf = (form, by) => (by && by.action) || form.getAttribute("action") || location.href;

function dataOf(form, by) {
  const data = new FormData(form);
  if (by && by.name) data.append(by.name, by.value);
  if (!data.get("client_uuid")) data.set("client_uuid", keyOf(form, data));
  return data;
}

/** The same words carry the same key until the server has answered: a repeated send must not post twice. */
function keyOf(form, data) {
  const words = JSON.stringify([...data].filter(([name]) => !/^(csrf_token|client_uuid)$/.test(name)));
  if (!form.sentKey || form.sentKey.words !== words) form.sentKey = { words, key: newUuid() };
  return form.sentKey.key;
}

export function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A file takes as long as it takes, if only it moves; words that are not answered in half a minute are not coming. */
const paceOf = (data) => ([...data.values()].some((value) => value instanceof File && value.size) ? { slowly: true } : { timeout: LIMIT_MS });

/** Returns what ends the notice. */
function sayStillSending() {
  let notice = null;
  const timer = setTimeout(() => (notice = toast("还在发送，请不要关闭页面", { stays: true })), STILL_MS);
  return () => {
    clearTimeout(timer);
    if (notice) notice.remove();
  };
}

function setState(form, state) {
  form.dataset.state = state;
  const buttons = form.sentBy ? [form.sentBy.button] : form.querySelectorAll("[type=submit]");
  for (const button of buttons) {
    if (state === "saving") button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}

async function done(form, answer) {
  form.dispatchEvent(new CustomEvent("async-form:done", { bubbles: true, detail: answer }));
  if (answer.redirect) {
    if (answer.toast) toastAfterRedirect(answer.toast, answer.undo);
    location.assign(answer.redirect);
    return;
  }
  if (form.hasAttribute("data-reset")) emptyWhatWasSent(form, form.sentValues);
  const list = document.getElementById(form.dataset.refresh || "");
  if (list && list.refresh) await list.refresh(answer.seq);
  const wake = form.dataset.done ? rest(form) : null;
  const onUndone = wake || (list ? () => list.refresh() : undefined);
  if (answer.toast) toast(answer.toast, { undo: answer.undo, onUndone });
}

/** The button says what was done and cannot be pressed again; returns what makes it as it was. */
function rest(form) {
  const button = form.querySelector("[type=submit]");
  const { textContent: words, ariaLabel: label } = button;
  button.textContent = form.dataset.done;
  button.removeAttribute("aria-label");
  button.disabled = true;
  return () => {
    button.textContent = words;
    if (label) button.setAttribute("aria-label", label);
    button.disabled = false;
  };
}

function fail(form, error) {
  const waited = form.waits;
  form.waits = Boolean(error.offline);
  setState(form, error.offline ? "offline" : "error");
  form.dispatchEvent(new CustomEvent("async-form:failed", { bubbles: true, detail: error }));
  if (error.offline) sendLater();
  // It was said the first time; every further try would say it again.
  if (error.offline && waited) return;
  showErrors(form, wordsFor(form, error));
}

/** What happens to what was written is said as it is: some of it is kept on this device, some only on the page. */
function wordsFor(form, error) {
  if (error.status && error.status < 500 && error.status !== 401) return error;
  const again = error.slow ? "稍后自动再试" : "联网后自动发送";
  const then = error.offline ? again : "";
  const message = [error.message, keptWords(form), then].filter(Boolean).join("，");
  return { message, field: error.field, errors: error.errors };
}

let tries = 0;
let timer = 0;

function sendLater() {
  if (timer) return;
  timer = setTimeout(sendWaiting, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
  tries += 1;
}

function sendWaiting() {
  clearTimeout(timer);
  timer = 0;
  const waiting = document.querySelectorAll("form[data-async][data-state=offline]");
  if (!waiting.length) tries = 0;
  for (const form of waiting) submit(form, form.sentBy);
}

window.addEventListener("online", sendWaiting);
document.addEventListener("connection:back", sendWaiting);
