"""The first lines of a file, taken while its parser has it open anyway. Runs in the child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

LINES = 30
LONGEST_LINE = 120
LOOKED_AT = 400
"""Paragraphs, filled or not, after which a beginning is over."""
PAGES = 2
SLIDES = 3


def beginning(lines: Iterable[str]) -> list[str]:
    """The first filled lines, each cut; what a parser stumbles over further on harms no file that it could open."""
    kept: list[str] = []
    try:
        for line in islice(lines, LOOKED_AT):
            words = " ".join(line[: LONGEST_LINE * 4].replace("\x00", "").split())[:LONGEST_LINE]
            if words:
                kept.append(words)
            if len(kept) == LINES:
                break
    except Exception:  # any fault of a parser: what was read so far is all there is
        return kept
    return kept


def word_beginning(document: Any) -> Iterator[str]:
    """Paragraphs in reading order, those in tables included."""
    from docx.oxml.ns import qn

    for paragraph in document.element.body.iter(qn("w:p")):
        yield "".join(node.text or "" for node in islice(paragraph.iter(qn("w:t")), LOOKED_AT))


def slides_beginning(presentation: Any) -> Iterator[str]:
    """The words of the first slides."""
    for slide in islice(presentation.slides, SLIDES):
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)


def pdf_beginning(document: Any) -> Iterator[str]:
    """The text of the first pages; scanned ones have none."""
    for number in range(min(PAGES, len(document))):
        page = document[number]
        words = page.get_textpage()
        yield from words.get_text_bounded()[: LONGEST_LINE * LINES].splitlines()
        words.close()
        page.close()
