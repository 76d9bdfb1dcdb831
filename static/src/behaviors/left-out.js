// A required field that was left out is told in our words beside it, not in a bubble of the browser's that is in its language, goes
// away by itself and cannot be read again.
const KINDS = { "select-one": "请选择", radio: "请选择", checkbox: "请勾选", file: "请选择" };
let first = null;

document.addEventListener(
  "invalid",
  (event) => {
    const control = event.target;
    const field = control.closest("[data-field]");
    const place = field && field.querySelector("[data-error]");
    if (!place || !control.validity.valueMissing) return;
    event.preventDefault();
    const label = field.querySelector("legend, .field-label") || control.labels[0];
    (place.querySelector("span") || place).textContent = `${KINDS[control.type] || "请填写"}${nameOf(label)}`;
    place.hidden = false;
    control.setAttribute("aria-invalid", "true");
    goTo(control);
    // One of several to choose from answers for all of them.
    const settle = () => {
      field.removeEventListener("input", settle);
      field.removeEventListener("change", settle);
      place.hidden = true;
      for (const one of field.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    };
    field.addEventListener("input", settle);
    field.addEventListener("change", settle);
  },
  true,
);

/** The first of those that were left out, in whatever is folded. After a press a microtask would come before the next one is told. */
function goTo(control) {
  if (first) return;
  first = control;
  setTimeout(() => {
    first = null;
    for (let fold = control.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    control.focus();
  }, 0);
}

/** The words of a label alone, without 选填 and without what its control holds. */
function nameOf(label) {
  const node = label && [...label.childNodes].find((one) => one.nodeType === 3 && one.textContent.trim());
  return node ? node.textContent.trim() : "这一项";
}
