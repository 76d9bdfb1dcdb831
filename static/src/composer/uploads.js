// Pictures and files chosen, pasted or dropped into a composer: pictures stand in the text, other files are attached.
import { requestJson } from "../net.js";
import { toast } from "../behaviors/toast.js";
import { shrunk } from "../workshops/shrinking.js";

export function pickedFiles(transfer) {
  return transfer && transfer.files ? [...transfer.files] : [];
}

/** The field of the form around `area` that takes attachments. */
export const attachmentField = (area) => area.form && area.form.querySelector("input[type=file][name=files]");

/** Put pictures into the text and everything else among the attachments, if the form has them. */
export function takeFiles(composer, files) {
  const pictures = files.filter(isPicture);
  const others = files.filter((file) => !isPicture(file));
  if (others.length) attach(composer.area, others);
  return uploadPictures(composer.editor, composer.area.dataset.uploadUrl, pictures);
}

const isPicture = (file) => file.type.startsWith("image/");

function attach(area, files) {
  const field = attachmentField(area);
  if (!field) {
    toast("这里只能插入图片");
    return;
  }
  const all = new DataTransfer();
  for (const file of [...field.files, ...files]) all.items.add(file);
  field.files = all.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const folded = field.closest("details");
  if (folded) folded.open = true;
  toast(`已添加附件 ${files.map((file) => file.name).join("、")}`);
}

/** Upload one after the other. */
async function uploadPictures(editor, url, files) {
  for (const file of files) await uploadPicture(editor, url, file);
}

async function uploadPicture(editor, url, file) {
  const notice = toast(`正在上传 ${file.name}`, { stays: true });
  try {
    const small = await shrunk(file);
    if (!small) throw new Error("打不开，请存成 JPG 再选");
    const body = new FormData();
    body.append("file", small, small.name);
    const { url: src, name } = await requestJson(url, { method: "POST", body, slowly: true });
    editor.chain().focus().setImage({ src, alt: name || file.name }).run();
  } catch (error) {
    sayMissing(file, error, () => uploadPicture(editor, url, file));
  } finally {
    if (notice) notice.remove();
  }
}

/** A picture that only the line or the server was in the way of waits in its notice; chosen with a phone it may be nowhere else. */
function sayMissing(file, error, retry) {
  const words = `${file.name} 没有传上：${error.message}`;
  const mayPass = error.offline || error.status >= 500 || [401, 408, 429].includes(error.status);
  const box = toast(words, { stays: mayPass });
  if (!box || !mayPass) return;
  for (const [text, act] of [["再试一次", retry], ["不传了", () => undefined]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      box.remove();
      act();
    });
    box.append(button);
  }
}
