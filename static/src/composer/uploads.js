// Pictures and files chosen, pasted or dropped into a composer.
import { request } from "../net.js";
import { toast } from "../behaviors/toast.js";

export function pickedFiles(transfer) {
  return transfer && transfer.files ? [...transfer.files] : [];
}

/** Upload one after the other; a picture becomes an image, anything else a link with its name. */
export async function uploadInto(editor, url, files) {
  for (const file of files) {
    const notice = toast(`正在上传 ${file.name}`);
    try {
      const body = new FormData();
      body.append("file", file, file.name);
      const response = await request(url, { method: "POST", body, timeout: 0, headers: { Accept: "application/json" } });
      insert(editor, file, await response.json());
      if (notice) notice.remove();
    } catch (error) {
      if (notice) notice.remove();
      toast(`${file.name} 没有传上：${error.message}`);
    }
  }
}

function insert(editor, file, { url, name }) {
  if (file.type.startsWith("image/")) {
    editor.chain().focus().setImage({ src: url, alt: name || file.name }).run();
    return;
  }
  const link = { type: "text", text: name || file.name, marks: [{ type: "link", attrs: { href: url } }] };
  editor.chain().focus().insertContent([link, { type: "text", text: " " }]).run();
}
