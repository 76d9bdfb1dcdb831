// Lists as Word and WPS write them: paragraphs that say `mso-list: l0 level2 lfo1`, with the bullet or number as text.
const ABOUT = /mso-list:\s*l(\d+)\s+level(\d+)/i;
const NUMBER = /^[(（]?(\d{1,3}|[a-z]|[ivx]{1,4})[.)）、．]/i;
const CHINESE = /^[(（第]?[一二三四五六七八九十百]+[)）、．.章节课]|^[①-⑳]/;

export function gatherLists(body) {
  const open = [];
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const item = read(paragraph);
    if (!item) continue;
    if (open.length && paragraph.previousElementSibling !== open[0].list) open.length = 0;
    put(paragraph, item, open);
  }
}

/** What a paragraph says of its place in a list; null for what is to stay a paragraph. */
function read(paragraph) {
  const about = ABOUT.exec(paragraph.getAttribute("data-look") || "");
  if (!about) return null;
  const sign = paragraph.querySelector("[data-look*='mso-list:Ignore'], [data-look*='mso-list: Ignore']");
  const marker = (sign ? sign.textContent : "").replace(/[\s\u00a0]+/g, "");
  // 一、 and （二） are headings of their own here: as a list they would become 1. and 2.
  if (CHINESE.test(marker) || /^h/i.test(paragraph.localName)) {
    sign && sign.replaceWith(marker);
    return null;
  }
  const number = NUMBER.exec(marker);
  return { level: Math.min(6, Number(about[2])), ordered: Boolean(number), start: number && Number(number[1]), id: about[1] };
}

function put(paragraph, { level, ordered, start, id }, open) {
  while (open.length && (open[open.length - 1].level > level || unlike(open[open.length - 1], level, ordered, id))) open.pop();
  const page = paragraph.ownerDocument;
  const above = open[open.length - 1];
  if (!above || above.level < level) {
    const list = page.createElement(ordered ? "ol" : "ul");
    if (ordered && start > 1) list.setAttribute("start", start);
    if (above) above.list.lastElementChild.append(list);
    else paragraph.parentNode.insertBefore(list, paragraph);
    open.push({ list, level, ordered, id });
  }
  const item = page.createElement("li");
  open[open.length - 1].list.append(item);
  item.append(paragraph);
}

const unlike = (open, level, ordered, id) => open.level === level && (open.ordered !== ordered || (level === 1 && open.id !== id));
