// Ask for the address of a link; an empty address takes the link away.
import { closeDialog, openDialog } from "../behaviors/dialogs.js";

const SAFE = /^(https?:\/\/|mailto:|\/(?!\/)|#)/i;

export function linkDialog(editor) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "link-dialog-title");
  dialog.innerHTML = `<form class="dialog-body form" data-no-draft>
    <h2 id="link-dialog-title">链接</h2>
    <div class="field"><label for="link-dialog-url">网址</label>
      <input id="link-dialog-url" type="text" inputmode="url" autocomplete="off" placeholder="https://">
      <p class="field-help">留空就是去掉链接</p>
      <p class="field-error" hidden>网址要以 https:// 或 http:// 开头</p></div>
    <div class="dialog-actions"><button type="button" class="button" data-closes>取消</button>
      <button class="button primary">确定</button></div></form>`;
  const input = dialog.querySelector("input");
  input.value = editor.getAttributes("link").href || "";
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const url = complete(input.value.trim());
    if (url && !SAFE.test(url)) {
      dialog.querySelector(".field-error").hidden = false;
      return;
    }
    closeDialog(dialog);
    dialog.remove();
    apply(editor, url);
  });
  document.body.append(dialog);
  openDialog(dialog);
}

/** People type www.… and mean https. */
const complete = (url) => (/^[\w-]+(\.[\w-]+)+/.test(url) && !url.includes("://") ? `https://${url}` : url);

function apply(editor, url) {
  const chain = editor.chain().focus().extendMarkRange("link");
  if (!url) chain.unsetLink().run();
  else if (editor.state.selection.empty && !editor.isActive("link")) {
    chain.insertContent([{ type: "text", text: url, marks: [{ type: "link", attrs: { href: url } }] }]).run();
  } else chain.setLink({ href: url }).run();
}
