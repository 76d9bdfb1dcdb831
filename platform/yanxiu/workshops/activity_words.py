"""The Chinese words for kinds of activities, presence and the parts of the record (forms.md 2)."""

from __future__ import annotations

from datetime import datetime

from yanxiu.core.clock import LOCAL_ZONE, today
from yanxiu.workshops.models import ActivityKind, Presence

KIND_NAMES = {
    ActivityKind.SEMINAR.value: "主题研讨",
    ActivityKind.PREPARATION.value: "集体备课",
    ActivityKind.OBSERVATION.value: "观课议课",
    ActivityKind.LECTURE.value: "专题讲座",
    ActivityKind.READING.value: "读书沙龙",
    ActivityKind.SAME_LESSON.value: "同课异构",
    ActivityKind.OUTREACH.value: "送教下乡",
    ActivityKind.OPEN_DAY.value: "教学开放",
}
PRESENCE_NAMES = {
    Presence.PRESENT.value: "出席",
    Presence.LATE.value: "迟到",
    Presence.EXCUSED.value: "请假",
    Presence.ABSENT.value: "缺席",
}
PHASE_NAMES = {"coming": "未开始", "running": "进行中", "over": "已结束", "cancelled": "已取消"}


def time_span(starts_at: datetime, ends_at: datetime) -> str:
    """Return 11月26日 星期四 19:30—21:00, with both days where they differ."""
    start, end = starts_at.astimezone(LOCAL_ZONE), ends_at.astimezone(LOCAL_ZONE)
    if start.date() == end.date():
        return f"{_day(start)} {start:%H:%M}—{end:%H:%M}"
    return f"{_day(start)} {start:%H:%M} 至 {_day(end)} {end:%H:%M}"


def _day(moment: datetime) -> str:
    year = "" if moment.year == today().year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日 星期{'一二三四五六日'[moment.weekday()]}"
