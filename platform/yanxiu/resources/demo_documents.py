"""Real files for the sample resources: Word, slides, sheets, pictures, sound and zips made from plain text."""

from __future__ import annotations

import io
import math
import struct
import wave
import zipfile
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from PIL import Image, ImageDraw

from yanxiu.core.workbooks import new_workbook

Block = tuple[str, list[str]]


def shipped(name: str) -> bytes:
    """A file that comes with the package."""
    return (files(__package__) / "demo_files" / name).read_bytes()


def blocks_of(body: str) -> list[Block]:
    """Split text into (heading, lines): a heading is a line that starts with `# `."""
    blocks: list[Block] = []
    for line in (line.strip() for line in body.strip().splitlines()):
        if line.startswith("# "):
            blocks.append((line[2:], []))
        elif line:
            if not blocks:
                blocks.append(("", []))
            blocks[-1][1].append(line)
    return blocks


def word_file(title: str, body: str) -> bytes:
    """A Word document with title and headings."""
    import docx  # a third of a second that no other start of the program needs

    document = docx.Document()
    document.add_heading(title, 0)
    for heading, lines in blocks_of(body):
        if heading:
            document.add_heading(heading, 1)
        for line in lines:
            document.add_paragraph(line)
    return _saved(document)


def slides_file(title: str, body: str) -> bytes:
    """One slide for each block."""
    import pptx

    deck = pptx.Presentation()
    for number, (heading, lines) in enumerate(blocks_of(body)):
        slide = deck.slides.add_slide(deck.slide_layouts[0 if number == 0 else 1])
        slide.shapes.title.text = heading or title
        slide.placeholders[1].text = "\n".join(lines)
    return _saved(deck)


def sheet_file(title: str, body: str) -> bytes:
    """A workbook: the first line names the sheet, cells are parted by a bar; strings stay strings."""
    name, *rows = body.strip().splitlines()
    out = io.BytesIO()
    with new_workbook(out) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 8, 16)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row.split("|")):
                sheet.write(number, column, float(cell) if _is_number(cell) else cell, None if number else bold)
    return out.getvalue()


def text_file(title: str, body: str) -> bytes:
    """Plain text in UTF-8."""
    return f"{title}\n\n{body.strip()}\n".encode()


def zip_file(title: str, body: str) -> bytes:
    """A zip: each line is a path and its text, parted by a bar."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for line in body.strip().splitlines():
            path, text = line.split("|", 1)
            archive.writestr(path, text)
    return out.getvalue()


def picture_file(title: str, body: str) -> bytes:
    """A picture of an arched stone bridge over water."""
    image = Image.new("RGB", (1200, 800), (214, 226, 226))
    draw = ImageDraw.Draw(image)
    draw.polygon(
        [(0, 420), (300, 260), (520, 400), (820, 230), (1200, 430), (1200, 560), (0, 560)], fill=(150, 178, 160)
    )
    draw.rectangle((0, 540, 1200, 800), fill=(120, 158, 170))
    draw.pieslice((140, 380, 1060, 1000), 180, 360, fill=(148, 140, 128))
    for left in (290, 530, 770):
        draw.ellipse((left, 520, left + 150, 760), fill=(92, 128, 142))
    for step in range(9):
        draw.line((0, 600 + step * 22, 1200, 596 + step * 22), fill=(138, 174, 184), width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sound_file(title: str, body: str) -> bytes:
    """The first bars of a pentatonic tune as pure tones, 8 kHz mono."""
    rate, beat = 8000, 0.4
    tones = (330, 330, 392, 440, 523, 523, 440, 392, 392, 440, 392)
    samples = bytearray()
    for tone in tones:
        count = int(rate * beat)
        for n in range(count):
            fade = min(1.0, n / 400, (count - n) / 800)
            samples += struct.pack("<h", int(9000 * fade * math.sin(2 * math.pi * tone * n / rate)))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(bytes(samples))
    return out.getvalue()


MAKERS: dict[str, Callable[[str, str], bytes]] = {
    "docx": word_file,
    "pptx": slides_file,
    "xlsx": sheet_file,
    "txt": text_file,
    "zip": zip_file,
    "png": picture_file,
    "wav": sound_file,
}


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
