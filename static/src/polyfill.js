// The few library functions newer than Chrome 80 and Safari 14.1 that we or our libraries call.
// esbuild lowers syntax only, so these must be here.
function at(index) {
  const i = Math.trunc(index) || 0;
  return this[i < 0 ? this.length + i : i];
}

function lastIndex(list, test, self) {
  for (let i = list.length - 1; i >= 0; i -= 1) if (test.call(self, list[i], i, list)) return i;
  return -1;
}

function define(prototype, name, value) {
  if (!prototype[name]) Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}

define(Array.prototype, "at", at);
define(String.prototype, "at", at);
define(Object.getPrototypeOf(Int8Array.prototype), "at", at);
define(Array.prototype, "findLastIndex", function findLastIndex(test, self) {
  return lastIndex(this, test, self);
});
define(Array.prototype, "findLast", function findLast(test, self) {
  return this[lastIndex(this, test, self)];
});
define(Object, "hasOwn", (object, key) => Object.prototype.hasOwnProperty.call(object, key));
define(String.prototype, "replaceAll", function replaceAll(what, by) {
  return what instanceof RegExp ? this.replace(what, by) : this.split(what).join(by);
});
for (const Kind of [Element, Document, DocumentFragment]) {
  define(Kind.prototype, "replaceChildren", function replaceChildren(...nodes) {
    while (this.lastChild) this.removeChild(this.lastChild);
    this.append(...nodes);
  });
}
// Safari 14.1 and 15 lack it.
define(HTMLFormElement.prototype, "requestSubmit", function requestSubmit(submitter) {
  const button = submitter || this.querySelector("button[type=submit], button:not([type]), input[type=submit]");
  if (button) button.click();
  else if (this.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))) this.submit();
});
// Chrome 80 and Safari 14.1 do not say which button sent a form.
if (!window.SubmitEvent || !("submitter" in SubmitEvent.prototype)) {
  let pressed = null;
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("button, input[type=submit]");
      pressed = button && button.form && button.type === "submit" ? button : null;
    },
    true,
  );
  Object.defineProperty(Event.prototype, "submitter", {
    configurable: true,
    get() {
      return this.type === "submit" && pressed && pressed.form === this.target ? pressed : null;
    },
  });
}
define(window, "queueMicrotask", (task) => Promise.resolve().then(task));
