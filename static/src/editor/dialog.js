// A dialog made by a script: its form sends nothing, `take` says whether it may close.
import { closeDialog, openDialog } from "../behaviors/dialogs.js";

/** `html` is our own markup, never anything written by people. `take(dialog)` may return false to keep it open. */
export function ask({ id, title, html, yes = "确定", take, ready = () => undefined, className = "" }) {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-labelledby", `${id}-title`);
  dialog.innerHTML = `<form class="dialog-body form" data-no-draft novalidate><h2 id="${id}-title"></h2>${html}
    <div class="dialog-actions"><button type="button" class="button" data-closes>取消</button>
    <button class="button primary"></button></div></form>`;
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector(".dialog-actions .primary").textContent = yes;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (take(dialog) === false) return;
    shut(dialog);
  });
  document.body.append(dialog);
  ready(dialog);
  openDialog(dialog);
  return dialog;
}

export function shut(dialog) {
  closeDialog(dialog);
  dialog.remove();
}

/** Show what is wrong beside its field; nothing takes the words away. */
export function complain(dialog, name, words = "") {
  const box = dialog.querySelector(`[data-error="${name}"]`);
  box.textContent = words;
  box.hidden = !words;
  return false;
}
