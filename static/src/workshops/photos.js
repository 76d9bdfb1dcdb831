// input[type=file][data-shrink]: photos are made small on the device before anything is sent: at most 1920 pixels long, JPEG,
// upright, without the place the phone wrote into them. The form waits until that is done; data-photo-state tells how many.
import { toast } from "../behaviors/toast.js";
import { behavior } from "../registry.js";
import { shrunk } from "./shrinking.js";

const working = new WeakMap();

behavior("input[type=file][data-shrink]", (field) => {
  field.addEventListener("change", () => {
    if (!field.shrinking && !field.comesBack && [...field.files].some((file) => file.type.startsWith("image/"))) shrinkAll(field);
    else say(field);
  });
  field.form.addEventListener("reset", () => queueMicrotask(() => say(field)));
  field.form.addEventListener("submit", (event) => waitFor(field.form, event));
});

function shrinkAll(field) {
  const turn = makeSmall(field).finally(() => {
    if (working.get(field.form) === turn) working.delete(field.form);
  });
  working.set(field.form, turn);
}

async function makeSmall(field) {
  say(field, "正在把照片变小");
  const all = new DataTransfer();
  for (const file of [...field.files]) {
    const small = await shrunk(file);
    if (small) all.items.add(small);
    else toast(`${file.name} 打不开，没有加进来；请在相册里存成 JPG 再选`);
  }
  field.shrinking = true;
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.shrinking = false;
}

/** Pressed while a photo is still being made small: sent as soon as it is. */
function waitFor(form, event) {
  const turn = working.get(form);
  if (!turn) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  turn.then(() => form.requestSubmit());
}

function say(field, words) {
  const line = field.form.querySelector("[data-photo-state]");
  if (!line) return;
  const photos = [...field.form.querySelectorAll("[data-shrink]")].flatMap((input) => [...input.files]);
  line.textContent = words || (photos.length ? `已选 ${photos.length} 个文件` : "");
}
