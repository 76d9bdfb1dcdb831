"""PDF pages as pictures: they show on every phone, also where the browser has no PDF viewer."""

from __future__ import annotations

from typing import Any

MAX_PAGES = 40
WIDTH = 1000
MAX_HEIGHT = 3000


def build_pages(path: str, out: str) -> dict[str, Any]:
    """The first MAX_PAGES pages, WIDTH pixels wide, as JPEG; and how many there are in all."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    names = []
    for index in range(min(len(document), MAX_PAGES)):
        page = document[index]
        name = f"page-{index + 1}.jpg"
        bitmap = page.render(scale=_scale(*page.get_size()))
        bitmap.to_pil().convert("RGB").save(f"{out}/{name}", "JPEG", quality=80)
        page.close()
        names.append(name)
    return {"kind": "pages", "images": names, "data": {"total": len(document)}}


def _scale(width: float, height: float) -> float:
    return min(WIDTH / max(width, 1), MAX_HEIGHT / max(height, 1))
