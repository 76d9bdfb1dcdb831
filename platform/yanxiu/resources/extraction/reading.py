"""Text inside files, for search and for the text view. Runs in the child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from yanxiu.core.subtitles import parse_subtitles
from yanxiu.resources.extraction.archives import guard_office, listing, open_workbook
from yanxiu.resources.extraction.checking import MAIN_PARTS, decode_text

MAX_CHARACTERS = 200_000
MAX_ROWS = 5000
MAX_COLUMNS = 100


def read_text(path: str, extension: str, out: str) -> dict[str, Any]:
    """The text of the file, cut at MAX_CHARACTERS; an empty one where there is no text."""
    reader = _READERS.get(extension)
    lines = reader(path) if reader else iter(())
    return {"text": _joined(lines)}


def _joined(lines: Iterable[str]) -> str:
    kept: list[str] = []
    size = 0
    for line in lines:
        stripped = line.replace("\x00", "").strip()
        if not stripped:
            continue
        kept.append(stripped)
        size += len(stripped) + 1
        if size > MAX_CHARACTERS:
            break
    return "\n".join(kept)[:MAX_CHARACTERS]


def word_lines(path: str) -> Iterator[str]:
    """Paragraphs in reading order, those in tables and text boxes included."""
    guard_office(path, MAIN_PARTS[".docx"])
    import docx
    from docx.oxml.ns import qn

    for paragraph in docx.Document(path).element.body.iter(qn("w:p")):
        yield "".join(node.text or "" for node in paragraph.iter(qn("w:t")))


def slide_lines(path: str) -> Iterator[str]:
    """Text of every shape, table and note, slide by slide."""
    guard_office(path, MAIN_PARTS[".pptx"])
    import pptx

    for slide in pptx.Presentation(path).slides:
        yield from shape_lines(slide.shapes)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            yield slide.notes_slide.notes_text_frame.text


def shape_lines(shapes: Iterable[Any]) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from shape_lines(shape.shapes)
        elif shape.has_text_frame:
            yield from (paragraph.text for paragraph in _paragraphs(shape))
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield "　".join(cell.text for cell in row.cells)


def _paragraphs(shape: Any) -> Iterator[Any]:
    yield from shape.text_frame.paragraphs


def sheet_lines(path: str) -> Iterator[str]:
    """Rows of every sheet, cells parted by a wide space; at most MAX_ROWS in all."""
    guard_office(path, MAIN_PARTS[".xlsx"])
    book = open_workbook(path)
    rows = (row for sheet in book.worksheets for row in _sheet_rows(sheet))
    for row in islice(rows, MAX_ROWS):
        yield "　".join(str(value) for value in row if value is not None)


def _sheet_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    yield (sheet.title,)
    yield from sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)


def pdf_lines(path: str) -> Iterator[str]:
    """Text of the pages; scanned pages have none."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for index in range(len(document)):
        page = document[index]
        text_page = page.get_textpage()
        yield from text_page.get_text_bounded().splitlines()
        text_page.close()
        page.close()


def text_lines(path: str) -> Iterator[str]:
    yield from decode_text(path).splitlines()


def subtitle_lines(path: str) -> Iterator[str]:
    """What is said, without the times; a file without cues is read as it is."""
    text = decode_text(path)
    cues = parse_subtitles(text)
    yield from (line for cue in cues for line in cue.text.splitlines()) if cues else text.splitlines()


def archive_lines(path: str) -> Iterator[str]:
    """File names inside a zip, so that search finds the package by what it holds."""
    return (entry.name for entry in listing(path) if not entry.is_folder)


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    ".docx": word_lines,
    ".pptx": slide_lines,
    ".xlsx": sheet_lines,
    ".pdf": pdf_lines,
    ".txt": text_lines,
    ".srt": subtitle_lines,
    ".vtt": subtitle_lines,
    ".zip": archive_lines,
}
