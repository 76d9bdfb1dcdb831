"""How the state of a task and of what was handed in is called, on pages and in the grade list alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.workshops.models import Scale, Standing, Submission, Task

GRADES: dict[str, str] = {"excellent": "优秀", "passed": "合格", "improve": "待改进"}
SOON = timedelta(days=3)


@dataclass(frozen=True)
class State:
    """A word and the color of its mark."""

    text: str
    tone: str = ""


def state_of(task: Task, submission: Submission | None, at: datetime) -> State:
    """Return where a member stands with a task at a moment.

    未开始 until the task is due, 未交 after it; 已交 as long as it may be changed, 待批 after that; 退回; 已批.
    """
    if submission is None:
        return State("未开始", "amber") if at <= task.due_at else State("未交", "red")
    if submission.standing == Standing.RETURNED:
        return State("退回", "red")
    if submission.standing == Standing.MARKED:
        return State("已批", "green")
    return State("已交", "blue") if at <= task.due_at else State("待批", "blue")


def due_mark(task: Task, at: datetime) -> State | None:
    """Return how near the end of a task is: 已截止, 今天截止, 明天截止, or 3 天内截止."""
    if at > task.due_at:
        return State("已截止")
    days = (task.due_at.astimezone(LOCAL_ZONE).date() - at.astimezone(LOCAL_ZONE).date()).days
    if days == 0:
        return State("今天截止", "red")
    if days == 1:
        return State("明天截止", "amber")
    return State(f"{days} 天后截止", "amber") if task.due_at - at <= SOON else None


def due_words(task: Task, at: datetime) -> str:
    """Return the end of a task with its hour: 今天 22:00 截止, 12月8日 22:00 截止; with the year if it is another one."""
    return until_words(task.due_at, at)


def until_words(end: datetime, at: datetime) -> str:
    """Return an end in words, as `due_words` does for a task."""
    due, day = end.astimezone(LOCAL_ZONE), at.astimezone(LOCAL_ZONE).date()
    near = {0: "今天", 1: "明天", -1: "昨天"}.get((due.date() - day).days)
    year = "" if due.year == day.year else f"{due.year}年"
    return f"{near or f'{year}{due.month}月{due.day}日'} {due:%H:%M} 截止"


def mark_of(task: Task, submission: Submission | None) -> str:
    """Return the mark in words: 92 分, 合格, or nothing."""
    if submission is None or submission.standing != Standing.MARKED:
        return ""
    if task.scale == Scale.GRADES:
        return GRADES.get(submission.grade or "", "")
    return "" if submission.score is None else f"{submission.score} 分"
