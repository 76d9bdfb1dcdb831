"""What a layout may not bring along: a school prints in it, and colleagues trust what comes out. Runs in the child."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.word_package import TEMPLATE, W, parsed

OUTSIDE = "版式里连着别处的文件（例如链接的图片或数据），没有接收。请在 Word 里断开链接，或换成插入的图片，再上传。"
INSIDE = "版式里嵌着别的文件或控件，没有接收。请把它们删掉，或换成图片，再上传。"
FIELDS = "版式里有会去取别处内容的域，没有接收。请在 Word 里选中它，按 Ctrl+Shift+F9 换成普通文字，再上传。"
_FOLDER = re.compile(r"(?:^|/)(?:embeddings|activeX)/", re.IGNORECASE)
_KINDS = {"oleobject", "package", "control", "activexcontrolbinary", "afchunk", "subdocument", "attachedtoolbars"}
"""Relations to parts that are programs, other files, or text of another format."""
_FETCHES = re.compile(r"\s*(?:DDEAUTO|DDE|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DATABASE|RD)\b", re.IGNORECASE)


def guard_layout(parts: Mapping[str, bytes]) -> None:
    """Refuse what opens, fetches or runs something when a plan is opened in Word."""
    for name, data in parts.items():
        if _FOLDER.search(name):
            raise UnsuitableFileError(INSIDE)
        if name.lower().endswith(".rels"):
            _guard_relations(parsed(data))
        elif name.lower().startswith("word/") and name.lower().endswith(".xml"):
            _guard_fields(parsed(data))


def _guard_relations(root: Any) -> None:
    for each in root:
        kind = str(each.get("Type", "")).rpartition("/")[2].lower()
        outside = str(each.get("TargetMode", "")).lower() == "external"
        if kind in _KINDS:
            raise UnsuitableFileError(INSIDE)
        if outside and kind not in ("hyperlink", TEMPLATE.lower()):
            raise UnsuitableFileError(OUTSIDE)


def _guard_fields(root: Any) -> None:
    simple = [each.get(f"{W}instr") or "" for each in root.iter(f"{W}fldSimple")]
    if any(_FETCHES.match(code) for code in (*simple, *_codes(root))):
        raise UnsuitableFileError(FIELDS)


def _codes(root: Any) -> Iterator[str]:
    """What each field says; Word cuts it into runs, and a field may stand in another."""
    waiting = [""]
    for each in root.iter(f"{W}fldChar", f"{W}instrText"):
        if each.tag == f"{W}instrText":
            waiting[-1] += each.text or ""
        elif each.get(f"{W}fldCharType") == "begin":
            waiting.append("")
        elif each.get(f"{W}fldCharType") == "end" and len(waiting) > 1:
            yield waiting.pop()
    yield from waiting
