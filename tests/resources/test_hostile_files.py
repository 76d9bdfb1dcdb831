"""Files made to do harm: each is refused with words a teacher understands, or comes back inert."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.support.documents import (
    docx_bytes,
    image_bytes,
    mp4_bytes,
    pdf_bytes,
    pptx_bytes,
    wav_bytes,
    xlsx_bytes,
    zip_bytes,
)
from yanxiu.core.storage import storage
from yanxiu.resources.extraction import sandbox
from yanxiu.resources.extraction.formats import FORMATS, UnsuitableFileError, clean_name, confirm_magic, format_of
from yanxiu.resources.extraction.intake import take_in, take_in_bundle
from yanxiu.resources.extraction.sandbox import examined
from yanxiu.resources.extraction.unpacking import Wish

pytestmark = pytest.mark.once  # what files may do, whichever database keeps their description

SCRIPT = b"<html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
PROGRAM = b"MZ\x90\x00" + b"\x00" * 600


@cache
def bomb(name: str = "0.xml", size: int = 350_000_000) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        for _ in range(size // 1_000_000):
            part.write(b"\x00" * 1_000_000)
    return out.getvalue()


def rezipped(
    original: bytes, change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for item in before.infolist():
            content = change(item.filename, before.read(item))
            if content is not None:
                after.writestr(item.filename, content)
        for name, content in (extra or {}).items():
            after.writestr(name, content)
    return out.getvalue()


def keep(_name: str, content: bytes) -> bytes:
    return content


def with_entity(name: str, content: bytes) -> bytes:
    if name != "word/document.xml":
        return content
    declaration = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    return declaration + content.split(b"?>", 1)[-1]


def with_wide_entity(name: str, content: bytes) -> bytes:
    return with_entity(name, content).decode().encode("utf-16") if name == "word/document.xml" else content


def macro_docx() -> bytes:
    return rezipped(docx_bytes(), keep, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\x00" * 64})


def linked_zip() -> bytes:
    link = zipfile.ZipInfo("密码.txt")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def overlapping_zip() -> bytes:
    """Two names for the same packed bytes (D. Fifield, A better zip bomb, 2019)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"a" * 1000)
        archive.filelist.append(archive.filelist[0])
        archive.NameToInfo["b.txt"] = archive.filelist[0]
    return out.getvalue()


def encrypted_zip() -> bytes:
    data = bytearray(zip_bytes({"a.txt": b"hello"}))
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(marker)
        data[at + offset] |= 1
    return bytes(data)


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def ole(*, macros: bool = False) -> bytes:
    """The head of an OLE container without the directory a reader needs."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + (b"Macros" if macros else b"")


REFUSED = {
    "zip bomb": ("资料.zip", bomb),
    "bomb in a docx": ("教案.docx", lambda: rezipped(docx_bytes(), keep, {"word/x.xml": b"\x00" * 120_000_000})),
    "bomb in an xlsx": ("成绩.xlsx", lambda: rezipped(xlsx_bytes(), keep, {"xl/x.xml": b" " * 120_000_000})),
    "bomb in a pptx": ("课件.pptx", lambda: rezipped(pptx_bytes(), keep, {"ppt/x.xml": b" " * 120_000_000})),
    "too many entries": ("资料.zip", lambda: zip_bytes({f"{n}.txt": b"" for n in range(1001)})),
    "entries climbing out": ("资料.zip", lambda: zip_bytes({"../../etc/passwd": b"x"})),
    "absolute entry": ("资料.zip", lambda: zip_bytes({"/etc/passwd": b"x"})),
    "windows path entry": ("资料.zip", lambda: zip_bytes({"C:\\windows\\a.exe": b"x"})),
    "link in a zip": ("资料.zip", linked_zip),
    "entries that share bytes": ("资料.zip", overlapping_zip),
    "endless name": ("资料.zip", lambda: zip_bytes({"名" * 1200 + ".txt": b"x"})),
    "encrypted zip": ("资料.zip", encrypted_zip),
    "entities in a docx": ("教案.docx", lambda: rezipped(docx_bytes(), with_entity)),
    "utf-16 entities in a docx": ("教案.docx", lambda: rezipped(docx_bytes(), with_wide_entity)),
    "macros in a docx": ("教案.docx", macro_docx),
    "docx without a document": (
        "教案.docx",
        lambda: rezipped(docx_bytes(), lambda n, c: None if "document.xml" in n else c),
    ),
    "docx with broken xml": (
        "教案.docx",
        lambda: rezipped(docx_bytes(), lambda n, c: b"<w:oops" if n == "word/document.xml" else c),
    ),
    "pptx named docx": ("教案.docx", pptx_bytes),
    "docx named pptx": ("课件.pptx", docx_bytes),
    "docx named xlsx": ("成绩.xlsx", docx_bytes),
    "zip named docx": ("教案.docx", zip_bytes),
    "truncated docx": ("教案.docx", lambda: docx_bytes()[:3000]),
    "truncated xlsx": ("成绩.xlsx", lambda: xlsx_bytes()[:1500]),
    "truncated zip": ("资料.zip", lambda: zip_bytes()[:40]),
    "html named docx": ("教案.docx", lambda: SCRIPT),
    "html named pdf": ("通知.pdf", lambda: SCRIPT),
    "html before a pdf": ("通知.pdf", lambda: SCRIPT + pdf_bytes()),
    "html named png": ("图.png", lambda: SCRIPT),
    "svg named png": ("图.png", lambda: SVG),
    "svg": ("图.svg", lambda: SVG),
    "html": ("页.html", lambda: SCRIPT),
    "xml": ("数据.xml", lambda: b"<x/>"),
    "script": ("脚本.js", lambda: b"alert(1)"),
    "program": ("工具.exe", lambda: PROGRAM),
    "program named docx": ("教案.docx", lambda: PROGRAM),
    "program named pdf": ("通知.pdf", lambda: PROGRAM),
    "program named mp4": ("实录.mp4", lambda: PROGRAM),
    "program named txt": ("说明.txt", lambda: PROGRAM),
    "shortcut": ("教案.docx.lnk", lambda: b"L\x00\x00\x00" + b"\x00" * 72),
    "double extension": ("教案.docx.exe", lambda: PROGRAM),
    "no extension": ("教案", docx_bytes),
    "rar": ("资料.rar", lambda: b"Rar!\x1a\x07\x01\x00"),
    "macro extension": ("教案.docm", docx_bytes),
    "empty file": ("教案.docx", lambda: b""),
    "empty png": ("图.png", lambda: b""),
    "huge png": ("图.png", huge_png),
    "png of 41 megapixels": ("图.png", lambda: image_bytes("PNG", (8200, 5001))),
    "truncated png": ("图.png", lambda: image_bytes("PNG", (900, 900))[:200]),
    "truncated jpeg": ("图.jpg", lambda: image_bytes("JPEG", (900, 900))[:300]),
    "png named jpg": ("图.jpg", image_bytes),
    "gif named webp": ("图.webp", lambda: image_bytes("GIF")),
    "truncated pdf": ("通知.pdf", lambda: pdf_bytes()[:60]),
    "pdf head only": ("通知.pdf", lambda: b"%PDF-1.7\n"),
    "truncated mp4": ("实录.mp4", lambda: mp4_bytes()[:40]),
    "playlist named mp4": ("实录.mp4", lambda: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/secret\n"),
    "playlist named mp3": ("朗读.mp3", lambda: b"#EXTM3U\nfile:///etc/passwd\n"),
    "mp4 named mp3": ("朗读.mp3", mp4_bytes),
    "wav head only": ("朗读.wav", lambda: wav_bytes()[:20]),
    "ole without streams": ("教案.doc", ole),
    "ole named xls": ("成绩.xls", lambda: ole(macros=True)),
    "docx named doc": ("教案.doc", docx_bytes),
    "binary named txt": ("说明.txt", lambda: bytes(range(256)) * 20),
    "elf named zip": ("资料.zip", lambda: b"\x7fELF" + b"\x00" * 200),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_a_hostile_file_is_refused_in_chinese_and_leaves_nothing_behind(ctx, case):
    name, make = REFUSED[case]
    before = set(storage().keys())
    with pytest.raises(UnsuitableFileError) as refusal:
        take_in(io.BytesIO(make()), name)
    assert any("一" <= letter <= "鿿" for letter in refusal.value.message)
    assert refusal.value.status == 422
    assert set(storage().keys()) == before


ACCEPTED = {
    "教案.docx": docx_bytes, "课件.pptx": pptx_bytes, "成绩.xlsx": xlsx_bytes, "通知.pdf": pdf_bytes,
    "图.png": image_bytes, "图.jpg": lambda: image_bytes("JPEG"), "图.gif": lambda: image_bytes("GIF"),
    "图.webp": lambda: image_bytes("WEBP"), "图.bmp": lambda: image_bytes("BMP"), "朗读.wav": wav_bytes,
    "实录.mp4": mp4_bytes, "资料.zip": zip_bytes, "说明.txt": lambda: "教学反思".encode("gb18030"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_the_same_door_lets_honest_files_in(ctx, name):
    checked = take_in(io.BytesIO(ACCEPTED[name]()), name)
    assert storage().size(checked.received.key) == checked.received.size > 0
    assert checked.extension in FORMATS


def test_a_picture_comes_back_without_what_was_hidden_in_it(ctx):
    raw = image_bytes("JPEG", exif=b"Exif\x00\x00" + b"\x00" * 20) + b"PK\x03\x04<script>alert(1)</script>"
    checked = take_in(io.BytesIO(raw), "图.jpg")
    kept = storage().path(checked.received.key).read_bytes()
    assert b"<script>" not in kept
    assert b"Exif" not in kept
    assert Image.open(io.BytesIO(kept)).size == (60, 40)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.docx", "passwd.docx"),
        ("C:\\Users\\li\\教案.docx", "教案.docx"),
        ("教案\x00.docx", "教案.docx"),
        ("教\u202exslx.docx", "教xslx.docx"),
        (".docx", "docx"),
        ("　 .. /.docx", "docx"),
        ("a" * 400 + ".docx", "a" * 115 + ".docx"),
    ],
)
def test_a_file_name_is_only_a_name(sent, kept):
    assert clean_name(sent) == kept


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_the_name_it_has_no_folder_and_no_control_characters(name):
    cleaned = clean_name(name)
    assert cleaned
    assert len(cleaned) <= 130
    assert "/" not in cleaned
    assert "\\" not in cleaned
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in cleaned)


@given(st.binary(max_size=600), st.sampled_from(sorted(set(FORMATS) - {".txt", ".srt", ".vtt"})))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_noise_never_passes_for_a_known_format_by_crashing(noise, extension):
    fmt = format_of(f"x{extension}")
    try:
        confirm_magic(fmt, noise)
    except UnsuitableFileError:
        return
    assert noise, "an empty head agreed with a signature"


@pytest.mark.once
def test_the_zip_of_an_import_is_refused_by_its_contents_or_while_it_is_unpacked(app, tmp_path):
    path = tmp_path / "资料.zip"
    climbing = lambda: zip_bytes({"../../etc/passwd": b"x"})  # noqa: E731
    many = lambda: zip_bytes({f"{n}.txt": b"" for n in range(3001)})  # noqa: E731
    for make in (linked_zip, overlapping_zip, encrypted_zip, climbing, many, lambda: b"PK", lambda: zip_bytes()[:40]):
        path.write_bytes(make())
        with pytest.raises(UnsuitableFileError):
            take_in_bundle(path, "资料.zip")
    path.write_bytes(zip_bytes({"黑.bmp": b"\x00" * 15_000_000}))
    take_in_bundle(path, "资料.zip")  # what it says of itself is no reason
    for data, most in ((path.read_bytes(), 10**9), (zip_bytes({"一.txt": b"12345", "二.txt": b"67890"}), 8)):
        path.write_bytes(data)
        with (
            pytest.raises(UnsuitableFileError, match="压缩炸弹"),
            examined("unpack", ".zip", path, Wish(most=most, files=9).as_file()),
        ):
            pass
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("坏.txt", b"12345")
        archive.writestr("好.txt", b"67890")
    path.write_bytes(path.read_bytes().replace(b"12345", b"12346"))
    with examined("unpack", ".zip", path, Wish(most=99, files=9).as_file()) as (result, folder):
        assert [[name, (folder / plain).read_bytes()] for plain, name in result["files"]] == [["好.txt", b"67890"]]
        assert [name for name, _why in result["refused"]] == ["坏.txt"]


def test_a_sheet_of_400_000_rows_is_read_as_far_as_5_000(ctx, tmp_path):
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 400_000))
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )
    path = tmp_path / "x.xlsx"
    path.write_bytes(rezipped(xlsx_bytes(), lambda n, c: sheet if n == "xl/worksheets/sheet1.xml" else c))
    with examined("text", ".xlsx", path) as (result, _folder):
        assert result["text"].count("\n") <= 5000


def test_a_parser_that_does_not_end_is_stopped_from_outside(ctx, tmp_path, monkeypatch):
    document = docx.Document()
    for number in range(6000):
        document.add_paragraph(f"第{number}段")
    path = tmp_path / "long.docx"
    document.save(str(path))
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.05)
    with pytest.raises(UnsuitableFileError, match="读不完"), examined("preview", ".docx", path):
        pass
