// Writing down the phases while the film plays: a line that begins with the moment shown.
import { clock } from "./time.js";

export function bindPhaseLines(button, page) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const lines = button.form.querySelector("[data-phase-lines]");
    if (!page.player) return;
    const before = lines.value.trimEnd();
    lines.value = `${before}${before ? "\n" : ""}${clock(page.player.now)} `;
    lines.dispatchEvent(new Event("input", { bubbles: true }));
    lines.focus();
    lines.setSelectionRange(lines.value.length, lines.value.length);
    lines.scrollTop = lines.scrollHeight;
  });
}
