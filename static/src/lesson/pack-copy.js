// 核对归档包: a pack of hundreds of megabytes goes up in portions; then the worker compares it, and the list below says how it stands.
import { fingerprint } from "../uploads/fingerprint.js";
import { sendOnPress } from "../resources/send-on-press.js";

const kindOf = (form) => ({
  subject: `pack-${form.dataset.pack}`,
  done: "已传到，核对的结果写在下面",
  mark: async (file) => `${file.name}|${await fingerprint(file)}`,
  earlierMark: ({ name, print }) => `${name}|${print}`,
  metadata: (one) => ({ lesson: form.dataset.lesson, pack: form.dataset.pack, print: one.mark.slice(one.name.length + 1) }),
  name: (file) => file.name,
  wants: () => true,
  ahead: Infinity,
  rested: () => {},
  body: () => undefined,
  took: () => document.getElementById("checks").refresh(),
});

export async function bindPackCopy(form) {
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  form.querySelector("[data-without-script]").hidden = true;
  await sendOnPress(form, kindOf(form), { singly: true });
}
