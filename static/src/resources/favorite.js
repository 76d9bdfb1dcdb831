// 收藏 without leaving the page.
import { behavior } from "../registry.js";
import { requestJson } from "../net.js";
import { toast } from "../behaviors/toast.js";

behavior("form[data-favorite]", (form) => {
  const button = form.querySelector("button");
  const field = form.querySelector("[name=favorite]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await requestJson(form.action, { method: "POST", body: new FormData(form) });
      field.value = answer.favorite ? "0" : "1";
      button.setAttribute("aria-pressed", String(answer.favorite));
      button.querySelector("span").textContent = answer.favorite ? "已收藏" : "收藏";
      toast(answer.toast);
    } catch (error) {
      toast(error.message);
    }
  });
});
