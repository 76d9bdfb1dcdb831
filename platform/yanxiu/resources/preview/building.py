"""One preview per kind of file. Runs in the child; the parent cleans and stores what comes back.

The result says its `kind` and carries `html` (not yet clean), `data` (plain values for a template)
and `images` (files in the folder, in order; `html` refers to them as `/p/<number>`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from yanxiu.resources.extraction.archives import listing
from yanxiu.resources.extraction.images import shrink
from yanxiu.resources.extraction.reading import text_lines
from yanxiu.resources.preview.media import build_media
from yanxiu.resources.preview.pages import build_pages
from yanxiu.resources.preview.sheets import build_sheets
from yanxiu.resources.preview.slides import build_slides
from yanxiu.resources.preview.word import build_word

MAX_LINES = 3000
IMAGE_SIDE = 1600


def build_preview(path: str, extension: str, out: str) -> dict[str, Any]:
    """The preview of a file, or one of kind `none` where there is nothing to show."""
    builder = _BUILDERS.get(extension)
    return builder(path, out) if builder else {"kind": "none"}


def _build_text(path: str, out: str) -> dict[str, Any]:
    lines = [line.rstrip() for line in text_lines(path)]
    return {"kind": "text", "data": {"lines": lines[:MAX_LINES], "cut": len(lines) > MAX_LINES}}


def _build_image(path: str, out: str) -> dict[str, Any]:
    name = shrink(path, f"{out}/page-1", IMAGE_SIDE).rsplit("/", 1)[-1]
    return {"kind": "pages", "images": [name], "data": {"total": 1}}


def _build_listing(path: str, out: str) -> dict[str, Any]:
    entries = [{"name": item.name, "size": item.size, "folder": item.is_folder} for item in listing(path)]
    return {"kind": "archive", "data": {"entries": entries}}


_BUILDERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    ".docx": build_word,
    ".pptx": build_slides,
    ".xlsx": build_sheets,
    ".pdf": build_pages,
    **dict.fromkeys((".txt", ".srt", ".vtt"), _build_text),
    ".zip": _build_listing,
    **{extension: partial(build_media, extension) for extension in (".mp3", ".m4a", ".wav", ".mp4", ".webm")},
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"), _build_image),
}
