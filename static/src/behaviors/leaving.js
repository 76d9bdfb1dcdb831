// Asks before a page with something unsaved is left. Engines before Chromium 119 look only at returnValue.
export function warnBeforeLeaving(unsaved) {
  window.addEventListener("beforeunload", (event) => {
    if (!unsaved()) return;
    event.preventDefault();
    event.returnValue = "1";
  });
}
