"""The only place where HTML written by people becomes HTML shown to people.

bleach with an allow-list, then one rule for every address: it starts with http(s):, mailto:, / or #.
"""

from __future__ import annotations

import html as stdlib_html
import re
from html.parser import HTMLParser

import bleach

_TAG_WORDS = (
    "p br strong b em i u s blockquote ul ol li h2 h3 h4 a img code pre hr sub sup mark "
    "table thead tbody tr th td caption span ruby rt rp figure figcaption"
)
TAGS = frozenset(_TAG_WORDS.split())
ATTRIBUTES = {
    "a": ["href", "title", "data-mention"],
    "img": ["src", "alt", "width", "height"],
    "th": ["colspan", "rowspan"],
    "td": ["colspan", "rowspan"],
    "ol": ["start"],
    "span": ["data-mention"],
    "blockquote": ["data-post"],
}
_SAFE_URL = re.compile(r"^(https?://|mailto:|/(?![/\\])|#)", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_BLOCK_WORDS = "p br li blockquote h2 h3 h4 tr td th pre hr figure table"
_BLOCKS = frozenset(_BLOCK_WORDS.split())


def safe_url(url: str | None) -> str | None:
    """Return the address if a page may link to it, else None."""
    if not url:
        return None
    stripped = "".join(url.split())
    return stripped if _SAFE_URL.match(stripped) else None


def without_invisible(text: str) -> str:
    """Drop control characters, direction overrides and lone surrogates that hide or break text."""
    return _INVISIBLE.sub("", text).encode("utf-8", "ignore").decode("utf-8")


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to see: spaces of any width, joiners and marks alone."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def _allow_attribute(tag: str, name: str, value: str) -> bool:
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    if name in ("href", "src"):
        return safe_url(value) is not None
    if name in ("width", "height", "colspan", "rowspan", "start", "data-post"):
        return value.isdigit() and len(value) <= 5
    return True


_cleaner = bleach.Cleaner(tags=TAGS, attributes=_allow_attribute, protocols=["http", "https", "mailto"], strip=True)


def clean_html(html: str) -> str:
    """Return `html` with only allowed tags, attributes and addresses."""
    return str(_cleaner.clean(_without_dropped_blocks(without_invisible(html)))).strip()


def _without_dropped_blocks(html: str) -> str:
    """Remove script and style with their content: stripping the tag alone would print the code as text."""
    return re.sub(r"<(script|style|template|noscript)\b[^>]*>.*?(</\1\s*>|$)", "", html, flags=re.I | re.S)


def html_from_text(text: str) -> str:
    """Turn plain text into paragraphs; single line breaks become <br>."""
    paragraphs = re.split(r"\n\s*\n", without_invisible(text).replace("\r\n", "\n").strip())
    return "".join(
        f"<p>{stdlib_html.escape(p, quote=False).replace(chr(10), '<br>')}</p>" for p in paragraphs if p.strip()
    )


class _TextOf(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_of(html: str) -> str:
    """Return the readable text of `html`, blocks on lines of their own."""
    parser = _TextOf()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(html: str, length: int = 80) -> str:
    """Return the first `length` characters of the text, on one line, with … if it goes on."""
    text = text_of(html).replace("\n", " ")
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
