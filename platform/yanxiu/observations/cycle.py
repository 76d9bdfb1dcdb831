"""The cycle of a lesson observation: what follows what, and what a person does next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.observations.models import MEETING_KEYS, Lesson, LessonPhase

MOVES: dict[LessonPhase, tuple[LessonPhase, ...]] = {
    LessonPhase.PLANNED: (LessonPhase.TEACHING, LessonPhase.MEETING),
    LessonPhase.MEETING: (LessonPhase.TEACHING, LessonPhase.PLANNED),
    LessonPhase.TEACHING: (LessonPhase.WATCHING, LessonPhase.PLANNED),
    LessonPhase.WATCHING: (LessonPhase.EVALUATING, LessonPhase.TEACHING),
    LessonPhase.EVALUATING: (LessonPhase.DISCUSSING, LessonPhase.WATCHING),
    LessonPhase.DISCUSSING: (LessonPhase.REFLECTING, LessonPhase.EVALUATING),
    LessonPhase.REFLECTING: (LessonPhase.ARCHIVED, LessonPhase.DISCUSSING),
    LessonPhase.ARCHIVED: (LessonPhase.REFLECTING,),
}
"""Where a lesson may go from a step: the next one first, then the others (课前会议 may be left out, a step taken back)."""


class Place(StrEnum):
    """Where the one button leads; `NONE` when there is nothing to do but wait."""

    NONE = ""
    MOVE = "move"
    MEMBERS = "members"
    CALENDAR = "calendar"
    MEETING = "meeting"
    LIVE = "live"
    RECORDING = "recording"
    COMMENT = "comment"
    RUBRIC = "rubric"
    RESULTS = "results"
    REFLECTION = "reflection"


@dataclass(frozen=True)
class Facts:
    """What the next step depends on besides the lesson itself."""

    leads: bool
    teaches: bool
    invited: int
    """How many were asked to the lesson."""
    has_recording: bool
    texts: frozenset[str]
    """Keys of what is written (`TextKey`)."""
    submitted: int
    """How many evaluations were handed in."""
    own_submitted: bool
    is_preparing: bool = False
    """A recording was uploaded and cannot be watched yet."""


@dataclass(frozen=True)
class Step:
    """What a person does next: the words on the button, where it leads, and the step that `MOVE` goes to.

    `is_open` says that the lesson waits for this person.
    """

    words: str
    place: Place = Place.NONE
    to: LessonPhase | None = None
    is_open: bool = True


def next_step(lesson: Lesson, facts: Facts, today: date) -> Step:
    """Return what is next for somebody who leads the lesson (teacher, host, whoever entered it) or observes it."""
    return _leads(lesson, facts, today) if facts.leads else _observes(lesson, facts)


def _leads(lesson: Lesson, facts: Facts, today: date) -> Step:
    match lesson.phase_of:
        case LessonPhase.PLANNED:
            return _planned(lesson, facts, today)
        case LessonPhase.MEETING:
            if not facts.texts & set(MEETING_KEYS):
                return Step("写课前会议的三个问题", Place.MEETING)
            return _move("会开好了，准备上课", LessonPhase.TEACHING)
        case LessonPhase.TEACHING:
            if not facts.has_recording and facts.is_preparing:
                return Step("实录传到了，正在处理，好了就能看", is_open=False)
            if not facts.has_recording:
                return Step("上传实录", Place.RECORDING)
            return _move("进入观课", LessonPhase.WATCHING)
        case LessonPhase.WATCHING:
            return _move("开始评课", LessonPhase.EVALUATING)
        case LessonPhase.EVALUATING:
            if not facts.submitted:
                return Step("等老师们交评课", is_open=False)
            return _move("开始议课", LessonPhase.DISCUSSING)
        case LessonPhase.DISCUSSING:
            return _move("议完了，写反思", LessonPhase.REFLECTING)
        case LessonPhase.REFLECTING:
            return _reflecting(facts)
        case _:
            return Step("这节课已归档", is_open=False)


def _planned(lesson: Lesson, facts: Facts, today: date) -> Step:
    if not facts.invited:
        return Step("邀请老师来听课", Place.MEMBERS)
    if lesson.taught_at is not None and lesson.taught_at.astimezone(LOCAL_ZONE).date() > today:
        return Step("把上课时间存到日历", Place.CALENDAR, is_open=False)
    return _move("开始上课", LessonPhase.TEACHING)


def _reflecting(facts: Facts) -> Step:
    if "reflection" in facts.texts:
        return _move("归档这节课", LessonPhase.ARCHIVED)
    if facts.teaches:
        return Step("写教学反思", Place.REFLECTION)
    return Step("等授课教师写反思", is_open=False)


def _observes(lesson: Lesson, facts: Facts) -> Step:
    match lesson.phase_of:
        case LessonPhase.PLANNED:
            return Step("把上课时间存到日历", Place.CALENDAR if lesson.taught_at else Place.NONE, is_open=False)
        case LessonPhase.MEETING:
            return Step("看看这节课要看什么", Place.MEETING, is_open=False)
        case LessonPhase.TEACHING:
            return Step("现场记", Place.LIVE)
        case LessonPhase.WATCHING | LessonPhase.EVALUATING if not facts.own_submitted:
            watches = lesson.phase_of == LessonPhase.WATCHING and facts.has_recording
            return Step("在此刻点评", Place.COMMENT) if watches else Step("填写评课", Place.RUBRIC)
        case LessonPhase.WATCHING | LessonPhase.EVALUATING:
            return Step("您的评课交了，等议课", Place.RESULTS, is_open=False)
        case LessonPhase.DISCUSSING:
            return Step("看大家的评课", Place.RESULTS if facts.own_submitted else Place.NONE, is_open=False)
        case _ if "reflection" in facts.texts:
            return Step("读教学反思", Place.REFLECTION, is_open=False)
        case LessonPhase.REFLECTING:
            return Step("等授课教师写反思", is_open=False)
        case _:
            return Step("这节课已归档", is_open=False)


def _move(words: str, to: LessonPhase) -> Step:
    return Step(words, Place.MOVE, to)
