"""A Word file taken apart and put together again with pieces of another one in it. Runs in the child.

Pieces bring along what they refer to: pictures, numbering of lists, styles that the file has not got.
"""

from __future__ import annotations

import zipfile
from copy import deepcopy
from typing import Any

from lxml import etree

from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.word_remarks import Remarks, leave_comment_parts, leave_comments

MOST_UNPACKED = 60 * 1024 * 1024
DOCUMENT, STYLES, NUMBERING = "word/document.xml", "word/styles.xml", "word/numbering.xml"
COMMENTS, ANSWERS = "word/comments.xml", "word/commentsExtended.xml"
SETTINGS, SETTINGS_RELATIONS = "word/settings.xml", "word/_rels/settings.xml.rels"
RELATIONS, TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_RELATION_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NUMBERING_TYPE = f"{_WORD_TYPE}numbering+xml"
_FIRST_DRAWING = 20_000
TEMPLATE = "attachedTemplate"
"""Word notes where on its writer's computer a file's template lies; read from there it could be anything."""
LAYOUT_TOO_LARGE = "版式文件太大，请去掉里面的大图再上传。"
TOO_MANY_PICTURES = "教案里的图片太多，用本校版式导不出来，请改用“导出 Word”。"


def parsed(data: bytes) -> Any:
    """The root of an XML part; entities and the network are left alone."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def parts_of(path: str, too_large: str = LAYOUT_TOO_LARGE) -> dict[str, bytes]:
    """Everything in a Word file, by name, in its order; refused with the words `too_large`."""
    parts: dict[str, bytes] = {}
    size = 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            parts[info.filename] = archive.read(info)
            size += len(parts[info.filename])
            if size > MOST_UNPACKED:
                raise UnsuitableFileError(too_large)
    return parts


class Pieces:
    """The file that the program wrote: marked stretches of it, by their names."""

    def __init__(self, path: str) -> None:
        self.parts = parts_of(path, TOO_MANY_PICTURES)
        body = parsed(self.parts[DOCUMENT]).find(f"{W}body")
        self.blocks = {
            marked.find(f"{W}sdtPr/{W}tag").get(f"{W}val"): list(marked.find(f"{W}sdtContent"))
            for marked in body.findall(f"{W}sdt")
        }
        relations = parsed(self.parts[RELATIONS])
        self.targets = {each.get("Id"): each.get("Target") for each in relations}
        self.kinds = {each.get("Id"): each.get("Type") for each in relations}
        self.styles = {each.get(f"{W}styleId"): each for each in parsed(self.parts[STYLES]).findall(f"{W}style")}
        self.numbering = parsed(self.parts[NUMBERING])


class Package:
    """The layout: its parts, and what pieces need of it."""

    def __init__(self, path: str, pieces: Pieces) -> None:
        self.parts = parts_of(path)
        self.document = parsed(self.parts[DOCUMENT])
        self._pieces = pieces
        self._relations = parsed(self.parts.get(RELATIONS, f'<Relationships xmlns="{_PACKAGE}"/>'.encode()))
        self._types = parsed(self.parts[TYPES])
        self._styles = parsed(self.parts[STYLES]) if STYLES in self.parts else None
        self._pictures: dict[str, str] = {}
        self._drawings = _FIRST_DRAWING
        self._lists: int | None = None
        self._remarks = Remarks()
        if COMMENTS in pieces.parts:
            self._bring_comments()

    def taken(self, block: Any) -> Any:
        """A copy of a block that refers to parts of this file."""
        copy = deepcopy(block)
        self._remarks.number(block, copy)
        for picture in copy.iter(f"{_A}blip"):
            picture.set(f"{_R}embed", self._picture(picture.get(f"{_R}embed")))
        for named in copy.iter(f"{_WP}docPr"):
            self._drawings += 1
            named.set("id", str(self._drawings))
        for number in copy.iter(f"{W}numId"):
            number.set(f"{W}val", str(int(number.get(f"{W}val")) + self._first_list()))
        for style in list(copy.iter(f"{W}pStyle")):
            self._set_style(style)
        return copy

    def _bring_comments(self) -> None:
        """What was said about the plan takes the place of what was noted on the layout."""
        leave_comments(self.document)
        leave_comment_parts(self.parts, self._relations, self._types)
        for name, number in ((COMMENTS, "rComments"), (ANSWERS, "rAnswers")):
            self.parts[name] = self._pieces.parts[name]
            kind = self._pieces.kinds[number]
            about = {"Id": f"rPlan{number}", "Type": kind, "Target": name.removeprefix("word/")}
            etree.SubElement(self._relations, f"{{{_PACKAGE}}}Relationship", about)
            content = f"{_WORD_TYPE}{name.removeprefix('word/').removesuffix('.xml')}+xml"
            etree.SubElement(self._types, f"{{{_CONTENT}}}Override", {"PartName": f"/{name}", "ContentType": content})

    def write(self, target: str) -> None:
        """Put everything together as a new file."""
        self.parts[DOCUMENT] = _written(self.document)
        self.parts[RELATIONS] = _written(self._relations)
        self.parts[TYPES] = _written(self._types)
        if self._styles is not None:
            self.parts[STYLES] = _written(self._styles)
        self._leave_template()
        if sum(map(len, self.parts.values())) > MOST_UNPACKED:
            raise UnsuitableFileError(TOO_MANY_PICTURES)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.parts.items():
                if not name.endswith("/"):
                    archive.writestr(name, data)

    def append(self, blocks: list[Any]) -> None:
        """Put copies of blocks after all others."""
        body = self.document.find(f"{W}body")
        last = body.find(f"{W}sectPr")
        place = body.index(last) if last is not None else len(body)
        for offset, block in enumerate(blocks):
            body.insert(place + offset, self.taken(block))

    def _leave_template(self) -> None:
        """Forget the template that a file was made from."""
        for name, tag in ((SETTINGS_RELATIONS, f"{{{_PACKAGE}}}Relationship"), (SETTINGS, f"{W}{TEMPLATE}")):
            root = parsed(self.parts[name]) if name in self.parts else None
            gone = [] if root is None else [each for each in root.findall(tag) if _is_template(each)]
            for each in gone:
                each.getparent().remove(each)
            if gone:
                self.parts[name] = _written(root)

    def _picture(self, known: str) -> str:
        if known not in self._pictures:
            target = self._pieces.targets[known]
            name = f"media/plan-{target.rpartition('/')[2]}"
            self.parts[f"word/{name}"] = self._pieces.parts[f"word/{target}"]
            self._tell_ending(name.rpartition(".")[2])
            self._pictures[known] = self._relate("image", name)
        return self._pictures[known]

    def _relate(self, kind: str, target: str) -> str:
        number = f"rPlan{len(self._relations) + 1}"
        about = {"Id": number, "Type": f"{_RELATION_KIND}/{kind}", "Target": target}
        etree.SubElement(self._relations, f"{{{_PACKAGE}}}Relationship", about)
        return number

    def _tell_ending(self, ending: str) -> None:
        known = {each.get("Extension", "").lower() for each in self._types}
        if ending not in known:
            about = {"Extension": ending, "ContentType": f"image/{ending}"}
            self._types.insert(0, etree.Element(f"{{{_CONTENT}}}Default", about))

    def _set_style(self, style: Any) -> None:
        """Styles are one by their names: in a Chinese Word heading 3 has another number."""
        ours = self._pieces.styles.get(style.get(f"{W}val"))
        if ours is None or self._styles is None:
            style.getparent().remove(style)
            return
        name = _name(ours)
        same = [each for each in self._styles.findall(f"{W}style") if _name(each) == name]
        if not same:
            same = [deepcopy(ours)]
            same[0].set(f"{W}styleId", f"Plan{ours.get(f'{W}styleId')}")
            self._styles.append(same[0])
        style.set(f"{W}val", same[0].get(f"{W}styleId"))

    def _first_list(self) -> int:
        """Bring the lists over; return how much higher their numbers are here."""
        if self._lists is None:
            self._lists = self._joined_lists() if NUMBERING in self.parts else self._brought_lists()
        return self._lists

    def _brought_lists(self) -> int:
        self.parts[NUMBERING] = self._pieces.parts[NUMBERING]
        self._relate("numbering", "numbering.xml")
        about = {"PartName": f"/{NUMBERING}", "ContentType": _NUMBERING_TYPE}
        etree.SubElement(self._types, f"{{{_CONTENT}}}Override", about)
        return 0

    def _joined_lists(self) -> int:
        theirs = parsed(self.parts[NUMBERING])
        shapes, lists = _highest(theirs, "abstractNum", "abstractNumId"), _highest(theirs, "num", "numId")
        first = theirs.find(f"{W}num")
        place = theirs.index(first) if first is not None else len(theirs)
        for each in self._pieces.numbering.findall(f"{W}abstractNum"):
            each.set(f"{W}abstractNumId", str(int(each.get(f"{W}abstractNumId")) + shapes + 1))
            theirs.insert(place, each)
            place += 1
        place = max((theirs.index(each) + 1 for each in theirs.findall(f"{W}num")), default=place)
        for each in self._pieces.numbering.findall(f"{W}num"):
            each.set(f"{W}numId", str(int(each.get(f"{W}numId")) + lists))
            shape = each.find(f"{W}abstractNumId")
            shape.set(f"{W}val", str(int(shape.get(f"{W}val")) + shapes + 1))
            theirs.insert(place, each)
            place += 1
        self.parts[NUMBERING] = _written(theirs)
        return lists


def _is_template(each: Any) -> bool:
    return each.tag == f"{W}{TEMPLATE}" or str(each.get("Type", "")).rpartition("/")[2].lower() == TEMPLATE.lower()


def _highest(root: Any, tag: str, name: str) -> int:
    said = (each.get(f"{W}{name}") or "" for each in root.findall(f"{W}{tag}"))
    return max((int(number) for number in said if number.isdecimal()), default=0)


def _name(style: Any) -> str:
    named = style.find(f"{W}name")
    return str(named.get(f"{W}val") or "").lower() if named is not None else ""


def _written(root: Any) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data
