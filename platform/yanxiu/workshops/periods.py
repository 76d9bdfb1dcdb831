"""Spans of days that figures are about: this week, last week, this month, this term, or any from–to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from yanxiu.core.clock import LOCAL_ZONE, is_in_our_time, today
from yanxiu.core.terms import SECOND_TERM_STARTS

NAMES = {"week": "本周", "last-week": "上周", "month": "本月", "term": "本学期", "custom": "自选"}
DEFAULT = "week"


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both in it (Asia/Shanghai). `problem` says why what was asked for is not it."""

    key: str
    first: date
    last: date
    problem: str = ""

    @property
    def starts(self) -> datetime:
        return datetime.combine(self.first, time.min, LOCAL_ZONE)

    @property
    def ends(self) -> datetime:
        """The moment after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time.min, LOCAL_ZONE)

    @property
    def label(self) -> str:
        """本周（11月16日—11月22日）; the year only where it is not this one."""
        return f"{NAMES[self.key]}（{self.days}）" if self.key != "custom" else self.days

    @property
    def days(self) -> str:
        """The days of it that have been, the last one at least in part; of one to come all."""
        last = min(self.last, today()) if self.first <= today() else self.last
        return f"{_day(self.first)}—{_day(last)}" if self.first != last else _day(self.first)

    @property
    def arguments(self) -> dict[str, str]:
        """What stands for it in an address."""
        if self.key != "custom":
            return {"period": self.key}
        return {"period": "custom", "from": self.first.isoformat(), "to": self.last.isoformat()}


def _day(day: date) -> str:
    short = f"{day.month}月{day.day}日"
    return short if day.year == today().year else f"{day.year}年{short}"


def period_of(arguments: Mapping[str, str]) -> Period:
    """Return the period an address asks for; what makes no sense is this week, with a problem to show."""
    key = arguments.get("period", DEFAULT)
    if key == "custom":
        return _custom(arguments.get("from", ""), arguments.get("to", ""))
    now = today()
    monday = now - timedelta(days=now.weekday())
    if key == "last-week":
        return Period(key, monday - timedelta(days=7), monday - timedelta(days=1))
    if key == "month":
        following = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
        return Period(key, now.replace(day=1), following - timedelta(days=1))
    if key == "term":
        return Period(key, *term_around(now))
    return Period(DEFAULT, monday, monday + timedelta(days=6))


def _custom(first: str, last: str) -> Period:
    this_week = period_of({})
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return Period("custom", this_week.first, this_week.last, "请选择开始和结束的日期")
    if not is_in_our_time(start) or not is_in_our_time(end):
        return Period("custom", this_week.first, this_week.last, "日期超出了范围")
    if end < start:
        return Period("custom", this_week.first, this_week.last, "结束日期早于开始日期，请重新选择")
    return Period("custom", start, end)


def term_around(day: date) -> tuple[date, date]:
    """Return the first and the last day of the term a day lies in."""
    middle = date(day.year, *SECOND_TERM_STARTS)
    if day.month >= 9:
        return date(day.year, 9, 1), date(day.year + 1, *SECOND_TERM_STARTS) - timedelta(days=1)
    if day < middle:
        return date(day.year - 1, 9, 1), middle - timedelta(days=1)
    return middle, date(day.year, 8, 31)
