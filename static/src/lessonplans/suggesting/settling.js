// On the page: what two accepted at the same moment is put right by who lost, at once, and by whoever is here if they left.
import { yUndoPluginKey } from "@tiptap/y-tiptap";
import { toast } from "../../behaviors/toast.js";
import { forgetUndoing, isDoubled, settleDoubles, watchNotes } from "./twice.js";

const LEFT_MS = 3000;

export function settleTwice(editor, provider, mode) {
  const { doc } = provider;
  const settle = (isMine) => {
    if (editor.isDestroyed || !editor.isEditable || mode.only || provider.problem || !isDoubled(doc)) return;
    provider.around(() => {
      const { gone, unclear } = settleDoubles(doc, isMine);
      const { undoManager } = yUndoPluginKey.getState(editor.state);
      gone.forEach((note) => forgetUndoing(undoManager, note));
      if (unclear) toast("您和同伴在同一刻接受了同一处分段，后面的文字可能重复了，请看一看");
    });
  };
  const isOwn = (client) => client === doc.clientID;
  // Not within the change that is just coming in, and not under an input method.
  const soon = async (isMine) => {
    await provider.hold.released();
    settle(isMine);
  };
  const look = () => {
    if (!isDoubled(doc)) return;
    soon(isOwn);
    setTimeout(() => soon(() => true), LEFT_MS);
  };
  watchNotes(doc, look);
  look();
}
