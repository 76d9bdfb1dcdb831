// Writing a formula: TeX, with buttons for what lessons need, and at once how it looks.
import { button } from "../../elements.js";
import { ask, complain } from "../dialog.js";
import { drawn } from "./formula.js";

const PARTS = [
  ["分数", "\\frac{1}{2}"],
  ["根号", "\\sqrt{2}"],
  ["平方", "x^{2}"],
  ["下标", "a_{1}"],
  ["×", "\\times "],
  ["÷", "\\div "],
  ["≤", "\\le "],
  ["≥", "\\ge "],
  ["≈", "\\approx "],
  ["π", "\\pi "],
  ["△", "\\triangle "],
  ["∠", "\\angle "],
  ["°", "^{\\circ}"],
  ["平行", "\\parallel "],
  ["垂直", "\\perp "],
  ["循环", "\\dot{3}"],
  ["方程组", "\\begin{cases} x+y=5 \\\\ x-y=1 \\end{cases}"],
];
const FIELDS = `<div class="formula-parts" role="group" aria-label="常用的部分" data-parts></div>
  <div class="field"><label for="formula-tex">公式（LaTeX 写法）</label>
    <textarea id="formula-tex" rows="3" maxlength="1000" spellcheck="false" autocapitalize="off" data-no-quick-send></textarea>
    <p class="field-error" role="alert" data-error="tex" hidden></p></div>
  <div class="formula-preview" aria-live="polite" aria-label="公式的样子" data-preview></div>
  <label class="check"><input type="checkbox" data-display> 单独占一行</label>`;

export function formulaDialog(editor) {
  const { tex = "", display = false } = editor.isActive("formula") ? editor.getAttributes("formula") : {};
  ask({
    id: "formula-dialog",
    title: "公式",
    html: FIELDS,
    ready: (dialog) => prepare(dialog, tex, display),
    take: (dialog) => take(editor, dialog),
  });
}

function prepare(dialog, tex, display) {
  const area = dialog.querySelector("textarea");
  const alone = dialog.querySelector("[data-display]");
  area.value = tex;
  alone.checked = display;
  const look = () => preview(dialog, area.value.trim(), alone.checked);
  dialog.querySelector("[data-parts]").append(...PARTS.map(([name, part]) => button(name, "button small", () => put(area, part))));
  area.addEventListener("input", look);
  alone.addEventListener("change", look);
  look();
}

function put(area, part) {
  area.setRangeText(part, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("input"));
}

async function preview(dialog, tex, display) {
  const box = dialog.querySelector("[data-preview]");
  complain(dialog, "tex");
  if (!tex) return box.replaceChildren();
  const html = await drawn(tex, display);
  const { fault } = await import("./katex.js").catch(() => ({ fault: () => "" }));
  if (dialog.querySelector("textarea").value.trim() !== tex) return;
  if (html) box.innerHTML = html;
  complain(dialog, "tex", fault(tex));
}

function take(editor, dialog) {
  const tex = dialog.querySelector("textarea").value.trim();
  const attrs = { tex, display: dialog.querySelector("[data-display]").checked };
  if (!tex) return complain(dialog, "tex", "请写公式，例如 \\frac{1}{2}");
  if (editor.isActive("formula")) editor.chain().updateAttributes("formula", attrs).run();
  else editor.chain().insertContent({ type: "formula", attrs }).run();
  return true;
}
