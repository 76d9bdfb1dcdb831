// Narrowing the comments: the list, its pins and what comes later are those that fit, and the film plays on.
import { requestHtml } from "../net.js";
import { toast } from "../behaviors/toast.js";

export function bindCommentFilter(form, page) {
  form.dataset.ready = "";
  form.querySelector("button").hidden = true;
  form.addEventListener("change", () => narrow(form, page));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    narrow(form, page);
  });
  form.querySelector("[data-filter-clear]").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const field of form.querySelectorAll("select")) field.value = "";
    narrow(form, page);
  });
}

async function narrow(form, page) {
  const url = new URL(form.action);
  for (const field of form.querySelectorAll("select")) if (field.value) url.searchParams.set(field.name, field.value);
  url.hash = "";
  const asked = url.href;
  form.dataset.asked = asked;
  try {
    const { html } = await requestHtml(asked);
    if (form.dataset.asked !== asked) return; // something else was chosen meanwhile
    const next = new DOMParser().parseFromString(html, "text/html");
    page.list.narrowTo(next.getElementById("comments"), next.querySelector('[data-load-more="comments"]'));
    form.querySelector("[data-filter-clear]").hidden = !url.search;
    history.replaceState(null, "", asked);
  } catch (error) {
    toast(error.message);
  }
}
