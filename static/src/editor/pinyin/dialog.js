// 加拼音: a proposal for each character of the selection, every one can be changed; an empty field takes it away.
import { toast } from "../../behaviors/toast.js";
import { ask } from "../dialog.js";
import { follow } from "../places.js";

const HAN = /\p{Script=Han}/u;
const MOST = 80;
const FIELDS = `<p class="muted">多音字请看一看，可以改；写 hang2 会变成 háng。留空就不注音。</p>
  <div class="pinyin-fields" data-fields></div>`;

export async function pinyinDialog(editor) {
  const { from, to } = editor.state.selection;
  const found = characters(editor.state.doc, from, to);
  if (!found.length) return void toast("请先选中要注音的字");
  if (found.length > MOST) return void toast(`一次最多给 ${MOST} 个字注音`);
  const place = follow(editor, from);
  const words = editor.state.doc.textBetween(from, to, "\n", "\ufffc");
  const library = await import("./library.js").catch(() => null);
  if (!library) return void toast("拼音没有取到，请检查网络后再试");
  const proposals = library.propose(found.map(({ character }) => character).join(""));
  ask({
    id: "pinyin-dialog",
    title: "加拼音",
    html: FIELDS,
    ready: (dialog) => fill(dialog, found, proposals),
    take: (dialog) => apply(editor, { from: place(), length: to - from, words }, found, readings(dialog, library)),
  });
}

/** The Han characters of a range, with their places counted from its start and the pinyin they have. */
function characters(doc, from, to) {
  const found = [];
  doc.nodesBetween(from, to, (node, position) => {
    if (!node.isText) return;
    const mark = node.marks.find(({ type }) => type.name === "pinyin");
    let at = position;
    for (const character of node.text) {
      const inside = at >= from && at < to;
      if (inside && HAN.test(character)) found.push({ character, at: at - from, now: mark ? mark.attrs.text : "" });
      at += character.length;
    }
  });
  return found;
}

function fill(dialog, found, proposals) {
  const fields = found.map(({ character, now }, n) => {
    const label = document.createElement("label");
    const name = document.createElement("span");
    name.textContent = character;
    const input = document.createElement("input");
    input.type = "text";
    input.maxLength = 12;
    input.autocomplete = "off";
    input.value = now || proposals[n].likely;
    label.append(input, name);
    if (proposals[n].all.length > 1) label.append(choices(input, proposals[n].all, n));
    return label;
  });
  dialog.querySelector("[data-fields]").append(...fields);
}

function choices(input, readings, n) {
  const list = document.createElement("datalist");
  list.id = `pinyin-of-${n}`;
  list.append(...readings.map((reading) => new Option(reading, reading)));
  input.setAttribute("list", list.id);
  input.parentNode.classList.add("is-polyphone");
  return list;
}

const readings = (dialog, library) => [...dialog.querySelectorAll("[data-fields] input")].map((input) => library.written(input.value));

/** Others may have written meanwhile: only the very same text gets its pinyin. */
function apply(editor, { from, length, words }, found, texts) {
  const { state } = editor;
  const to = from + length;
  if (to > state.doc.content.size || state.doc.textBetween(from, to, "\n", "\ufffc") !== words) {
    toast("这段文字刚才被改了，请重新选中再加拼音");
    return true;
  }
  const type = state.schema.marks.pinyin;
  const tr = state.tr;
  found.forEach(({ at, character }, n) => {
    const [start, end] = [from + at, from + at + character.length];
    tr.removeMark(start, end, type);
    if (texts[n]) tr.addMark(start, end, type.create({ text: texts[n], n: Math.floor(Math.random() * 1e6) }));
  });
  editor.view.dispatch(tr);
  return true;
}
