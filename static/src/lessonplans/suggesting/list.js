// The open suggestions of a document, in its order: what belongs to one id is one suggestion.
import { CELLS, changesOf } from "./blocks.js";
import { FORMATS, RELIST, RESHAPE, formatName } from "./formats.js";
import { MERGE, SPLIT, gridChangesOf, gridName } from "./grid.js";
import { BREAK, DELETION, INSERTION, JOIN, TEX, isSuggestion, markOf } from "./marks.js";
import { HEADER, TICK, tickName } from "./switches.js";

export function suggestionsIn(doc) {
  const found = new Map();
  const note = (node, position, kind, { id, author, name, at }, more) => {
    if (!found.has(id)) found.set(id, { id, author, name, at, from: position, ranges: [] });
    found.get(id).ranges.push({ from: position, to: position + node.nodeSize, kind, ...more });
  };
  doc.descendants((node, position) => {
    for (const [kind, change] of [...changesOf(node), ...gridChangesOf(node)]) note(node, position, kind, change, { block: node, text: "" });
    for (const mark of node.isText ? node.marks.filter(isSuggestion) : []) {
      note(node, position, mark.type.name, mark.attrs, { mark, text: node.text, tex: markOf(node, TEX) });
    }
  });
  return [...found.values()];
}

const wordsOf = (suggestion, name) =>
  suggestion.ranges
    .filter(({ kind }) => kind === name)
    .map(({ text }) => text)
    .join("");

const MOVING = [RESHAPE, RELIST, MERGE, SPLIT, HEADER];

/** Whether accepting it makes new paragraphs, cells or formulas, or one of two, or others in the place of some. */
export const breaksUp = (suggestion) =>
  suggestion.ranges.some(({ kind, tex }) => MOVING.includes(kind) || (tex && kind === INSERTION)) || [BREAK, JOIN].some((sign) => wordsOf(suggestion, INSERTION).includes(sign));

/** What a suggestion says: kind in words (the same words in another look are 格式), what goes, what comes. */
export function told(suggestion) {
  const wholes = suggestion.ranges.filter(({ block, kind }) => block && kind === INSERTION);
  // The words of a row that would be put in are said with it.
  const isWithin = ({ block, from, to }) => !block && wholes.some((whole) => whole.from < from && to < whole.to);
  const rest = { ranges: suggestion.ranges.filter((range) => !isWithin(range)) };
  const out = wordsOf(rest, DELETION);
  const all = wordsOf(rest, INSERTION);
  const put = all.split(BREAK).join("↵").split(JOIN).join("");
  const block = suggestion.ranges.find((range) => range.block);
  if (block && !out && !put) return toldOfBlocks(suggestion, block);
  if (!out && !put && all) return { kind: "合并两段", out, put };
  const isFormula = put && rest.ranges.every(({ kind, tex }) => kind === INSERTION && tex);
  const kind = out && out === put ? "格式" : out && put ? "改" : isFormula ? "增公式" : put ? "增" : "删";
  return { kind: wholes.length ? `${kind}、${toldOfBlocks({ ranges: wholes }, wholes[0]).kind}` : kind, out, put };
}

/** Rows and columns with their words, pictures with what they show. */
function toldOfBlocks({ ranges }, { kind, block }) {
  if (FORMATS.includes(kind)) return toldOfFormats(ranges.filter((range) => FORMATS.includes(range.kind)));
  if (isGrid({ kind })) return toldOfGrid(ranges.filter(isGrid));
  if (kind === TICK) return toldOfTicks(ranges.filter((range) => range.kind === TICK));
  const things = { tableRow: "行", image: "图片", formula: "公式" };
  const isColumn = CELLS.includes(block.type.name);
  const said = ranges.map((range) => (range.block ? wordsIn(range.block) : "")).filter(Boolean).join(isColumn ? " ｜ " : "；");
  const thing = isColumn ? "列" : things[block.type.name];
  return kind === INSERTION ? { kind: `增${thing}`, out: "", put: said } : { kind: `删${thing}`, out: said, put: "" };
}

export const isGrid = ({ kind }) => [MERGE, SPLIT, HEADER].includes(kind);

/** Tasks that would be done, or not yet, by their first lines. */
function toldOfTicks(ranges) {
  const names = [...new Set(ranges.map(({ block }) => tickName(block.attrs[TICK])))];
  const lines = ranges.map(({ block }) => block.firstChild.textContent.trim()).filter(Boolean);
  return { kind: names.join("、"), out: "", put: lines.join("；") };
}

/** Cells that would be one, one that would be several, or cells of another kind, with their words. */
function toldOfGrid(ranges) {
  const [{ kind, block }] = ranges;
  const said = ranges.map((range) => wordsOfCell(range.block)).filter(Boolean);
  return { kind: gridName(kind, block, ranges.length), out: "", put: said.join(" ｜ ") };
}

/** Paragraphs with what would become of them. */
function toldOfFormats(ranges) {
  const names = ranges.map(({ kind, block }) => `${kind === RESHAPE ? "改成" : ""}${formatName(kind, block.attrs[kind])}`);
  const lines = [...new Set(ranges.map(({ block }) => block))].map((block) => block.textContent.trim()).filter(Boolean);
  return { kind: [...new Set(names)].join("、"), out: "", put: lines.join("；") };
}

function wordsIn(block) {
  if (CELLS.includes(block.type.name)) return wordsOfCell(block);
  if (block.type.name !== "tableRow") return block.attrs.alt || block.attrs.tex || "";
  const cells = [];
  block.forEach((cell) => cells.push(wordsOfCell(cell)));
  return cells.some(Boolean) ? cells.join(" ｜ ") : "";
}

const wordsOfCell = (cell) => cell.textBetween(0, cell.content.size, " ").trim();
