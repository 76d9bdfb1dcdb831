"""Lessons taught after a plan. A plan does not know what refers to it: observations tell, and `wiring` lists them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from yanxiu.accounts.permissions import Viewer


@dataclass(frozen=True)
class TaughtLesson:
    """A lesson that names a plan."""

    id: int
    plan_id: int
    title: str
    teacher: str
    taught_on: date | None
    url: str


@dataclass(frozen=True)
class Remark:
    """What somebody said at a moment of a lesson's recording."""

    id: int
    lesson_id: int
    author_id: int
    author: str
    body: str
    at_ms: int
    url: str


@dataclass(frozen=True)
class LessonSource:
    """Who knows of lessons: those of plans that the viewer may see, their days, and open remarks on them."""

    lessons: Callable[[Viewer, Collection[int]], Sequence[TaughtLesson]]
    days: Callable[[Collection[int]], dict[int, date]]
    remarks: Callable[[Viewer, Collection[int]], Sequence[Remark]]


_sources: list[LessonSource] = []


def register_lesson_source(source: LessonSource) -> None:
    """Say who knows; done once by `wiring`."""
    _sources[:] = [source]


def lessons_of(viewer: Viewer, plan_ids: Collection[int]) -> list[TaughtLesson]:
    """Return the lessons of these plans that the viewer may see, the latest first."""
    return [lesson for source in _sources for lesson in source.lessons(viewer, plan_ids)] if plan_ids else []


def days_of(plan_ids: Collection[int]) -> dict[int, date]:
    """Return the first day on which each of these plans was taught, whoever may see the lesson."""
    return {plan_id: day for source in _sources for plan_id, day in source.days(plan_ids).items()} if plan_ids else {}


def remarks_on(viewer: Viewer, lesson_ids: Collection[int]) -> list[Remark]:
    """Return what was said about these lessons, as far as the viewer may read it."""
    return [remark for source in _sources for remark in source.remarks(viewer, lesson_ids)] if lesson_ids else []
