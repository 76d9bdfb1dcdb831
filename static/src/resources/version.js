// 更新文件: a newer version goes up in portions while the rest of the page is worked on; the note may be changed until it has come.
import { behavior } from "../registry.js";
import { acceptDrops, droppedFiles } from "./chosen-files.js";
import { sendOnPress } from "./send-on-press.js";

const kindOf = (form, note, said) => ({
  subject: `version-${form.dataset.resource}`,
  done: "已成为新版本",
  mark: (file) => [file.name, file.size, file.lastModified].join("|"),
  earlierMark: ({ name, size, modified }) => [name, size, modified].join("|"),
  metadata: ({ file }) => ({ modified: String(file.lastModified), resource: form.dataset.resource, note: note.value }),
  name: (file) => file.name,
  wants: () => true,
  ahead: Infinity,
  rested: () => {},
  /** A file that was all there before this page was opened keeps the note it was begun with. */
  body: (one) => {
    if (!one.file) return undefined;
    const words = new FormData();
    words.set("note", note.value);
    return words;
  },
  took: (answer) => {
    note.value = "";
    const link = document.createElement("a");
    link.href = answer.url;
    link.textContent = "去看看";
    said.replaceChildren(`${answer.said}，`, link);
    said.hidden = false;
  },
});

behavior("[data-version-form]", async (form) => {
  const [field, note, said] = ["input[type=file]", "input[name=note]", "[data-version-said]"].map((part) => form.querySelector(part));
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  form.querySelector("[data-without-script]").hidden = true;
  field.required = true;
  acceptDrops(form, async (transfer) => {
    const [first] = await droppedFiles(transfer);
    if (!first) return;
    const held = new DataTransfer();
    held.items.add(first.file);
    field.files = held.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await sendOnPress(form, kindOf(form, note, said), { singly: true });
});
