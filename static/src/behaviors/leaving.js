// Asks before a page with something unsaved is left. Engines before Chromium 119 look only at returnValue.
let agreed = false;

export function warnBeforeLeaving(unsaved) {
  window.addEventListener("beforeunload", (event) => {
    if (agreed || !unsaved()) return;
    event.preventDefault();
    event.returnValue = "1";
  });
}

/** The person has just been asked and agreed. */
export function leaveUnasked() {
  agreed = true;
}
