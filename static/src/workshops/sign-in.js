// The page on the phone: a scanned code is sent at once, a typed one when pressed; without a line it waits on the device.
import { behavior } from "../registry.js";
import { clearErrors, showErrors } from "../behaviors/form-errors.js";
import { toastAfterRedirect } from "../behaviors/toast.js";
import { KEPT, keepSignIn, sendSignIn, waits } from "./sign-in-queue.js";

behavior("form[data-sign-in]", (form) => {
  const path = new URL(form.action, location.href).pathname;
  const say = (text) => (form.querySelector("[data-sign-in-state]").textContent = text);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, path, say);
  });
  // Another code is typed: it is no longer the one of the picture.
  form.elements.code.addEventListener("input", () => (form.elements.t.value = ""));
  document.addEventListener("sign-in:sent", () => location.replace(path));
  if (form.elements.code.value && form.elements.t.value && !form.querySelector("[aria-invalid]")) send(form, path, say);
  else form.elements.code.focus();
});

async function send(form, path, say) {
  const code = form.elements.code.value.replace(/\s/g, "");
  const read = { code, t: form.elements.t.value, at: Date.now() };
  clearErrors(form);
  say("正在签到");
  try {
    const answer = await sendSignIn(path, read);
    toastAfterRedirect(answer.toast || "已签到");
    location.replace(path);
  } catch (error) {
    say("");
    if (waits(error) && code && keepSignIn(path, read)) say(KEPT);
    else showErrors(form, error);
  }
}
