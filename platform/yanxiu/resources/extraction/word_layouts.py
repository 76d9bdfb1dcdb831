"""A school's own Word layout: the names in double braces, and the file with a plan in their places. Runs in the child."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

from yanxiu.core.titles import bare
from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.word_layout_guard import guard_layout
from yanxiu.resources.extraction.word_package import DOCUMENT, Package, Pieces, W, parsed, parts_of

CONTENT, VALUES, FILLED = "content.docx", "values.json", "filled.docx"
_NAME = re.compile(r"(?:\{\{|｛｛)([^{}｛｝\n]{1,40})(?:\}\}|｝｝)")
_EDGE = re.compile(r"^word/(?:header|footer)\d*\.xml$")
_STAYS = ("drawing", "pict", "object", "sectPr")
"""What a paragraph may hold besides words; such a one is not thrown away with its placeholder."""
_PARAGRAPH = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct",
    "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind",
    "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment",
    "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr",
)  # fmt: skip
_RUN = (
    "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow",
    "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern",
    "position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em",
    "lang",
)  # fmt: skip
"""Elements in the only order that Word takes; what is in neither list is left out."""
_CELL = "Cell"
"""The style of what stands in the tables of a plan."""


def find_placeholders(path: str) -> dict[str, Any]:
    """The names in the text and those in headers and footers, each once and bare; hostile files are refused."""
    guard_office(path, MAIN_PARTS[".docx"])
    parts = parts_of(path)
    guard_layout(parts)
    edges = [name for data in _edges(parts) for name in _names(parsed(data))]
    return {"names": [*dict.fromkeys(_names(parsed(parts[DOCUMENT])))], "edges": [*dict.fromkeys(edges)]}


def fill_layout(path: str, out: str) -> dict[str, Any]:
    """Write the layout with the plan in it.

    `values.json` says which names are texts, which are pieces of `content.docx`, and which pieces stand last of all.
    """
    guard_office(path, MAIN_PARTS[".docx"])
    values = json.loads(Path(out, VALUES).read_text("utf-8"))
    pieces = Pieces(f"{out}/{CONTENT}")
    package = Package(path, pieces)
    blocks = {name: pieces.blocks.get(tag, []) for name, tag in values["parts"].items()}
    for paragraph in [*package.document.iter(f"{W}p")]:
        _fill(paragraph, values["texts"], blocks, package)
    for tag in values["last"]:
        package.append(pieces.blocks.get(tag, []))
    for name in [name for name in package.parts if _EDGE.match(name)]:
        package.parts[name] = _filled_edge(package.parts[name], values["texts"])
    package.write(f"{out}/{FILLED}")
    return {}


def _edges(parts: dict[str, bytes]) -> list[bytes]:
    return [data for name, data in parts.items() if _EDGE.match(name)]


def _names(root: Any) -> list[str]:
    return [bare(found[1]) for paragraph in root.iter(f"{W}p") for found in _NAME.finditer(_joined(_texts(paragraph)))]


def _texts(paragraph: Any) -> list[Any]:
    """The texts of a paragraph, not those of a text box in it."""
    return [each for each in paragraph.iter(f"{W}t") if next(each.iterancestors(f"{W}p")) is paragraph]


def _joined(texts: list[Any]) -> str:
    return "".join(each.text or "" for each in texts)


def _filled_edge(data: bytes, said: dict[str, str]) -> bytes:
    from lxml import etree

    root = parsed(data)
    for paragraph in root.iter(f"{W}p"):
        texts = _texts(paragraph)
        for found in reversed([*_NAME.finditer(_joined(texts))]):
            _put(texts, found.start(), found.end(), said.get(bare(found[1]), ""))
    filled: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return filled


def _fill(paragraph: Any, said: dict[str, str], blocks: dict[str, list[Any]], package: Package) -> None:
    """Put texts where their names stand; pieces follow the paragraph, or stand in its place if it is nothing else."""
    texts = _texts(paragraph)
    found = [*_NAME.finditer(_joined(texts))]
    if not found:
        return
    look, ends = _look(texts, found[0].start()), not _joined(texts)[found[-1].end() :].strip()
    for each in reversed(found):
        _put(texts, each.start(), each.end(), said.get(bare(each[1]), ""))
    wanted = [name for each in found if (name := bare(each[1])) in blocks]
    taken = [package.taken(block) for name in wanted for block in blocks[name]]
    _dress(taken, paragraph.find(f"{W}pPr"), look)
    words = _joined(texts).strip()
    if taken and words and ends and len(wanted) == 1 and _is_plain(taken[0]):
        for run in [each for each in taken.pop(0) if each.tag != f"{W}pPr"]:
            paragraph.append(run)
    place = paragraph
    for block in taken:
        place.addnext(block)
        place = block
    if taken and not words and not any(True for kind in _STAYS for _each in paragraph.iter(f"{W}{kind}")):
        paragraph.getparent().remove(paragraph)


def _put(texts: list[Any], start: int, end: int, said: str) -> None:
    """Replace a stretch of the joined texts, wherever Word has cut it into runs."""
    at = 0
    for each in texts:
        words = each.text or ""
        first, last = max(start - at, 0), min(end - at, len(words))
        at += len(words)
        if first < last:
            each.text = words[:first] + said + words[last:]
            each.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            said = ""


def _look(texts: list[Any], start: int) -> Any:
    """How the letters of a placeholder look."""
    at = 0
    for each in texts:
        at += len(each.text or "")
        if start < at:
            return each.getparent().find(f"{W}rPr")
    return None


def _is_plain(block: Any) -> bool:
    about = block.find(f"{W}pPr")
    marked = about is not None and any(about.find(f"{W}{name}") is not None for name in ("pStyle", "numPr"))
    return block.tag == f"{W}p" and not marked


def _dress(blocks: list[Any], about: Any, look: Any) -> None:
    """Plain paragraphs take the shape of the placeholder's, and all words but headings its letters, also in tables."""
    for block in blocks:
        if about is not None and _is_plain(block):
            own = block.find(f"{W}pPr")
            if own is not None:
                block.remove(own)
            block.insert(0, _merged("pPr", about, own if own is not None else (), _PARAGRAPH))
        for run in block.iter(f"{W}r") if look is not None else ():
            inside = next(run.iterancestors(f"{W}p"))
            own = run.find(f"{W}rPr")
            style = inside.find(f"{W}pPr/{W}pStyle")
            if own is not None and (style is None or style.get(f"{W}val") == _CELL):
                run.replace(own, _merged("rPr", look, own, _RUN))


def _merged(tag: str, base: Any, own: Any, order: tuple[str, ...]) -> Any:
    """Properties of both in Word's order; where both say something, the own ones hold."""
    found = {each.tag: each for source in (base, own) for each in source}
    made = base.makeelement(f"{W}{tag}")
    for name in order:
        if name not in ("pageBreakBefore", "numPr") and f"{W}{name}" in found:
            made.append(deepcopy(found[f"{W}{name}"]))
    return made
