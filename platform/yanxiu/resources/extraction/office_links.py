"""A copy of an Office file that reaches for nothing outside of it: no linked pictures, objects, templates or included files,
and no foreign formats within it.

Hyperlinks stay, for they are followed by people only.
"""

from __future__ import annotations

import zipfile
from typing import Any

from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.formats import UnsuitableFileError

MAX_PART = 24 * 1024 * 1024
"""A longer part of text is more than the child's memory holds as a tree."""
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HARMLESS = frozenset(
    [
        "PAGE",
        "NUMPAGES",
        "SECTION",
        "SECTIONPAGES",
        "TOC",
        "TC",
        "XE",
        "INDEX",
        "HYPERLINK",
        "REF",
        "PAGEREF",
        "NOTEREF",
        "SEQ",
        "STYLEREF",
        "DATE",
        "TIME",
        "EQ",
        "SYMBOL",
        "QUOTE",
        "TITLE",
        "AUTHOR",
        "SUBJECT",
        "FILENAME",
        "FORMTEXT",
        "FORMCHECKBOX",
        "FORMDROPDOWN",
    ]
)
"""Fields that are worked out from the document itself. What others were last worked out to be stays as text."""


def without_links(path: str, extension: str, out: str) -> dict[str, Any]:
    """Write `bare` with the same extension into the folder."""
    guard_office(path, MAIN_PARTS[extension])
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(f"{out}/bare{extension}", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for info in source.infolist():
            name = info.filename.lower()
            data = source.read(info)
            if name.endswith(".rels"):
                data = _changed(data, _cut_relations)
            elif name.endswith(".xml") and extension == ".docx":
                data = _changed(data, _cut_fields)
            target.writestr(info.filename, data)
    return {}


def _changed(data: bytes, change: Any) -> bytes:
    from lxml import etree

    if len(data) > MAX_PART:
        raise UnsuitableFileError("文件太长，只显示文字。")
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    change(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _cut_relations(root: Any) -> None:
    for relation in list(root.iter(_RELATION)):
        kind = relation.get("Type", "").rpartition("/")[2]
        if (relation.get("TargetMode") == "External" and kind != "hyperlink") or kind == "aFChunk":
            relation.getparent().remove(relation)


def _cut_fields(root: Any) -> None:
    for field in root.iter(f"{_WORD}instrText"):
        if not _is_harmless(field.text or ""):
            field.text = ""
    for field in root.iter(f"{_WORD}fldSimple"):
        if not _is_harmless(field.get(f"{_WORD}instr", "")):
            field.set(f"{_WORD}instr", "")


def _is_harmless(instruction: str) -> bool:
    return instruction.split(maxsplit=1)[:1] == [] or instruction.split(maxsplit=1)[0].upper() in _HARMLESS
