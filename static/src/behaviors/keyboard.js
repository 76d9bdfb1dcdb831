// Ctrl+Enter sends what is being written; / and Ctrl/⌘ K go to the search box, / to that of the page (data-searchbox="here")
// where it has one.
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const accel = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && accel) send(event);
  else if (event.key.toLowerCase() === "k" && accel && !event.shiftKey && !event.altKey) goToSearch(event);
  else if (event.key === "/" && !accel && !event.altKey && !writing(event.target)) goToSearch(event, "[data-searchbox=here]");
  else if (event.key === "Escape" && event.target.matches("[data-searchbox]")) event.target.blur();
});

function writing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function send(event) {
  const form = event.target.closest("form");
  if (!form || !writing(event.target) || event.target.closest("[data-no-quick-send]")) return;
  event.preventDefault();
  form.requestSubmit();
}

function goToSearch(event, first = "[data-searchbox]") {
  const box = document.querySelector(first) || document.querySelector("[data-searchbox]");
  if (!box) return;
  // An editor may have a link command on Ctrl+K; it has called preventDefault then.
  event.preventDefault();
  if (box.offsetParent) {
    box.focus();
    box.select();
  } else location.assign(box.form.action);
}
