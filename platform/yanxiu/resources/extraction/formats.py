"""The allow list of uploads: extension, magic bytes and family must agree.

A family decides which parser has to open the file and how it is previewed. Whatever is not listed
here is refused; in particular SVG, HTML, XML, scripts, programs and Office files with macros.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass

from yanxiu.core.errors import InvalidError

MB = 1024 * 1024
GB = 1024 * MB
HEAD_BYTES = 8192
_OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Format:
    """One accepted kind of file."""

    extension: str
    family: str
    mime: str
    label: str
    max_bytes: int
    signatures: frozenset[str]


class UnsuitableFileError(InvalidError):
    """The file cannot be accepted; the message tells the teacher what to do instead."""

    code = "unsuitable_file"


def _format(extension: str, family: str, mime: str, label: str, max_mb: int, *magic: str) -> Format:
    return Format(extension, family, mime, label, max_mb * MB, frozenset(magic or (extension,)))


FORMATS: dict[str, Format] = {
    item.extension: item
    for item in (
        _format(".docx", "word", _OOXML + "wordprocessingml.document", "Word 文档", 50),
        _format(".pptx", "slides", _OOXML + "presentationml.presentation", "PPT 课件", 120),
        _format(".xlsx", "sheet", _OOXML + "spreadsheetml.sheet", "Excel 表格", 20),
        _format(".pdf", "pdf", "application/pdf", "PDF 文档", 200),
        _format(".txt", "text", "text/plain", "文本文件", 5),
        _format(".srt", "text", "text/plain", "字幕文件", 2),
        _format(".vtt", "text", "text/plain", "字幕文件", 2),
        _format(".jpg", "image", "image/jpeg", "图片", 20),
        _format(".jpeg", "image", "image/jpeg", "图片", 20, ".jpeg", ".jpg"),
        _format(".png", "image", "image/png", "图片", 20),
        _format(".gif", "image", "image/gif", "图片", 20),
        _format(".webp", "image", "image/webp", "图片", 20),
        _format(".bmp", "image", "image/bmp", "图片", 20),
        _format(".mp3", "audio", "audio/mpeg", "音频", 200, ".mp3", ".mpga"),
        _format(".m4a", "audio", "audio/mp4", "音频", 200, ".m4a", ".mp4"),
        _format(".wav", "audio", "audio/wav", "音频", 200),
        _format(".mp4", "video", "video/mp4", "视频", 1024),
        _format(".webm", "video", "video/webm", "视频", 1024),
        _format(".zip", "archive", "application/zip", "压缩包", 200),
        _format(".doc", "legacy", "application/msword", "旧版 Word 文档", 50),
        _format(".ppt", "legacy", "application/vnd.ms-powerpoint", "旧版 PPT 课件", 120),
        _format(".xls", "legacy", "application/vnd.ms-excel", "旧版 Excel 表格", 20),
    )
}

ACCEPT = ",".join(FORMATS)
LARGEST = max(item.max_bytes for item in FORMATS.values())

_ADVICE = {
    ".rar": "请解压后上传，或改用 zip 压缩",
    ".7z": "请解压后上传，或改用 zip 压缩",
    ".wps": "请在 WPS 里另存为 docx 再上传",
    ".et": "请在 WPS 里另存为 xlsx 再上传",
    ".dps": "请在 WPS 里另存为 pptx 再上传",
    ".docm": "请另存为不带宏的 docx 再上传",
    ".pptm": "请另存为不带宏的 pptx 再上传",
    ".xlsm": "请另存为不带宏的 xlsx 再上传",
    ".svg": "请导出为 png 图片再上传",
    ".heic": "请在手机里选“最兼容”格式，或另存为 jpg 再上传",
    ".html": "请另存为 docx 或 pdf 再上传",
    ".htm": "请另存为 docx 或 pdf 再上传",
    ".avi": "请转成 mp4 再上传",
    ".wmv": "请转成 mp4 再上传",
    ".mov": "请转成 mp4 再上传",
    ".flv": "请转成 mp4 再上传",
}


def clean_name(raw: str, limit: int = 120) -> str:
    """The bare file name: no folders, no control or direction-changing characters, not empty."""
    base = raw.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    stem, extension = os.path.splitext(kept.strip().lstrip("."))
    stem = stem.strip(" .")[: limit - len(extension)]
    return f"{stem or '未命名'}{extension[:10]}"


def format_of(name: str) -> Format:
    """The accepted format the extension claims, or a refusal that says what to do."""
    extension = os.path.splitext(name)[1].lower()
    found = FORMATS.get(extension)
    if found is None:
        shown = extension or "没有扩展名的文件"
        advice = _ADVICE.get(extension, "可以上传 Word、PPT、Excel、PDF、图片、音频、视频、txt 和 zip")
        raise UnsuitableFileError(f"不能上传这种文件（{shown}）。{advice}。")
    return found


def check_size(fmt: Format, size: int) -> None:
    """Refuse a file of `size` bytes that is empty or larger than its format may be."""
    if size == 0:
        raise UnsuitableFileError("这是一个空文件，请确认后再上传。")
    if size > fmt.max_bytes:
        raise UnsuitableFileError(_too_large(fmt))


def in_words(size: int) -> str:
    """A limit of `size` bytes as people say it."""
    return f"{size // MB} MB" if size < GB else f"{size / GB:.1f}".removesuffix(".0") + " GB"


def _too_large(fmt: Format) -> str:
    limit = in_words(fmt.max_bytes)
    if fmt.family == "video":
        return f"视频超过 {limit}。课堂实录请到“观课”里上传，那里可以传更长的。"
    return f"{fmt.label}超过 {limit}，请压缩里面的图片或分成几个文件再上传。"


def confirm_magic(fmt: Format, head: bytes) -> None:
    """Refuse a file whose first bytes are not those of the format its name claims."""
    agrees = _is_plain_text(head) if fmt.family == "text" else _signature_agrees(fmt, head)
    if not agrees:
        raise UnsuitableFileError(
            f"文件内容和扩展名 {fmt.extension} 对不上，请用原来的软件打开，另存为{fmt.label}再上传。"
        )


def _signature_agrees(fmt: Format, head: bytes) -> bool:
    if fmt.family == "pdf":
        return head.startswith(b"%PDF-")
    import puremagic  # a megabyte of signatures, for whoever looks at a file

    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError):
        return False
    return any(match.extension in fmt.signatures for match in found)


def _is_plain_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return b"\x00" not in head
