"""Word documents as HTML through mammoth. Its output is not safe: the parent cleans it."""

from __future__ import annotations

import io
from typing import Any

from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.images import shrink

MAX_IMAGES = 40
MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_HTML = 600_000
IMAGE_SIDE = 1200
_STYLES = "\n".join(
    [f"p[style-name='标题 {level}'] => h{level + 1}:fresh" for level in range(1, 5)]
    + [f"p[style-name='heading {level}'] => h{level + 1}:fresh" for level in range(1, 5)]
    + [f"p[style-name='Heading {level}'] => h{level + 1}:fresh" for level in range(1, 5)]
    + ["p[style-name='Title'] => h2:fresh", "p[style-name='标题'] => h2:fresh"]
)


def build_word(path: str, out: str) -> dict[str, Any]:
    """HTML of the document with its pictures shrunk and numbered."""
    guard_office(path, MAIN_PARTS[".docx"])
    import mammoth

    pictures = _Pictures(out)
    with open(path, "rb") as handle:
        result = mammoth.convert_to_html(
            handle, style_map=_STYLES, convert_image=mammoth.images.img_element(pictures.take)
        )
    html = result.value
    cut = len(html) > MAX_HTML
    return {"kind": "html", "html": html[:MAX_HTML], "images": pictures.names, "data": {"cut": cut}}


class _Pictures:
    """Collects the document's pictures; those that cannot be shown become an empty source."""

    def __init__(self, out: str) -> None:
        self.out = out
        self.names: list[str] = []

    def take(self, image: Any) -> dict[str, str]:
        if len(self.names) >= MAX_IMAGES:
            return {"src": "#", "alt": "图片较多，其余请下载查看"}
        with image.open() as source:
            raw = source.read(MAX_IMAGE_BYTES)
        number = len(self.names) + 1
        try:
            written = shrink(io.BytesIO(raw), f"{self.out}/image-{number}", IMAGE_SIDE)
        except (UnsuitableFileError, OSError, ValueError):
            return {"src": "#", "alt": "这张图片不能在线显示，请下载查看"}
        self.names.append(written.rsplit("/", 1)[-1])
        return {"src": f"/p/{number}", "alt": image.alt_text or "文档中的图片"}
