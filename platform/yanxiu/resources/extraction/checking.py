"""The third lock: the parser of the claimed format has to open the file. Runs in the child."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from yanxiu.core.encodings import UnreadableTextError, decoded
from yanxiu.resources.extraction.archives import guard_archive, guard_office, open_workbook
from yanxiu.resources.extraction.beginnings import beginning, pdf_beginning, slides_beginning, word_beginning
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.images import reencode
from yanxiu.resources.extraction.media import open_media

MAIN_PARTS = {".docx": "word/document.xml", ".pptx": "ppt/presentation.xml", ".xlsx": "xl/workbook.xml"}
_LEGACY_STREAMS = {".doc": ("WordDocument",), ".ppt": ("PowerPoint Document",), ".xls": ("Workbook", "Book")}


def check_file(path: str, extension: str, out: str) -> dict[str, Any]:
    """Refuse what its parser cannot open; pictures also come back re-encoded (`replacement`), texts with their first
    lines (`head`).
    """
    return _CHECKS[extension](path, extension, out)


def _check_word(path: str, extension: str, out: str) -> dict[str, Any]:
    guard_office(path, MAIN_PARTS[extension])
    import docx

    return {"head": beginning(word_beginning(docx.Document(path)))}


def _check_slides(path: str, extension: str, out: str) -> dict[str, Any]:
    guard_office(path, MAIN_PARTS[extension])
    import pptx

    deck = pptx.Presentation(path)
    return {"pages": len(deck.slides), "head": beginning(slides_beginning(deck))}


def _check_sheet(path: str, extension: str, out: str) -> dict[str, Any]:
    guard_office(path, MAIN_PARTS[extension])
    book = open_workbook(path)
    return {"pages": len(book.sheetnames)}


def _check_pdf(path: str, extension: str, out: str) -> dict[str, Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnsuitableFileError("PDF 有打开密码，别人看不了。请去掉密码后再上传。") from error
        raise
    if len(document) == 0:
        raise UnsuitableFileError("PDF 里没有页面，请重新导出后再上传。")
    return {"pages": len(document), "head": beginning(pdf_beginning(document))}


def _check_text(path: str, extension: str, out: str) -> dict[str, Any]:
    return {"head": beginning(decode_text(path).splitlines())}


def decode_text(path: str) -> str:
    """The text of a file of plain text."""
    with open(path, "rb") as handle:
        raw = handle.read()
    try:
        return decoded(raw)
    except UnreadableTextError as error:
        raise UnsuitableFileError(error.message) from error


def _check_image(path: str, extension: str, out: str) -> dict[str, Any]:
    replacement, mime = reencode(path, extension, os.path.join(out, "image"))
    return {"replacement": os.path.basename(replacement), "mime": mime}


def _check_media(path: str, extension: str, out: str) -> dict[str, Any]:
    with open_media(path, extension) as container:
        wanted = container.streams.video if extension in {".mp4", ".webm"} else container.streams.audio
        if not wanted:
            raise UnsuitableFileError("文件里没有能播放的内容，请重新导出后再上传。")
        next(container.decode(wanted[0]))
        return {"duration_ms": int((container.duration or 0) / 1000)}


def _check_archive(path: str, extension: str, out: str) -> dict[str, Any]:
    guard_archive(path)
    return {}


def _check_legacy(path: str, extension: str, out: str) -> dict[str, Any]:
    import olefile

    with olefile.OleFileIO(path) as container:
        names = {"/".join(parts) for parts in container.listdir()}
        if not any(stream in names for stream in _LEGACY_STREAMS[extension]):
            raise UnsuitableFileError(f"文件内容和扩展名 {extension} 对不上，请另存后再上传。")
        if any("vba" in name.lower() or name.startswith("Macros") for name in names):
            raise UnsuitableFileError("文件里带有宏，不能上传。请另存为不带宏的格式。")
    return {}


_CHECKS: dict[str, Callable[[str, str, str], dict[str, Any]]] = {
    ".docx": _check_word,
    ".pptx": _check_slides,
    ".xlsx": _check_sheet,
    ".pdf": _check_pdf,
    **dict.fromkeys((".txt", ".srt", ".vtt"), _check_text),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"), _check_image),
    **dict.fromkeys((".mp3", ".m4a", ".wav", ".mp4", ".webm"), _check_media),
    ".zip": _check_archive,
    **dict.fromkeys((".doc", ".ppt", ".xls"), _check_legacy),
}
