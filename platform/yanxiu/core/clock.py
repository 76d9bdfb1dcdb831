"""The time, in one place, so that tests can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")
EARLIEST, LATEST = date(1950, 1, 1), date(2099, 12, 31)
_frozen: datetime | None = None


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """Return today's date where the teachers are (Asia/Shanghai)."""
    return now().astimezone(LOCAL_ZONE).date()


def is_in_our_time(day: date) -> bool:
    """Tell whether somebody can mean this day; the ends of the calendar cannot be moved between time zones."""
    return EARLIEST <= day <= LATEST


def wall_clock(moment: datetime) -> str:
    """Return what a clock in Asia/Shanghai showed at that moment, as 10:02:15."""
    return f"{moment.astimezone(LOCAL_ZONE):%H:%M:%S}"


def media_clock(milliseconds: int | None) -> str:
    """Return media time as 00:12 or 1:02:03."""
    seconds = (milliseconds or 0) // 1000
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def media_span(start_ms: int, end_ms: int | None) -> str:
    """Return a stretch of media time as 00:12–00:30, a moment as 00:12."""
    return media_clock(start_ms) if end_ms is None else f"{media_clock(start_ms)}–{media_clock(end_ms)}"


@contextmanager
def frozen(moment: datetime) -> Iterator[datetime]:
    """Hold the clock at `moment` (aware) inside the block."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield _frozen
    finally:
        _frozen = before
