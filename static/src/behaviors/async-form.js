// <form data-async>: sent by fetch; errors appear beside the field, what was typed stays.
// The answer is {ok, redirect?, html?, toast?, undo?}. On the form:
//   data-refresh="<id of a live-list>"  fetch that list at once after success
//   data-target="<id>"                  morph that element with the answer's html
//   data-reset                          empty the form after success (needs no redirect)
// While the network is away the form waits with data-state="offline" and is sent when it is back.
import { requestJson } from "../net.js";
import { morph } from "../live/fragment.js";
import { toast, toastAfterRedirect } from "./toast.js";
import { closeDialog } from "./dialogs.js";
import { clearErrors, showErrors } from "./form-errors.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-async]") || event.defaultPrevented) return;
  event.preventDefault();
  submit(form, event.submitter || null);
});

async function submit(form, submitter) {
  if (form.dataset.state === "saving") return;
  clearErrors(form);
  setState(form, "saving", submitter);
  form.requestKey = form.requestKey || newKey();
  try {
    const answer = await requestJson(addressOf(form, submitter), {
      method: form.method,
      body: dataOf(form, submitter),
      headers: { "Idempotency-Key": form.requestKey },
      timeout: 0,
    });
    form.requestKey = null;
    setState(form, "saved", submitter);
    await done(form, answer);
  } catch (error) {
    fail(form, submitter, error);
  }
}

function addressOf(form, submitter) {
  const own = submitter && submitter.getAttribute("formaction");
  return own || form.getAttribute("action") || location.href;
}

function dataOf(form, submitter) {
  const data = new FormData(form);
  if (submitter && submitter.name) data.append(submitter.name, submitter.value);
  return data;
}

/** The same key until the server has answered: a repeated send must not post twice. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function setState(form, state, submitter) {
  form.dataset.state = state;
  const buttons = submitter ? [submitter] : form.querySelectorAll("[type=submit]");
  for (const button of buttons) {
    if (state === "saving") button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}

async function done(form, answer) {
  form.dispatchEvent(new CustomEvent("async-form:done", { bubbles: true, detail: answer }));
  if (answer.redirect) {
    if (answer.toast) toastAfterRedirect(answer.toast);
    location.assign(answer.redirect);
    return;
  }
  if (form.hasAttribute("data-reset")) form.reset();
  const target = answer.html && document.getElementById(form.dataset.target || "");
  if (target) morph(target, answer.html);
  const list = document.getElementById(form.dataset.refresh || "");
  if (list && list.refresh) await list.refresh();
  if (answer.toast) toast(answer.toast, { undo: answer.undo, onUndone: list ? () => list.refresh() : undefined });
  const dialog = form.closest("dialog");
  if (dialog && dialog.hasAttribute("open")) closeDialog(dialog);
}

function fail(form, submitter, error) {
  setState(form, error.offline ? "offline" : "error", submitter);
  showErrors(form, error);
  if (error.offline) form.dispatchEvent(new CustomEvent("async-form:offline", { bubbles: true }));
  else {
    // Refused for good: a corrected form is a new request.
    form.requestKey = error.status >= 500 ? form.requestKey : null;
    form.dispatchEvent(new CustomEvent("async-form:failed", { bubbles: true, detail: error }));
  }
}

window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-async][data-state=offline]")) submit(form, null);
});
