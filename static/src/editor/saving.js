// 保存为版本 keeps what the server has: whatever is still on its way goes first.
const PATIENCE_MS = 8000;

export function bindSaving(provider) {
  const form = document.querySelector("[data-save-revision]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    if (!provider.unconfirmed) return;
    event.preventDefault();
    whenSaved(provider).then((saved) => (saved ? form.submit() : refuse(form)));
  });
}

function whenSaved(provider) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    provider.on("state", () => {
      if (provider.unconfirmed) return;
      clearTimeout(timer);
      resolve(true);
    });
    provider.flush();
  });
}

function refuse(form) {
  const box = form.querySelector("[data-form-error]");
  const words = document.createElement("p");
  words.textContent = "还有内容没有存到服务器，等显示“已保存”以后再存版本";
  box.replaceChildren(words);
  box.hidden = false;
}
