"""Real small files of every kind, made on the spot."""

from __future__ import annotations

import io
import wave
import zipfile
from functools import cache

import av
import docx
import numpy
import openpyxl
import pptx
from PIL import Image


@cache
def docx_bytes(*paragraphs: str, heading: str = "教学目标", picture: bool = False) -> bytes:
    document = docx.Document()
    document.add_heading(heading, 1)
    for text in paragraphs or ("体会诸葛亮的神机妙算。",):
        document.add_paragraph(text)
    if picture:
        document.add_picture(io.BytesIO(image_bytes("PNG")))
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "环节", "设计意图"
    return _saved(document)


def docx_words(data: bytes) -> str:
    """All words of a Word file: its paragraphs, then the cells of its tables."""
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@cache
def pptx_bytes(*titles: str) -> bytes:
    deck = pptx.Presentation()
    for title in titles or ("草船借箭",):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "初读课文\n理清顺序"
    return _saved(deck)


def xlsx_bytes(rows: list[list[object]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "成绩"
    for row in rows or [["姓名", "得分"], ["小明", 92]]:
        book.active.append(row)
    return _saved(book)


def pdf_bytes(text: str = "Lesson plan", pages: int = 1) -> bytes:
    """A PDF with real text, written by hand: one font, one line a page."""
    content = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n in range(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def image_bytes(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 120, 80)).save(out, kind, **options)
    return out.getvalue()


def wav_bytes() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x00\x10" * 4000)
    return out.getvalue()


@cache
def mp4_bytes(frames: int = 10, codec: str = "mpeg4") -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(frames):
            picture = numpy.full((48, 64, 3), shade * 20 % 255, dtype="u1")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def zip_bytes(entries: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (entries or {"教案/一.txt": b"x", "课件/二.pptx": b"y"}).items():
            archive.writestr(name, content)
    return out.getvalue()


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
