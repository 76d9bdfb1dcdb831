// What a person has written into a form: told apart from what the server put there, and from what was already sent.
const WRITTEN = "input:not([type=hidden]):not([type=submit]):not([type=button]), textarea, select";

/** Whether a control holds something else than the server gave it. */
export function isChanged(control) {
  if (control.tagName === "OPTION") return isChanged(control.closest("select") || control.parentNode);
  if (control.tagName === "SELECT") return isChosen(control);
  if (/^(checkbox|radio)$/.test(control.type)) return control.checked !== control.defaultChecked;
  if (control.type === "file") return control.files.length > 0;
  return "defaultValue" in control && control.type !== "hidden" && control.value !== control.defaultValue;
}

/** A select of which the server chose nothing stands at its first option. */
function isChosen(select) {
  const options = [...select.options];
  if (!select.multiple && !options.some((option) => option.defaultSelected)) return select.selectedIndex > 0;
  return options.some((option) => option.selected !== option.defaultSelected);
}

export const writtenControls = (place) => [...place.querySelectorAll(WRITTEN)];

/** What the controls of a form hold now, to be compared once the server has answered. */
export const snapshot = (form) => new Map(writtenControls(form).map((control) => [control, contentOf(control)]));

/** What a control holds, as something that can be compared. */
export function contentOf(control) {
  if (/^(checkbox|radio)$/.test(control.type)) return control.checked;
  if (control.type === "file") return [...control.files].map((file) => `${file.name}:${file.size}:${file.lastModified}`).join("|");
  return control.value;
}

/** Whether somebody went on writing in this control while the form was under way. */
export const wentOn = (control, sent) => Boolean(sent) && sent.has(control) && sent.get(control) !== contentOf(control);

/** Empty a form after success; what was written while it was being sent stays. */
export function emptyWhatWasSent(form, sent) {
  const later = writtenControls(form).filter((control) => wentOn(control, sent));
  if (!later.length) {
    form.reset();
    return;
  }
  for (const control of writtenControls(form)) if (!later.includes(control)) empty(control);
}

function empty(control) {
  if (/^(checkbox|radio)$/.test(control.type)) control.checked = control.defaultChecked;
  else if (control.type === "file") control.value = "";
  else if (control.tagName === "SELECT") for (const option of control.options) option.selected = option.defaultSelected;
  else control.value = control.defaultValue;
  control.dispatchEvent(new Event("change", { bubbles: true }));
  if (control.hasAttribute("data-composer")) control.dispatchEvent(new CustomEvent("draft:restored"));
}
