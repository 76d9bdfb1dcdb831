"""Files without the names of those who made them: for reviewers who shall not know whose work they read.

Word, PowerPoint and Excel files carry names in their properties, in comments and in tracked changes. Pictures were drawn
anew when they were uploaded. Other kinds of files may say who made them in ways we do not take out: they are not given out.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from yanxiu.core.errors import InvalidError
from yanxiu.core.storage import StoredFile, storage

OFFICE = frozenset({"docx", "pptx", "xlsx"})
PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp"})
ACCEPTED = OFFICE | PICTURES | {"txt"}
WORDS = "Word（docx）、PPT（pptx）、Excel（xlsx）、图片或文本文件"
LARGEST_PART = 20 * 1024**2
"""Bytes of one XML part after unpacking; a text of a million characters is far smaller."""
LARGEST_FILE = 150 * 1024**2
"""Bytes of all parts after unpacking."""

_PICTURE_NAMES = re.compile(r"""\s(alt|title)=("[^"]*"|'[^']*')""")
NAMELESS = "匿名".encode()
_PROPERTIES = re.compile(
    rb"<((?:\w+:)?(?:creator|lastModifiedBy|Company|Manager|author|manager|company|description|keywords|subject|title))"
    rb"(\s[^>]*)?>[^<]*</"
)
_CUSTOM = re.compile(rb"<(vt:\w+)>[^<]*</")
_VALUE = rb"""("[^"]*"|'[^']*')"""
_ATTRIBUTES = re.compile(
    rb"(\s(?:\w+:)?(?:author|initials|userName|displayName|userId|lastEdBy|originalAuthor)=)" + _VALUE
)
_PEOPLE = re.compile(rb"(\s(?:name|initials)=)" + _VALUE)
_IN_CELLS = re.compile(rb"<(author)>[^<]*</")


def extension_of(name: str) -> str:
    """Return the ending of a file name, in small letters."""
    return name.rpartition(".")[2].lower()


def can_be_nameless(name: str) -> bool:
    """Tell whether the names in this kind of file can be taken out."""
    return extension_of(name) in ACCEPTED


def nameless_name(number: int, name: str) -> str:
    """Return the name under which a reviewer gets a file: 附件1.docx."""
    return f"附件{number}.{extension_of(name)}"


def nameless_html(html: str) -> str:
    """Return the text of a work without the file names that its pictures carry."""
    return _PICTURE_NAMES.sub(r' \1="图片"', html)


def nameless_file(file: StoredFile) -> bytes:
    """Return the content of a file without the names of people; InvalidError if that cannot be done."""
    if not can_be_nameless(file.name):
        raise InvalidError("这个附件不能隐去姓名，没有提供下载")
    with storage().open(file.key) as source:
        if extension_of(file.name) not in OFFICE:
            return source.read()
        return _office_without_names(source)


def _office_without_names(source: BinaryIO) -> bytes:
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            if sum(entry.file_size for entry in old.infolist()) > LARGEST_FILE:
                raise InvalidError("这个附件太大，不能隐去姓名")
            for entry in old.infolist():
                # A name of its own, so that neither time, system nor comment of the old entry come along.
                new.writestr(zipfile.ZipInfo(entry.filename), _part(old, entry), zipfile.ZIP_DEFLATED)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise InvalidError("这个附件已损坏，没有提供下载") from error
    return out.getvalue()


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if not entry.filename.endswith((".xml", ".rels")):
        return archive.read(entry)
    if entry.file_size > LARGEST_PART:
        raise InvalidError("这个附件太大，不能隐去姓名")
    return without_names(entry.filename, archive.read(entry))


def without_names(part: str, xml: bytes) -> bytes:
    """Blank the names in one XML part of an office file."""
    if part.startswith("docProps/"):
        return _CUSTOM.sub(rb"<\1></", _PROPERTIES.sub(rb"<\1\2></", xml))
    if part.startswith(("ppt/commentAuthors", "ppt/authors", "word/people", "xl/persons")):
        xml = _PEOPLE.sub(rb'\1"' + NAMELESS + b'"', xml)
    if part.startswith("xl/comments"):
        xml = _IN_CELLS.sub(rb"<\1>" + NAMELESS + b"</", xml)
    return _ATTRIBUTES.sub(rb'\1"' + NAMELESS + b'"', xml)
