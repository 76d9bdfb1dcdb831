// KaTeX, fetched when a page has its first formula. Only MathML is asked of it: its HTML needs style attributes, which the
// page's policy forbids.
import katex from "katex";

const OPTIONS = { output: "mathml", throwOnError: true, trust: false, strict: "ignore", maxSize: 20, maxExpand: 200 };

export function mathml(tex, display) {
  const html = katex.renderToString(tex, { ...OPTIONS, displayMode: display });
  return html.replace(/<annotation\b[\s\S]*?<\/annotation>/g, "").replace(/\sstyle="[^"]*"/g, "");
}

/** What is wrong with a formula, in words; "" when it can be shown. */
export function fault(tex) {
  try {
    mathml(tex, false);
    return "";
  } catch (error) {
    const at = typeof error.position === "number" ? `第 ${error.position + 1} 个字符附近` : "";
    return `${at}还不完整，例如少了花括号`;
  }
}
