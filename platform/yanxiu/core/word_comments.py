"""Comments of a Word file: what was said about a stretch of the text, with its answers, as Word's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.html import without_invisible

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PARAGRAPHS = "http://schemas.microsoft.com/office/word/2010/wordml"
_EXTENDED = "http://schemas.microsoft.com/office/word/2012/wordml"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_ABOUT = re.compile(r'<span data-comments="([^"]*)">')
OVERRIDES = "".join(
    f'<Override PartName="/word/{part}.xml" ContentType="{_TYPE}{part}+xml"/>'
    for part in ("comments", "commentsExtended")
)


@dataclass(frozen=True)
class Voice:
    """One thing that was said."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Thread:
    """What was said about one stretch; the first voice begins, the others answer."""

    voices: Sequence[Voice]
    is_done: bool


class Threads:
    """The threads of a file, numbered as they come."""

    def __init__(self) -> None:
        self._comments: list[str] = []
        self._extended: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._comments)

    def add(self, thread: Thread) -> list[int]:
        """Take a thread in; return the numbers of its comments."""
        first = len(self._comments)
        for number, voice in enumerate(thread.voices, start=first):
            self._comments.append(_comment(number, voice))
            parent = f' w15:paraIdParent="{_paragraph(first)}"' if number > first else ""
            done = int(thread.is_done)
            self._extended.append(f'<w15:commentEx w15:paraId="{_paragraph(number)}"{parent} w15:done="{done}"/>')
        return list(range(first, len(self._comments)))

    def relations(self) -> list[tuple[str, str, str]]:
        """How the document leads to the parts: number, kind, place."""
        if not self._comments:
            return []
        extended = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"
        return [("rComments", "comments", "comments.xml"), ("rAnswers", extended, "commentsExtended.xml")]

    def parts(self) -> dict[str, str]:
        """The parts of the file, by name."""
        about = f'xmlns:w="{_MAIN}" xmlns:w14="{_PARAGRAPHS}"'
        return {
            "word/comments.xml": f"{_HEAD}<w:comments {about}>{''.join(self._comments)}</w:comments>",
            "word/commentsExtended.xml": (
                f'{_HEAD}<w15:commentsEx xmlns:w15="{_EXTENDED}">{"".join(self._extended)}</w15:commentsEx>'
            ),
        }


def _paragraph(number: int) -> str:
    return f"{number + 1:08X}"


def _comment(number: int, voice: Voice) -> str:
    said = f"{voice.at.astimezone(LOCAL_ZONE):%Y-%m-%dT%H:%M:%SZ}"
    about = (
        f'w:id="{number}" w:author={quoteattr(voice.author)} w:date="{said}" w:initials={quoteattr(voice.author[-2:])}'
    )
    clean = escape("".join(c for c in without_invisible(voice.text) if c not in "\ufffe\uffff"))
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in clean.split("\n"))
    return f'<w:comment {about}><w:p w14:paraId="{_paragraph(number)}"><w:r>{lines}</w:r></w:p></w:comment>'


def starts(numbers: Sequence[int]) -> str:
    """What stands before the words."""
    return "".join(f'<w:commentRangeStart w:id="{number}"/>' for number in numbers)


def ends(numbers: Sequence[int]) -> str:
    """What stands after them."""
    return "".join(
        f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>' for number in numbers
    )


def named_in(html: str) -> set[str]:
    """The numbers of all comments that a text has words of."""
    return {name for names in _ABOUT.findall(html) for name in names.split()}


class Ranges:
    """Where the comments of a text begin and end, while it is read: the words of one may be many stretches."""

    def __init__(self, html: str, threads: Mapping[str, Thread], take: Callable[[Thread], tuple[str, str]]) -> None:
        found = (name for names in _ABOUT.findall(html) for name in names.split())
        self._left = Counter(name for name in found if name in threads)
        self._threads, self._take = threads, take
        self._after: dict[str, str] = {}
        self._open: list[list[str]] = []

    def begin(self, names: str) -> list[str]:
        """A stretch begins; return the XML of the comments that begin with it."""
        known = [name for name in names.split() if name in self._threads]
        self._open.append(known)
        begun = []
        for name in known:
            if name not in self._after:
                before, self._after[name] = self._take(self._threads[name])
                begun.append(before)
        return begun

    def end(self) -> list[str]:
        """A stretch ends; return the XML of the comments that end with it."""
        names = self._open.pop() if self._open else []
        self._left.subtract(names)
        return [self._after[name] for name in names if not self._left[name]]
