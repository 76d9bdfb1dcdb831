"""Word documents as HTML through mammoth. Its output is not safe: the parent cleans it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.preview.pictures import MAX_IMAGE_BYTES, Pictures

MAX_IMAGES = 40
MAX_HTML = 600_000
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

    pictures = Pictures(out, MAX_IMAGES)
    with open(path, "rb") as handle:
        result = mammoth.convert_to_html(
            handle, style_map=_STYLES, convert_image=mammoth.images.img_element(_shown(pictures))
        )
    html = result.value
    cut = len(html) > MAX_HTML
    return {"kind": "html", "html": html[:MAX_HTML], "images": pictures.names, "data": {"cut": cut}}


def _shown(pictures: Pictures) -> Callable[[Any], dict[str, str]]:
    """Return what takes a picture of mammoth's; one that cannot be shown becomes an empty source."""

    def take(image: Any) -> dict[str, str]:
        if pictures.is_full:
            return {"src": "#", "alt": "图片较多，其余请下载查看"}
        with image.open() as source:
            number = pictures.take(source.read(MAX_IMAGE_BYTES))
        if number is None:
            return {"src": "#", "alt": "这张图片不能在线显示，请下载查看"}
        return {"src": f"/p/{number}", "alt": image.alt_text or "文档中的图片"}

    return take
