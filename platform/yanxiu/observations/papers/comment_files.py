"""Time-coded comments as files: subtitles for any player (WebVTT), a table for Excel (CSV), a table to print (Word).

All three take the threads that were chosen for a reader: what the reader may not read never comes here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from io import BytesIO

from yanxiu.core.clock import LOCAL_ZONE, media_clock, wall_clock
from yanxiu.core.csv_files import csv_bytes
from yanxiu.core.html import without_invisible
from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.papers.paper import about_lesson, word_file

HEADING = (
    "序号", "开始", "结束", "开始（秒）", "结束（秒）", "点评人", "单位", "类别", "谁可看到", "点评", "画面标注", "回复", "状态", "发表时间",
)  # fmt: skip
SHORTEST_MS, LONGEST_MS, MS_PER_CHARACTER = 3_000, 12_000, 150
"""How long a comment about a moment stays on the screen: long enough to be read."""
RESOLVED, OPEN = "已解决", "未解决"
StillOf = Callable[[TimedComment], bytes | None]
"""Gives the still of a comment with what was drawn on it, None where there is none to be had."""


def webvtt(lesson: Lesson, threads: Iterable[TimedComment]) -> bytes:
    """Return the comments as cues in order of time (W3C WebVTT: Web Video Text Tracks, sections 4 and 6).

    A cue ends after it begins, its text has no empty line and no `-->`; a comment about a moment is shown as long as it
    takes to read. Times are milliseconds of media time. Live notes without a place on the recording are left out.
    """
    parts = ["WEBVTT", f"NOTE\n{_cue_text(lesson.title)}"]
    placed = (thread for thread in threads if thread.is_placed)
    for thread in sorted(placed, key=lambda each: (each.start_ms, each.id)):
        said = _line(f"{thread.author.name}（{thread.kind_of.label}）", thread.body)
        said += f"\n{drawn_on(thread)}" if thread.drawn else ""
        said += "".join(f"\n↳ {_line(reply.author.name, reply.body)}" for reply in thread.live_replies)
        cue = f"{_timestamp(thread.start_ms)} --> {_timestamp(_shown_until(thread, len(said)))}"
        parts.append(f"comment-{thread.id}\n{cue}\n{said}")
    return ("\n\n".join(parts) + "\n").encode()


def _shown_until(thread: TimedComment, characters: int) -> int:
    if thread.end_ms is not None and thread.end_ms > thread.start_ms:
        return thread.end_ms
    return thread.start_ms + min(LONGEST_MS, max(SHORTEST_MS, characters * MS_PER_CHARACTER))


def _timestamp(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _line(name: str, text: str) -> str:
    return f"{_cue_text(name)}：{_cue_text(text)}"


def _cue_text(text: str) -> str:
    """`&`, `<` and `>` are escaped, so that `-->` cannot stand in it; an empty line would end the cue."""
    lines = (line.strip() for line in without_invisible(text).splitlines())
    return escape("\n".join(line for line in lines if line), quote=False)


def comments_csv(threads: Iterable[TimedComment]) -> bytes:
    """Return a line for each thread; answers stand in one cell, a line each."""
    return csv_bytes(HEADING, (_row(number, thread) for number, thread in enumerate(threads, 1)))


def _row(number: int, thread: TimedComment) -> tuple[object, ...]:
    end_ms = thread.end_ms
    return (
        number,
        _begins(thread),
        "" if end_ms is None else media_clock(end_ms),
        thread.start_ms / 1000 if thread.is_placed else "",
        "" if end_ms is None else end_ms / 1000,
        thread.author.name,
        thread.author.organization.name,
        thread.kind_of.label,
        thread.audience.label,
        thread.body,
        thread.drawn,
        answers(thread),
        state_of(thread),
        f"{thread.created_at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}",
    )


def comments_word(lesson: Lesson, threads: Sequence[TimedComment], chosen: str, still_of: StillOf) -> bytes:
    """Return the table to print; `chosen` says in words which comments these are. Below it what was drawn on stills."""

    def write(word: WordFile) -> None:
        word.title("时间点点评")
        about_lesson(word, lesson)
        word.paragraph(f"{chosen}，共 {len(threads)} 条。", SMALL)
        rows = [[head(name) for name in ("时间", "点评人", "类别", "点评", "回复", "状态")]]
        rows += [_cells(thread) for thread in threads]
        if not threads:
            rows.append([Cell("没有点评", wide=6, centered=True)])
        word.sheet(shares(15, 11, 8, 34, 23, 9), rows, heads=1)
        _drawings(word, threads, still_of)

    return word_file(write)


def _drawings(word: WordFile, threads: Sequence[TimedComment], still_of: StillOf) -> None:
    """Show each still with what was drawn on it; where no picture can be had, say what was drawn."""
    drawn = [thread for thread in threads if thread.drawing]
    if drawn:
        word.heading("画面标注", 2)
    for thread in drawn:
        word.paragraph(f"{span_words(thread)}　{thread.author.name}：{' '.join(thread.body.split())}")
        still = still_of(thread)
        picture = word.picture_xml(BytesIO(still)) if still is not None else ""
        if picture:
            word.runs([picture])
        else:
            word.paragraph(f"画面上有{thread.drawn}，请在课例里查看。", SMALL)


def _cells(thread: TimedComment) -> list[Cell]:
    return [
        Cell(span_words(thread), centered=True),
        Cell(thread.author.name, centered=True),
        Cell(thread.kind_of.label, centered=True),
        Cell(said_in(thread)),
        Cell(answers(thread)),
        Cell(state_of(thread), centered=True),
    ]


def drawn_on(thread: TimedComment) -> str:
    """Say that something is drawn on the picture, and what; empty where nothing is."""
    return f"［画面标注：{thread.drawn}］" if thread.drawn else ""


def said_in(thread: TimedComment) -> str:
    """Return the words of a comment, and on a line of its own what is drawn on the picture."""
    return "\n".join(filter(None, (thread.body, drawn_on(thread))))


def span_words(thread: TimedComment) -> str:
    """Return 00:12 or 00:12–00:30; the time of the clock, 10:02:15, for a live note that has no place on the recording."""
    begins = _begins(thread)
    return begins if thread.end_ms is None else f"{begins}–{media_clock(thread.end_ms)}"


def _begins(thread: TimedComment) -> str:
    if thread.taken_at is not None and not thread.is_placed:
        return wall_clock(thread.taken_at)
    return media_clock(thread.start_ms)


def answers(thread: TimedComment) -> str:
    """Return the answers, a line each."""
    return "\n".join(f"{reply.author.name}：{' '.join(reply.body.split())}" for reply in thread.live_replies)


def state_of(thread: TimedComment) -> str:
    """Tell whether the thread was ticked off."""
    return RESOLVED if thread.resolved_at is not None else OPEN
