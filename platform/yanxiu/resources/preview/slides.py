"""Slides as an outline: number, title, lines of text, pictures, notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.reading import shape_lines
from yanxiu.resources.preview.pictures import MAX_IMAGE_BYTES, Pictures

MAX_SLIDES = 200
MAX_LINES = 60
MAX_IMAGES = 60
MAX_DEPTH = 6
"""Groups within groups."""


def build_slides(path: str, out: str) -> dict[str, Any]:
    """The outline of at most MAX_SLIDES slides."""
    guard_office(path, MAIN_PARTS[".pptx"])
    import pptx

    slides = list(pptx.Presentation(path).slides)
    pictures = Pictures(out, MAX_IMAGES)
    outline = [_slide(number, slide, pictures) for number, slide in enumerate(slides[:MAX_SLIDES], start=1)]
    return {"kind": "slides", "images": pictures.names, "data": {"slides": outline, "total": len(slides)}}


def _slide(number: int, slide: Any, pictures: Pictures) -> dict[str, Any]:
    title_shape = slide.shapes.title
    title = title_shape.text_frame.text.strip() if title_shape is not None else ""
    lines = [line.strip() for line in shape_lines(slide.shapes)]
    body = [line for line in lines if line and line not in title.splitlines()]
    taken = (_taken(image, pictures) for image in _images(slide.shapes))
    shown = [image for image in taken if image is not None]
    return {"number": number, "title": title, "lines": body[:MAX_LINES], "images": shown, "notes": _notes(slide)}


def _images(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the pictures on a slide, also those in groups."""
    from pptx.shapes.picture import Picture

    for shape in shapes:
        if isinstance(shape, Picture):
            yield shape
        elif hasattr(shape, "shapes") and depth < MAX_DEPTH:
            yield from _images(shape.shapes, depth + 1)


def _taken(image: Any, pictures: Pictures) -> int | None:
    """A linked picture has no bytes here, a broken file names a part that is missing: those are left out."""
    try:
        blob = b"" if pictures.is_full else image.image.blob
    except (ValueError, KeyError, AttributeError):
        return None
    return pictures.take(blob) if 0 < len(blob) <= MAX_IMAGE_BYTES else None


def _notes(slide: Any) -> str:
    if not slide.has_notes_slide or slide.notes_slide.notes_text_frame is None:
        return ""
    return str(slide.notes_slide.notes_text_frame.text).strip()[:2000]
