// 专注: only the sheet and its tools; what others write and what is saved stays in sight.
export function bindFocusMode(button) {
  const set = (on) => {
    document.body.classList.toggle("is-focused", on);
    button.setAttribute("aria-pressed", String(on));
  };
  document.addEventListener("keydown", (event) => {
    // The editor keeps Escape to itself, so that it has always been prevented there.
    const free = !event.defaultPrevented || event.target.isContentEditable;
    if (event.key === "Escape" && free && !event.isComposing && !document.querySelector("dialog[open]")) set(false);
  });
  return () => set(!document.body.classList.contains("is-focused"));
}
