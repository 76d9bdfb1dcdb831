"""Slides as an outline: number, title, lines of text, notes."""

from __future__ import annotations

from typing import Any

from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.reading import shape_lines

MAX_SLIDES = 200
MAX_LINES = 60


def build_slides(path: str, out: str) -> dict[str, Any]:
    """The outline of at most MAX_SLIDES slides."""
    guard_office(path, MAIN_PARTS[".pptx"])
    import pptx

    slides = list(pptx.Presentation(path).slides)
    outline = [_slide(number, slide) for number, slide in enumerate(slides[:MAX_SLIDES], start=1)]
    return {"kind": "slides", "data": {"slides": outline, "total": len(slides)}}


def _slide(number: int, slide: Any) -> dict[str, Any]:
    title_shape = slide.shapes.title
    title = title_shape.text_frame.text.strip() if title_shape is not None else ""
    lines = [line.strip() for line in shape_lines(slide.shapes)]
    body = [line for line in lines if line and line not in title.splitlines()]
    return {"number": number, "title": title, "lines": body[:MAX_LINES], "notes": _notes(slide)}


def _notes(slide: Any) -> str:
    if not slide.has_notes_slide or slide.notes_slide.notes_text_frame is None:
        return ""
    return str(slide.notes_slide.notes_text_frame.text).strip()[:2000]
