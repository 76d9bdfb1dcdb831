// What a picture shows, for those who cannot see it and for print.
import { ask } from "../dialog.js";

export function pictureDialog(editor) {
  ask({
    id: "picture-dialog",
    title: "图片说明",
    html: `<div class="field"><label for="picture-alt">图上是什么</label>
      <input id="picture-alt" type="text" maxlength="200" autocomplete="off">
      <p class="field-help">看不到图的老师会听到这句话，例如：草船借箭示意图</p></div>`,
    ready: (dialog) => {
      dialog.querySelector("input").value = editor.getAttributes("image").alt || "";
    },
    take: (dialog) => {
      const alt = dialog.querySelector("input").value.trim();
      editor.chain().updateAttributes("image", { alt }).run();
    },
  });
}
