// The table of keys: its button, Ctrl+/ while writing, ? elsewhere on the page.
import { openDialog } from "../behaviors/dialogs.js";

export function bindKeysHelp() {
  const help = document.getElementById("plan-keys");
  const open = () => help && !help.open && openDialog(help);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.altKey) return;
    const accel = event.ctrlKey || event.metaKey;
    const writing = event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (!(accel && event.key === "/") && !(event.key === "?" && !accel && !writing)) return;
    event.preventDefault();
    open();
  });
  return open;
}
