// 保存为版本 keeps what the server has: whatever is still on its way goes first. Pressed twice, it is sent once.
const PATIENCE_MS = 20000;

export function bindSaving(provider) {
  const form = document.querySelector("[data-save-revision]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    if (form.dataset.state === "saving") return event.preventDefault();
    mark(form, true);
    if (!provider.unconfirmed) return;
    event.preventDefault();
    whenSaved(provider).then((saved) => (saved ? form.submit() : refuse(form)));
  });
  // The page may come back from the browser's memory as it was left.
  window.addEventListener("pageshow", (event) => event.persisted && mark(form, false));
}

function mark(form, busy) {
  form.dataset.state = busy ? "saving" : "";
  const button = form.querySelector("[type=submit]");
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

/** Whether all that was written is on the server: as soon as it is, or after a while. */
export function whenSaved(provider) {
  return new Promise((resolve) => {
    const finish = (saved) => {
      clearTimeout(timer);
      provider.off("state", look);
      resolve(saved);
    };
    const look = () => provider.unconfirmed || finish(true);
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    provider.on("state", look);
    provider.hurry();
  });
}

function refuse(form) {
  mark(form, false);
  const box = form.querySelector("[data-form-error]");
  const words = document.createElement("p");
  words.textContent = "还有内容没有存到服务器，等显示“已保存”以后再存版本";
  box.replaceChildren(words);
  box.hidden = false;
}
