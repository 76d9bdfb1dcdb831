"""Subtitles: SubRip (.srt) and WebVTT (.vtt) read into cues, and cues written as WebVTT.

What is read comes from strangers: every line is looked at once, sizes are bounded, tags are dropped, and what cannot be
a cue is passed over. What is written holds nothing but times and escaped text.
Sources: W3C WebVTT: The Web Video Text Tracks Format, sections 4 and 6; SubRip has no standard, its cues are a number, a
line of times with a comma before the milliseconds, and lines of text up to an empty one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice

from yanxiu.core.encodings import UnreadableTextError, decoded
from yanxiu.core.errors import InvalidError

FILES = (".srt", ".vtt")
MAX_BYTES = 2 * 1024 * 1024
MAX_CHARACTERS = 2_000_000
MAX_CUES = 20_000
MAX_LINE = 1000
MAX_CUE = 500
LONGEST_MS = 100 * 3600 * 1000
_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_TAG = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")


@dataclass(frozen=True)
class Cue:
    """Words shown from a moment to a moment, in milliseconds; `text` has at least one line."""

    start_ms: int
    end_ms: int
    text: str


def parse_subtitles(text: str) -> list[Cue]:
    """Return the cues of a file of either kind in the order of their times; none when it has none."""
    lines = text[:MAX_CHARACTERS].replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return sorted(islice(_cues(lines), MAX_CUES), key=lambda cue: (cue.start_ms, cue.end_ms))


def read_subtitles(name: str, raw: bytes) -> list[Cue]:
    """Return the cues of a file as a browser sent it; `raw` may be cut off after MAX_BYTES + 1. InvalidError says what to do."""
    if not name.lower().endswith(FILES):
        raise InvalidError("请选择 srt 或 vtt 字幕文件", field="subtitles")
    if len(raw) > MAX_BYTES:
        raise InvalidError("字幕文件太大，最多 2 MB", field="subtitles")
    try:
        cues = parse_subtitles(decoded(raw))
    except UnreadableTextError as error:
        raise InvalidError(error.message, field="subtitles") from error
    if not cues:
        raise InvalidError("文件里没有读到带时间的字幕，请重新导出 srt 或 vtt", field="subtitles")
    return cues


def _cues(lines: Sequence[str]) -> Iterator[Cue]:
    at = 0
    while at < len(lines):
        times = _times(lines[at])
        at += 1
        if times is None:
            continue
        said: list[str] = []
        while at < len(lines) and lines[at].strip() and _times(lines[at]) is None:
            said.append(lines[at][:MAX_LINE])
            at += 1
        if at < len(lines) and _times(lines[at]) is not None and said and said[-1].strip().isdigit():
            said.pop()  # the number of the next cue, where the empty line before it is missing
        words = _words(said)
        if words:
            yield Cue(*times, words)


def _times(line: str) -> tuple[int, int] | None:
    """The two times of `00:01:02,500 --> 00:01:04,000 …`; None for any other line, and for a cue that never shows."""
    if "-->" not in line[:40]:
        return None
    before, _, after = line[:MAX_LINE].partition("-->")
    start, end = _TIME.fullmatch(before.strip()), _TIME.match(after.strip())
    if start is None or end is None:
        return None
    begins, ends = _milliseconds(start), _milliseconds(end)
    return (begins, ends) if begins < ends <= LONGEST_MS else None


def _milliseconds(found: re.Match[str]) -> int:
    hours, minutes, seconds, rest = found.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest.ljust(3, "0"))


def _words(lines: Iterable[str]) -> str:
    """Plain text: no tags, no characters that are not to be seen, no empty lines."""
    plain = (unescape(_TAG.sub("", line)) for line in lines)
    seen = ("".join(one for one in line if unicodedata.category(one)[0] != "C") for line in plain)
    return "\n".join(line.strip() for line in seen if line.strip())[:MAX_CUE].strip()


def webvtt(cues: Iterable[Cue]) -> str:
    """Write cues as WebVTT; no text of theirs can end a cue or begin another."""
    parts = ["WEBVTT"]
    for cue in cues:
        escaped = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        parts.append(f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n{escaped}")
    return "\n\n".join(parts) + "\n"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
