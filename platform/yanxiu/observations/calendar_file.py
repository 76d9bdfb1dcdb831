"""The date of a lesson as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime

from yanxiu.core.html import without_invisible
from yanxiu.observations.models import Lesson

MINUTES = 40
"""How long a lesson lasts; schools have lessons of 40 or 45 minutes."""
LINE_OCTETS = 75


def lesson_calendar(lesson: Lesson, url: str, stamp: datetime) -> bytes:
    """Return one event at the time the lesson is taught, which the caller has checked to be known.

    Lines end in CRLF and are folded after 75 octets (section 3.1), text is escaped (section 3.3.11), times are UTC.
    """
    assert lesson.taught_at is not None
    about = "\n".join(part for part in (f"授课教师：{lesson.teacher.name}", lesson.focus, url) if part)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//yanxiu//lessons//ZH",
        "BEGIN:VEVENT",
        f"UID:lesson-{lesson.id}-{int(lesson.created_at.timestamp())}@yanxiu",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(lesson.taught_at)}",
        f"DURATION:PT{MINUTES}M",
        f"SUMMARY:{_text(f'听课：{lesson.title}')}",
        f"LOCATION:{_text(lesson.place or lesson.class_name)}",
        f"DESCRIPTION:{_text(about)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    escaped = without_invisible(words.replace("\r", "")).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A character is never cut in two."""
    parts, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            parts.append("")
            size = 1
        parts[-1] += character
        size += octets
    return "\r\n ".join(parts)
