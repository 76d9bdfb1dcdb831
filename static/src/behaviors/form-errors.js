// Errors beside the field they belong to, in the places that _macros/forms.html leaves for them.
import { toast } from "./toast.js";

export function clearErrors(form) {
  for (const place of form.querySelectorAll("[data-error], [data-form-error]")) place.hidden = true;
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/** error: a NetError with message and perhaps field or errors {field: [messages]}. */
export function showErrors(form, error) {
  const byField = error.errors || (error.field ? { [error.field]: [error.message] } : {});
  let first = null;
  let rest = error.errors || error.field ? [] : [error.message];
  for (const [name, messages] of Object.entries(byField)) {
    const control = showOne(form, name, [].concat(messages).join("；"));
    if (control === null) rest = rest.concat(messages);
    else first = first || control;
  }
  if (rest.length) showGeneral(form, rest.join("；"));
  if (first && first.focus) first.focus();
}

function showOne(form, name, message) {
  const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const place = field && field.querySelector("[data-error]");
  if (!place) return null;
  (place.querySelector("span") || place).textContent = message;
  place.hidden = false;
  const control = field.querySelector("[contenteditable=true]") || form.elements.namedItem(name);
  const one = control && control.length && !control.tagName ? control[0] : control;
  if (one && one.setAttribute) one.setAttribute("aria-invalid", "true");
  return one || field;
}

function showGeneral(form, message) {
  const place = form.querySelector("[data-form-error]");
  if (!place) {
    toast(message);
    return;
  }
  const line = document.createElement("p");
  line.textContent = message;
  place.replaceChildren(line);
  place.hidden = false;
}
