"""What people upload: accepted by extension AND by content, images redrawn, everything else kept as it is.

Everything here happens outside a transaction; the caller adds the row with `storage.keep_file`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from yanxiu.core.errors import InvalidError, TooLargeError
from yanxiu.core.pictures import UNREADABLE, opened_picture
from yanxiu.core.storage import ReceivedFile, base_name, receive_file, storage

if TYPE_CHECKING:
    from PIL import Image

MAX_UPLOAD = 50 * 1024**2
MAX_SIDE = 2560
THUMBNAIL_SIDE = 640
MAX_ZIP_ENTRIES = 1000
MAX_ZIP_RATIO = 100
HEAD = 8192


@dataclass(frozen=True)
class FileKind:
    """One accepted extension: how it is sent back, and a look at its first bytes."""

    mime: str
    family: str
    fits: Callable[[bytes], bool]


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # The head may end inside a character, so the last few bytes do not count.
            head[: len(head) - 3 if len(head) == HEAD else None].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


def _is_webm(head: bytes) -> bool:
    return head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]


def _is_riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(b"RIFF") and head[8:12] == kind


_OLE = _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_ZIP = _starts(b"PK\x03\x04")
_OFFICE = "application/vnd.openxmlformats-officedocument."

KINDS: dict[str, FileKind] = {
    "jpg": FileKind("image/jpeg", "image", _starts(b"\xff\xd8\xff")),
    "jpeg": FileKind("image/jpeg", "image", _starts(b"\xff\xd8\xff")),
    "png": FileKind("image/png", "image", _starts(b"\x89PNG\r\n\x1a\n")),
    "gif": FileKind("image/gif", "image", _starts(b"GIF87a", b"GIF89a")),
    "webp": FileKind("image/webp", "image", _is_riff(b"WEBP")),
    "pdf": FileKind("application/pdf", "document", _starts(b"%PDF-")),
    "docx": FileKind(_OFFICE + "wordprocessingml.document", "office", _ZIP),
    "pptx": FileKind(_OFFICE + "presentationml.presentation", "office", _ZIP),
    "xlsx": FileKind(_OFFICE + "spreadsheetml.sheet", "office", _ZIP),
    "doc": FileKind("application/msword", "document", _OLE),
    "ppt": FileKind("application/vnd.ms-powerpoint", "document", _OLE),
    "xls": FileKind("application/vnd.ms-excel", "document", _OLE),
    "wps": FileKind("application/vnd.ms-works", "document", _OLE),
    "txt": FileKind("text/plain", "document", _is_text),
    "csv": FileKind("text/csv", "document", _is_text),
    "zip": FileKind("application/zip", "archive", _ZIP),
    "mp3": FileKind("audio/mpeg", "audio", _is_mp3),
    "m4a": FileKind("audio/mp4", "audio", _is_mp4),
    "wav": FileKind("audio/wav", "audio", _is_riff(b"WAVE")),
    "mp4": FileKind("video/mp4", "video", _is_mp4),
    "webm": FileKind("audio/webm", "audio", _is_webm),
    "ogg": FileKind("audio/ogg", "audio", _starts(b"OggS")),
}
VOICE = frozenset({"m4a", "webm", "ogg"})
"""What a browser records."""
EVERYTHING = frozenset(KINDS) - {"webm", "ogg"}
IMAGES = frozenset(extension for extension, kind in KINDS.items() if kind.family == "image")


def receive_upload(
    stream: IO[bytes], filename: str, *, kinds: Collection[str] = EVERYTHING, max_bytes: int = MAX_UPLOAD
) -> ReceivedFile:
    """Check an uploaded file and put it into the store; InvalidError or TooLargeError with its name otherwise."""
    name = base_name(filename)
    extension = name.rpartition(".")[2].lower()
    kind = KINDS.get(extension)
    if kind is None or extension not in kinds:
        raise InvalidError(f"“{name}”的格式不能上传，可以用 {_in_words(kinds)}")
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise InvalidError(f"“{name}”是空文件，请重新选择")
    if not kind.fits(head):
        raise InvalidError(f"“{name}”的内容与扩展名不符，请用原来的软件另存后再上传")
    if kind.family == "image":
        return _receive_image(stream, name, kind, max_bytes)
    if kind.family == "office":
        _check_office(stream, name)
    return receive_file(cast(BinaryIO, stream), name, kind.mime, max_bytes)


def receive_thumbnail(received: ReceivedFile, side: int = THUMBNAIL_SIDE) -> ReceivedFile | None:
    """Draw a small JPEG of a received image; None for everything else."""
    if not received.mime.startswith("image/"):
        return None
    small = io.BytesIO()
    with storage().open(received.key) as source, opened_picture(source) as picture:
        picture.thumbnail((side, side))
        _on_white(picture).save(small, "JPEG", quality=82)
    small.seek(0)
    return receive_file(small, received.name.rpartition(".")[0] + ".jpg", "image/jpeg")


def _in_words(kinds: Collection[str]) -> str:
    if set(kinds) <= IMAGES:
        return "JPG、PNG、GIF 或 WebP 图片"
    if set(kinds) <= VOICE:
        return "浏览器录下的语音"
    return "Word、PPT、Excel、PDF、图片、音频、MP4 或压缩包（ZIP）"


def _receive_image(stream: IO[bytes], name: str, kind: FileKind, max_bytes: int) -> ReceivedFile:
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLargeError(f"“{name}”超过 {max_bytes // 1024**2} MB，请压缩后再上传")
    redrawn = io.BytesIO()
    try:
        _redraw(data, kind, redrawn)
    except UNREADABLE as error:
        raise InvalidError(f"“{name}”不是能打开的图片，或尺寸过大，请另存后再上传") from error
    redrawn.seek(0)
    return receive_file(redrawn, name, kind.mime)


def _redraw(data: bytes, kind: FileKind, target: BinaryIO) -> None:
    """Decode and encode again: what hides behind the pixels (EXIF place, foreign code) is gone."""
    from PIL import ImageOps

    form = kind.mime.removeprefix("image/").upper()
    with opened_picture(io.BytesIO(data), (form,)) as opened:
        if form == "GIF":
            opened.seek(0)
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        if form == "JPEG":
            _on_white(picture).save(target, "JPEG", quality=88, optimize=True)
        elif form == "GIF":
            picture.convert("P").save(target, "GIF")
        else:
            picture.convert("RGBA" if _has_alpha(picture) else "RGB").save(target, form)


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _on_white(picture: Image.Image) -> Image.Image:
    if not _has_alpha(picture):
        return picture.convert("RGB")
    from PIL import Image

    rgba = picture.convert("RGBA")
    sheet = Image.new("RGB", rgba.size, "white")
    sheet.paste(rgba, mask=rgba.getchannel("A"))
    return sheet


def _check_office(stream: IO[bytes], name: str) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidError(f"“{name}”已损坏，请用原来的软件另存后再上传") from error
    packed = sum(entry.compress_size for entry in entries) or 1
    unpacked = sum(entry.file_size for entry in entries)
    stream.seek(0)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or len(entries) > MAX_ZIP_ENTRIES or unpacked / packed > MAX_ZIP_RATIO:
        raise InvalidError(f"“{name}”不是正常的 Office 文件，请用原来的软件另存后再上传")
