"""Reads the scripts of the demo's talk.

# title | 置顶 精华 锁定          a topic and its marks
@ 王丽 -62d 19:30                who opens it, days before the demo's present, local time
text, paragraphs parted by an empty line
+ 李强 +2h                       an answer, so long after the line before
++ 周敏 +10m                     an answer to the last + post
+ 陈秀英 +1d >3                  an answer that quotes the 3rd post (the opener is the 1st)
^ 王丽 吴秀兰                    who finds the post above useful
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from yanxiu.core.clock import LOCAL_ZONE

FIRST_HOUR, LAST_HOUR = 7, 23
FOLDER = Path(__file__).parent
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_OPENER = re.compile(r"@ (\S+) -(\d+)d (\d\d):(\d\d)$")
_ANSWER = re.compile(r"(\+\+?) (\S+) \+(\d+)([mhd])(?: >(\d+))?$")


@dataclass
class Line:
    """One post: who, when, what; `answers` tells whether it answers the last post of the first level."""

    author: str
    moment: datetime
    text: str = ""
    answers: bool = False
    quotes: int | None = None
    liked_by: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)


@dataclass
class Script:
    """One topic with everything said in it; the first line is the opener."""

    title: str
    marks: list[str]
    lines: list[Line] = field(default_factory=list)


def read_scripts(name: str, present: datetime) -> list[Script]:
    """Read one file; nothing in it happens later than a few minutes before `present`."""
    scripts: list[Script] = []
    for row in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("# "):
            title, _, marks = row[2:].partition(" | ")
            scripts.append(Script(title.strip(), marks.split()))
        elif row.startswith("^ "):
            scripts[-1].lines[-1].liked_by = row[2:].split()
        elif row.startswith("% "):
            scripts[-1].lines[-1].papers.append(row[2:].strip())
        elif row.startswith(("@ ", "+ ", "++ ")):
            scripts[-1].lines.append(_line(row, scripts[-1], present))
        elif scripts:
            scripts[-1].lines[-1].text += row + "\n"
    return scripts


def _by_day(moment: datetime) -> datetime:
    """Teachers sleep: what would be said between eleven and seven is said in the morning."""
    local = moment.astimezone(LOCAL_ZONE)
    if FIRST_HOUR <= local.hour < LAST_HOUR:
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= LAST_HOUR else 0)
    return datetime.combine(day, time(FIRST_HOUR, local.minute), LOCAL_ZONE)


def _line(row: str, script: Script, present: datetime) -> Line:
    if found := _OPENER.match(row):
        author, days, hour, minute = found.groups()
        day = (present.astimezone(LOCAL_ZONE) - timedelta(days=int(days))).date()
        return Line(author, datetime.combine(day, time(int(hour), int(minute)), LOCAL_ZONE))
    found = _ANSWER.match(row)
    if found is None:
        raise ValueError(f"not a line of a script: {row}")
    plus, author, amount, unit, quotes = found.groups()
    before = script.lines[-1].moment
    moment = _by_day(before + int(amount) * _UNITS[unit])
    # What would lie ahead of the demo's present has just happened instead.
    latest = present - timedelta(minutes=4)
    if moment > latest:
        moment = max(before + timedelta(seconds=20), min(latest, before + (latest - before) / 2))
    return Line(author, moment, answers=plus == "++", quotes=int(quotes) if quotes else None)
