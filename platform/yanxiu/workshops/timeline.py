"""Where a term is: what a stretch of days is today, said in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

OVER, RUNNING, AHEAD, UNDATED = "over", "running", "ahead", "undated"


@dataclass(frozen=True)
class Moment:
    """`state` is over, running, ahead or undated; `week` counts from Monday to Sunday, the first week is 1."""

    state: str
    week: int = 0

    @property
    def words(self) -> str:
        """What the page says of it."""
        if self.state == RUNNING:
            return f"进行中 第 {self.week} 周" if self.week else "进行中"
        return {OVER: "已结束", AHEAD: "未开始", UNDATED: "时间待定"}[self.state]


def moment_of(starts_on: date | None, ends_on: date | None, day: date) -> Moment:
    """Say where `day` stands to a window, both of whose ends belong to it; an open end is open."""
    if starts_on is None and ends_on is None:
        return Moment(UNDATED)
    if ends_on is not None and ends_on < day:
        return Moment(OVER)
    if starts_on is None:
        return Moment(RUNNING)
    if starts_on > day:
        return Moment(AHEAD)
    return Moment(RUNNING, (monday_of(day) - monday_of(starts_on)).days // 7 + 1)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
