// The cards of files that wait: new ones come in, one may be thrown away, the first can lend its answers.
import { behavior } from "../registry.js";
import { confirmStep } from "../behaviors/dialogs.js";
import { requestJson } from "../net.js";
import { toast } from "../behaviors/toast.js";

const LENT = ["kind", "stage", "grade", "subject", "edition", "volume", "unit", "lesson", "visibility", "workshop_id", "license"];

behavior("[data-cards]", (form) => {
  const list = form.querySelector("[data-card-list]");
  const actions = form.querySelector("[data-card-actions]");
  const lend = form.querySelector("[data-copy-first]");

  const settle = () => {
    const count = list.querySelectorAll("[data-upload-card]").length;
    actions.hidden = count === 0;
    lend.hidden = count < 2;
    form.querySelector("[type=submit].primary").textContent = count > 1 ? `发布 ${count} 份资源` : "发布资源";
  };

  document.addEventListener("resource-card", (event) => {
    const holder = document.createElement("template");
    holder.innerHTML = event.detail;
    const title = holder.content.querySelector("input[name$=title]");
    list.append(holder.content);
    settle();
    if (title && list.querySelectorAll("[data-upload-card]").length === 1) title.focus();
  });

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-discard]");
    if (!button) return;
    event.preventDefault();
    const card = button.closest("[data-upload-card]");
    const name = card.querySelector(".upload-name").textContent.trim();
    if (!(await confirmStep(`确定去掉“${name}”吗？文件和填好的内容都会删掉，要用时得重新上传。`, "去掉"))) return;
    try {
      const answer = await requestJson(button.getAttribute("formaction"), { method: "POST" });
      card.remove();
      toast(answer.toast);
      settle();
    } catch (error) {
      toast(error.message);
    }
  });

  form.addEventListener("click", (event) => {
    const taken = event.target.closest("[data-propose]");
    if (!taken) return;
    const field = document.getElementById(taken.dataset.propose);
    const { value } = taken.dataset;
    if (field.options && ![...field.options].some((option) => option.value === value)) field.add(new Option(value, value));
    fill(field, value);
    const mark = document.createElement("span");
    mark.className = "tag green";
    mark.textContent = "已填上";
    taken.replaceWith(mark);
    field.focus();
  });

  lend.addEventListener("click", () => {
    const [first, ...others] = list.querySelectorAll("[data-upload-card]");
    const changed = others.flatMap((card) => LENT.map((name) => lendOne(first, card, name))).filter(Boolean);
    const act = () => changed.forEach(({ field, before }) => fill(field, before));
    toast("已把第一份的分类用到全部，标题没有动", changed.length ? { undo: { act } } : {});
  });
  settle();
});

/** What was changed and what stood there before; null if nothing was. */
function lendOne(first, card, name) {
  const from = first.querySelector(`[name$="-${name}"]`);
  const to = card.querySelector(`[name$="-${name}"]`);
  if (!from || !to || to.value === from.value) return null;
  const before = to.value;
  fill(to, from.value);
  return { field: to, before };
}

function fill(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
