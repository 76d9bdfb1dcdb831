// Dialogs opened by data-opens="<id>", closed by data-closes; confirmation that names the thing by data-confirm.
import { button } from "../elements.js";

/** Open a <dialog>; engines without it get a plain box with the same keyboard. */
export function openDialog(dialog) {
  dialog.opener = document.activeElement;
  if (dialog.showModal) {
    if (!dialog.open) dialog.showModal();
  } else {
    dialog.classList.add("is-fallback");
    dialog.setAttribute("open", "");
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-modal", "true");
  }
  const first = dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select");
  if (first) first.focus();
}

export function closeDialog(dialog) {
  if (dialog.close) dialog.close();
  else {
    dialog.classList.remove("is-fallback");
    dialog.removeAttribute("open");
  }
  if (dialog.opener && dialog.opener.focus) dialog.opener.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      openDialog(dialog);
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) closeDialog(closer.closest("dialog"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const box = document.querySelector("dialog.is-fallback[open]");
  if (box) closeDialog(box);
});

/** Ask; resolves to true when the person agrees. */
export const confirmStep = async (question, yes = "确定") => Boolean(await chooseStep(question, [yes]));

/** Ask which of these steps to take, the main one last; resolves to its words, or to nothing when the person takes none. */
export function chooseStep(question, steps) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "confirm";
    dialog.setAttribute("aria-label", question);
    const body = document.createElement("div");
    body.className = "dialog-body";
    const words = document.createElement("p");
    words.textContent = question;
    const actions = document.createElement("div");
    actions.className = "dialog-actions";
    const finish = (answer) => {
      closeDialog(dialog);
      dialog.remove();
      resolve(answer);
    };
    const last = steps.length - 1;
    actions.append(
      button("取消", "button", () => finish("")),
      ...steps.map((step, at) => button(step, at === last ? "button primary" : "button", () => finish(step))),
    );
    body.append(words, actions);
    dialog.append(body);
    dialog.addEventListener("cancel", () => finish(""));
    document.body.append(dialog);
    openDialog(dialog);
    actions.firstChild.focus();
  });
}

// In the capture phase, so that it comes before whatever else wants to send the form.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const submitter = event.submitter || null;
    const question = (submitter && submitter.dataset.confirm) || form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const name = ((submitter || form.querySelector("[type=submit]") || {}).textContent || "").trim();
    confirmStep(question, name || undefined).then((agreed) => {
      if (!agreed) return;
      form.dataset.confirmed = "1";
      if (submitter) form.requestSubmit(submitter);
      else form.requestSubmit();
      delete form.dataset.confirmed;
    });
  },
  true,
);
