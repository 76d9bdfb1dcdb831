"""Activities as iCalendar (RFC 5545): lines end with CRLF and are folded at 75 octets, never inside a character."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from yanxiu.workshops.activity_words import KIND_NAMES
from yanxiu.workshops.models import Activity

FOLD = 75
"""Octets of a line without its CRLF (section 3.1)."""
PRODUCT = "-//yanxiu//workshop activities//ZH"


def calendar_of(name: str, activities: Sequence[Activity], url_of: Callable[[Activity], str]) -> bytes:
    """Return a calendar of these activities; a cancelled one stays in it, so that a calendar takes it out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{escaped(name)}")
    for activity in activities:
        lines += _event(activity, url_of(activity))
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def _event(activity: Activity, url: str) -> Iterable[str]:
    cancelled = activity.cancelled_at is not None
    title = f"{'（已取消）' if cancelled else ''}{activity.title}"
    about = [f"主讲人：{activity.speaker}", *([f"取消原因：{activity.cancel_reason}"] if cancelled else [])]
    return (
        "BEGIN:VEVENT",
        f"UID:{activity.client_uuid}@yanxiu",
        f"SEQUENCE:{activity.sequence}",
        f"DTSTAMP:{_moment(activity.updated_at)}",
        f"LAST-MODIFIED:{_moment(activity.updated_at)}",
        f"DTSTART:{_moment(activity.starts_at)}",
        f"DTEND:{_moment(activity.ends_at)}",
        f"SUMMARY:{escaped(title)}",
        f"LOCATION:{escaped(activity.place)}",
        f"CATEGORIES:{escaped(KIND_NAMES[activity.kind])}",
        f"DESCRIPTION:{escaped(chr(10).join([*about, activity.text]))}",
        f"URL:{url}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "END:VEVENT",
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Return a TEXT value (section 3.3.11)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """Break a line into pieces of at most 75 octets, each but the first after a blank, no character torn apart."""
    pieces, piece, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > FOLD:
            pieces.append(piece)
            piece, size = "", 1  # the blank that begins a continued line counts
        piece += character
        size += width
    return "\r\n ".join([*pieces, piece])
