// Names to choose from while typing in 邀请同伴; without scripts the exact name is typed.
import { requestJson } from "../net.js";

const WAIT_MS = 200;

const form = document.querySelector("[data-invite]");
if (form) {
  const field = form.querySelector("[name=name]");
  const chosen = form.querySelector("[name=user_id]");
  const options = document.getElementById("people-options");
  let timer = 0;
  field.addEventListener("input", () => {
    const match = [...options.children].find((option) => option.value === field.value);
    chosen.value = match ? match.dataset.id : "";
    clearTimeout(timer);
    if (!match) timer = setTimeout(() => offer(form.dataset.peopleSrc, field.value, options), WAIT_MS);
  });
}

async function offer(source, text, options) {
  if (!text.trim()) return;
  try {
    const people = await requestJson(`${source}?q=${encodeURIComponent(text.trim())}`);
    options.replaceChildren(
      ...people.map(({ id, name, place }) => {
        const option = document.createElement("option");
        option.value = `${name}（${place}）`;
        option.dataset.id = id;
        return option;
      }),
    );
  } catch (_) {
    // The list is a help only; the name can be typed.
  }
}
