// HTML of the clipboard as the plan can hold it: what Word, WPS and web pages say about looks is dropped, what they say
// about structure (headings, lists, merged cells, alignment in the middle) stays.
import { gatherLists } from "./lists.js";

const KEPT = { td: ["colspan", "rowspan"], th: ["colspan", "rowspan"], ol: ["start"], a: ["href"], img: ["alt"] };
const PLACED = /^(p|h[1-6]|td|th)$/;
const NOISE = /<(style|script|xml|title|head)\b[^>]*>[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->|<!\[[^\]]*\]>|<\/?(o|w|v|m|st1):[^>]*>/gi;
const HAN = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]";
const WRAPPED = new RegExp(`(${HAN})[ \\t]*[\\r\\n]+[ \\t]*(?=${HAN})`, "g");
/** Stands where a picture stood until it is put there; a character that no font shows. */
export const SPOT = "\ue0f0";

/** Return the clean HTML and the addresses of its pictures, each of which has left a SPOT. */
export function cleaned(html) {
  const page = new DOMParser().parseFromString(withoutStyles(fragment(html)), "text/html");
  gatherLists(page.body);
  dropHidden(page.body);
  const sources = takePictures(page, () => true);
  [...page.body.querySelectorAll("*")].forEach(simplify);
  dropEmpty(page.body);
  return { html: page.body.innerHTML, sources };
}

/** What our own editors put into the clipboard needs no cleaning. */
export const isOurs = (html) => html.includes("data-pm-slice");

/** Our own HTML without the pictures of other plans, like `cleaned`: who reads this plan may not see those. */
export function withoutForeign(html, isHere) {
  const page = new DOMParser().parseFromString(dulled(html), "text/html");
  const sources = takePictures(page, (src) => !isHere(src));
  return { html: sources.length ? page.body.innerHTML : html, sources };
}

function fragment(html) {
  const from = html.indexOf("<!--StartFragment");
  const to = html.lastIndexOf("<!--EndFragment");
  const inside = from < 0 || to < from ? html : html.slice(html.indexOf(">", from) + 1, to);
  // A table copied in part arrives without its table.
  const rows = /^\s*<(tr|td|th)\b/i.exec(inside);
  return rows ? `<table>${inside}</table>` : inside;
}

/** The page's policy forbids style attributes, also in a document that is only read. */
function withoutStyles(html) {
  return dulled(html.replace(NOISE, "").replace(WRAPPED, "$1"));
}

const dulled = (html) => html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-look="));

function dropHidden(body) {
  body.querySelectorAll("[data-look*='mso-list:Ignore'], [data-look*='mso-list: Ignore'], [data-look*='display:none']").forEach((part) => part.remove());
}

function takePictures(page, isTaken) {
  const sources = [];
  page.body.querySelectorAll("img").forEach((picture) => {
    const src = picture.getAttribute("src") || "";
    if (!isTaken(src)) return;
    sources.push({ src, alt: picture.getAttribute("alt") || "" });
    picture.replaceWith(page.createTextNode(SPOT));
  });
  return sources;
}

function simplify(element) {
  const look = (element.getAttribute("data-look") || "").toLowerCase();
  const align = (/text-align:\s*(center|right)/.exec(look) || [])[1] || element.getAttribute("align");
  const name = element.localName;
  for (const { name: attribute } of [...element.attributes]) {
    if (!(KEPT[name] || []).includes(attribute)) element.removeAttribute(attribute);
  }
  if (name === "ol" && !/^\d{1,4}$/.test(element.getAttribute("start") || "")) element.removeAttribute("start");
  if (PLACED.test(name) && ["center", "right"].includes(align)) element.setAttribute("align", align);
  if (/^h[12]$/.test(name)) rename(element, "h3");
  else if (/^h[56]$/.test(name)) rename(element, "h4");
  else if (name === "a" && !/^(https?:|mailto:|\/(?![/\\]))/i.test(element.getAttribute("href") || "")) unwrap(element);
  else if (name === "span" || name === "font") dress(element, look);
}

/** A span only matters for what it marks. */
function dress(span, look) {
  if (/font-weight:\s*(bold|[6-9]00)/.test(look)) within(span, "strong");
  if (/font-style:\s*italic/.test(look)) within(span, "em");
  if (/text-decoration[^;]*underline/.test(look)) within(span, "u");
  if (/text-decoration[^;]*line-through/.test(look)) within(span, "s");
  if (/mso-highlight:/.test(look)) within(span, "mark");
  unwrap(span);
}

function within(element, name) {
  const mark = element.ownerDocument.createElement(name);
  mark.append(...element.childNodes);
  element.append(mark);
}

function unwrap(element) {
  while (element.firstChild) element.parentNode.insertBefore(element.firstChild, element);
  element.remove();
}

function rename(element, name) {
  const other = element.ownerDocument.createElement(name);
  for (const { name: attribute, value } of [...element.attributes]) other.setAttribute(attribute, value);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

/** Word spaces with empty paragraphs; in a cell the last one stays, for a cell is never without. */
function dropEmpty(body) {
  body.querySelectorAll("p, h3, h4").forEach((block) => {
    if (block.textContent.replace(/[\s\u00a0\u200b]/g, "") || block.querySelector("br + br")) return;
    if (block.closest("td, th") && block.parentNode.children.length === 1) block.textContent = "";
    else block.remove();
  });
}
