"""What Word and Excel ask of a file before they open it without a word of repair, and LibreOffice forgives.

ECMA-376 part 1: the children of most elements come in one order (17.3.1.26 pPr, 17.3.2.28 rPr, 17.4 tables, 17.6.17
sectPr, 18.3.1.99 worksheet); the limits of Excel are those of its help page "Excel specifications and limits".
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from tests.support.office_order import ORDER

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PARAGRAPH_ID = "{http://schemas.microsoft.com/office/word/2010/wordml}paraId"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
OWN_STYLES: set[str | None] = {"CommentReference", "CommentText"}
"""What Word itself knows."""
SIDES = {"left", "right", "center", "both", "start", "end", "distribute"}
MOST_TEXT, MOST_FORMULA, MOST_NAME, MOST_ROWS, MOST_COLUMNS = 32_767, 8_192, 31, 1_048_576, 16_384
WORD_TYPES = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)
EXCEL_TYPES = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
OFFICE_TYPES = WORD_TYPES + EXCEL_TYPES
Element = ElementTree.Element


def check_office(data: bytes) -> None:
    """Fail with everything that Word or Excel would stumble over in a .docx or .xlsx."""
    problems = office_problems(data)
    assert not problems, "\n".join(problems[:20])


def check_office_in(zipped: bytes) -> int:
    """Check every .docx and .xlsx in a ZIP; return how many there were."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as pack:
        names = [name for name in pack.namelist() if name.endswith((".docx", ".xlsx"))]
        for name in names:
            found = office_problems(pack.read(name))
            assert not found, f"{name}: " + "\n".join(found[:20])
    return len(names)


def office_problems(data: bytes) -> list[str]:
    """Return what is wrong with a .docx or .xlsx, in words; an empty list where nothing is."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        parts = {name: package.read(name) for name in names}
    problems = [f"{name} is there twice" for name, many in Counter(names).items() if many > 1]
    roots: dict[str, Element] = {}
    for name, body in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                roots[name] = ElementTree.fromstring(body)
            except ElementTree.ParseError as error:
                problems.append(f"{name}: {error}")
    problems += _types(roots, parts)
    relations = _relations(roots, parts, problems)
    for name, root in roots.items():
        problems += [f"{name}: {line}" for line in (*_in_order(root), *_spaces(root), *_known(root, relations[name]))]
    if "word/document.xml" in roots:
        problems += _word(roots)
    if "xl/workbook.xml" in roots:
        problems += _excel(roots, relations["xl/workbook.xml"])
    return problems


def _types(roots: dict[str, Element], parts: dict[str, bytes]) -> Iterator[str]:
    """Each part has a content type, and nothing is promised that is not there."""
    listed = roots.get("[Content_Types].xml")
    if listed is None:
        yield "no [Content_Types].xml"
        return
    endings = {str(one.get("Extension")).lower() for one in listed if one.tag.endswith("}Default")}
    named = [str(one.get("PartName")).lstrip("/") for one in listed if one.tag.endswith("}Override")]
    yield from (f"{name} has two content types" for name, many in Counter(named).items() if many > 1)
    yield from (f"{name} is not there" for name in named if name not in parts)
    for name in parts:
        known = name in named or name.rsplit(".", 1)[-1].lower() in endings
        if not known and name != "[Content_Types].xml":
            yield f"{name} has no content type"


def _relations(roots: dict[str, Element], parts: dict[str, bytes], problems: list[str]) -> dict[str, dict[str, str]]:
    """Return where each part leads to, by id; each id once, each target there."""
    found: dict[str, dict[str, str]] = {name: {} for name in roots}
    for name, root in roots.items():
        if not name.endswith(".rels"):
            continue
        folder, _, last = name.partition("_rels/")
        whose = folder + last.removesuffix(".rels")
        for one in root:
            key, target = str(one.get("Id")), str(one.get("Target"))
            if key in found.setdefault(whose, {}):
                problems.append(f"{name}: {key} is there twice")
            found[whose][key] = posixpath.normpath(posixpath.join(folder, target)) if target[:1] != "/" else target[1:]
            if one.get("TargetMode") != "External" and found[whose][key] not in parts:
                problems.append(f"{name}: {key} leads to {target}, which is not there")
    return found


def _in_order(root: Element) -> Iterator[str]:
    """The children of an element stand in the order of its schema, and none is unknown to it."""
    for parent in root.iter():
        order = ORDER.get(_short(parent.tag)) if isinstance(parent.tag, str) else None
        if order is None:
            continue
        last = -1
        for child in parent:
            name = _short(child.tag)
            if name not in order:
                yield f"<{name}> does not belong into <{_short(parent.tag)}>"
            elif order[name] < last:
                yield f"<{name}> comes too late in <{_short(parent.tag)}>"
            else:
                last = order[name]


def _short(tag: str) -> str:
    """Return w:pPr for the paragraph's, x:row for Excel's; other namespaces by their last part."""
    for prefix, space in (("w:", W), ("x:", S)):
        if tag.startswith(space):
            return prefix + tag[len(space) :]
    return tag.rsplit("}", 1)[-1]


def _spaces(root: Element) -> Iterator[str]:
    for text in root.iter():
        if text.tag in (f"{W}t", f"{W}delText", f"{S}t") and text.get(SPACE) != "preserve":
            words = text.text or ""
            if words != words.strip():
                yield f"the space around {words[:20]!r} is lost"


def _known(root: Element, relations: dict[str, str]) -> Iterator[str]:
    for one in root.iter():
        for key, value in one.attrib.items():
            if key in (f"{R}id", f"{R}embed", f"{R}link") and value not in relations:
                yield f"{value} leads nowhere"


def _word(roots: dict[str, Element]) -> Iterator[str]:
    document = roots["word/document.xml"]
    body = document[0]
    if len(body) == 0 or body[-1].tag != f"{W}sectPr":
        yield "the document does not end with its section"
    for text in (root for name, root in roots.items() if name.startswith("word/")):
        yield from _tables(text)
        yield from _paragraphs(text, roots)
    yield from _numbers(roots, document)


def _tables(root: Element) -> Iterator[str]:
    for table in root.iter(f"{W}tbl"):
        if [child.tag for child in table[:2]] != [f"{W}tblPr", f"{W}tblGrid"]:
            yield "a table does not begin with tblPr and tblGrid"
            continue
        columns, rows = len(table[1]), table.findall(f"{W}tr")
        if not rows:
            yield "a table has no row"
        for row in rows:
            cells = row.findall(f"{W}tc")
            wide = sum(_span(cell) for cell in cells)
            if not cells or 0 < columns < wide:
                yield f"a row fills {wide} of {columns} columns"
            for cell in cells:
                if len(cell) == 0 or cell[-1].tag != f"{W}p":
                    yield "a cell does not end with a paragraph"


def _span(cell: Element) -> int:
    found = cell.find(f"{W}tcPr/{W}gridSpan")
    return int(found.get(f"{W}val", "1")) if found is not None else 1


def _paragraphs(root: Element, roots: dict[str, Element]) -> Iterator[str]:
    """Styles and lists that are named are there; sides are known ones."""
    styles = OWN_STYLES | {one.get(f"{W}styleId") for one in roots.get("word/styles.xml", root).iter(f"{W}style")}
    lists = {one.get(f"{W}numId") for one in roots.get("word/numbering.xml", root).iter(f"{W}num")}
    for tag, known in (("pStyle", styles), ("rStyle", styles), ("tblStyle", styles), ("basedOn", styles)):
        yield from (
            f"no style {one.get(f'{W}val')}" for one in root.iter(f"{W}{tag}") if one.get(f"{W}val") not in known
        )
    for one in root.iter(f"{W}numPr"):
        number = one.find(f"{W}numId")
        if number is not None and number.get(f"{W}val") not in lists | {"0"}:
            yield f"no list {number.get(f'{W}val')}"
    yield from (f"jc {one.get(f'{W}val')}" for one in root.iter(f"{W}jc") if one.get(f"{W}val") not in SIDES)


def _numbers(roots: dict[str, Element], document: Element) -> Iterator[str]:
    """Numbers that name one thing name it once; a comment that is referred to is there."""
    pictures = [one.get("id", "") for one in document.iter(f"{DRAWN}docPr")]
    changes = [one.get(f"{W}id", "") for one in document.iter() if one.tag in CHANGES]
    said = [one.get(f"{W}id", "") for one in roots.get("word/comments.xml", Element("none")).iter(f"{W}comment")]
    ids = [one.get(PARAGRAPH_ID, "") for root in roots.values() for one in root.iter() if one.get(PARAGRAPH_ID)]
    marks = [one.get(f"{W}id", "") for one in document.iter(f"{W}bookmarkStart")]
    for kind, numbers in (
        ("picture", pictures),
        ("change", changes),
        ("comment", said),
        ("paragraph", ids),
        ("mark", marks),
    ):
        yield from (f"two of {kind} {number}" for number, many in Counter(numbers).items() if many > 1)
    yield from (f"paragraph {number} is too large" for number in ids if int(number, 16) >= 0x80000000)
    for tag in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        named = [one.get(f"{W}id", "") for one in document.iter(f"{W}{tag}")]
        yield from (f"{tag} of comment {number}, which is not there" for number in named if number not in said)
        yield from (f"comment {number} without {tag}" for number in said if number not in named)


CHANGES = {
    f"{W}{name}" for name in ("ins", "del", "cellIns", "cellDel", "cellMerge", "pPrChange", "rPrChange", "tcPrChange")
}


def _excel(roots: dict[str, Element], relations: dict[str, str]) -> Iterator[str]:
    workbook = roots["xl/workbook.xml"]
    sheets = {str(one.get("name")): relations.get(one.get(f"{R}id", ""), "") for one in workbook.iter(f"{S}sheet")}
    names = [str(one.get("name")) for one in workbook.iter(f"{S}sheet")]
    yield from (f"two sheets {name}" for name, many in Counter(name.lower() for name in names).items() if many > 1)
    for name in names:
        if not 0 < len(name) <= MOST_NAME or re.search(r"[\[\]:*?/\\]|^'|'$", name) or name.lower() == "history":
            yield f"Excel takes no sheet named {name!r}"
    shared = roots.get("xl/sharedStrings.xml", Element("none")).findall(f"{S}si")
    looks = roots["xl/styles.xml"].find(f"{S}cellXfs")
    for at, one in enumerate(shared):
        if len("".join(text.text or "" for text in one.iter(f"{S}t"))) > MOST_TEXT:
            yield f"string {at} is longer than a cell holds"
    for one in workbook.iter(f"{S}definedName"):
        yield from _formula(one.text or "", names)
    for name, path in sheets.items():
        for line in _sheet(roots[path], names, len(shared), len(looks) if looks is not None else 1):
            yield f"{name}: {line}"


def _sheet(sheet: Element, names: list[str], strings: int, looks: int) -> Iterator[str]:
    row_before = 0
    for row in sheet.iter(f"{S}row"):
        number, column_before = int(row.get("r", "0")), 0
        if not row_before < number <= MOST_ROWS:
            yield f"row {number} after {row_before}"
        row_before = number
        for cell in row:
            column, at = _place(cell.get("r", ""))
            if at != number or not column_before < column <= MOST_COLUMNS:
                yield f"cell {cell.get('r')} in row {number} after column {column_before}"
            column_before = column
            yield from _cell(cell, names, strings, looks)
    merged = [_range(str(one.get("ref"))) for one in sheet.iter(f"{S}mergeCell")]
    for at, one in enumerate(merged):
        if any(_overlap(one, other) for other in merged[:at]):
            yield f"merged cells overlap: {one}"
    for one in sheet.iter(f"{S}dataValidation"):
        if len(one.findtext(f"{S}formula1") or "") > 257:
            yield "a list to choose from is longer than 255 characters"


def _cell(cell: Element, names: list[str], strings: int, looks: int) -> Iterator[str]:
    where, value = cell.get("r"), cell.findtext(f"{S}v")
    if int(cell.get("s", "0")) >= looks:
        yield f"{where} has look {cell.get('s')} of {looks}"
    if cell.get("t") == "s" and not 0 <= int(value or "-1") < strings:
        yield f"{where} has string {value} of {strings}"
    if cell.get("t") == "e":
        yield f"{where} shows {value}"
    if (
        cell.get("t") in (None, "n")
        and value not in (None, "")
        and not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", str(value))
    ):
        yield f"{where} is no number: {value}"
    if cell.get("t") in ("str", "inlineStr") and len("".join(cell.itertext())) > MOST_TEXT:
        yield f"{where} is longer than a cell holds"
    formula = cell.findtext(f"{S}f")
    if formula is not None:
        yield from (f"{where}: {line}" for line in _formula(formula, names))


def _formula(formula: str, names: list[str]) -> Iterator[str]:
    """Length, pairs of brackets, sheets that are there; quoted sheets first, for words in quotes are none."""
    if len(formula) > MOST_FORMULA:
        yield f"a formula of {len(formula)} characters"
    quoted = [name.replace("''", "'") for name in re.findall(r"'((?:[^']|'')+)'!", formula)]
    bare = re.sub(r"'(?:[^']|'')+'!", "", re.sub(r'"(?:[^"]|"")*"', '""', formula))
    named = quoted + re.findall(r"([^\s'!(),;+\-*/^&=<>:\"]+)!", bare)
    yield from (f"no sheet {name} for {formula[:40]}" for name in named if name not in names)
    if bare.count("(") != bare.count(")") or "#REF!" in formula:
        yield f"broken: {formula[:60]}"


def _place(ref: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]*)(\d*)", ref).groups() if re.fullmatch(r"([A-Z]*)(\d*)", ref) else ("", "")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column, int(digits or 0)


def _range(ref: str) -> tuple[int, int, int, int]:
    first, _, last = ref.partition(":")
    (left, top), (right, bottom) = _place(first), _place(last or first)
    return left, top, right, bottom


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
