// 修订 on the page of a plan: the switch in the toolbar and the list beside the sheet.
import { toast } from "../../behaviors/toast.js";
import { SuggestionPanel } from "./panel.js";
import { onlySuggesting } from "./only.js";
import { settleTwice } from "./settling.js";

/** Returns the command of the toolbar's switch. */
export function bindSuggesting(page, editor, mode) {
  mode.attach(editor, mode.provider.hold);
  const panel = new SuggestionPanel(page, editor, mode);
  settleTwice(editor, mode.provider, mode);
  onlySuggesting(page, editor, mode);
  mode.provider.on("role", () => panel.schedule());
  mode.provider.on("stopped", () => panel.schedule());
  return (_editor, tool) => {
    if (mode.only) return toast("您在这份教案里只提修订，改动都先作建议，由主备人采纳");
    if (!mode.author) return toast("连上网络以后就能用修订");
    mode.turn(!mode.on);
    page.dataset.suggesting = String(mode.on);
    tool.setAttribute("aria-pressed", String(mode.on));
    if (mode.on) toast("修订已打开：您增加、删除的文字先作建议，正文等大家决定");
    editor.commands.focus();
  };
}
