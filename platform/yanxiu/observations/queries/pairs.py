"""Lessons beside each other: among which one chooses, and what is known about a pair."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, not_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.observations.beside.alignment import Anchor
from yanxiu.observations.models import Lesson, LessonAlignment, Recording, RecordingVersion, VersionState
from yanxiu.observations.queries.lessons import LessonFilter, for_lists, visible_lessons

SAME_TOPIC = 12
_NAMED = re.compile(r"《([^》]+)》")
_PERIOD = re.compile(r"第.{1,2}课时|[（(].*?[)）]|\s")


def topic_of(title: str) -> str:
    """Return what a lesson is about, without its period and what stands in brackets: 《草船借箭》第一课时 is 草船借箭."""
    named = _NAMED.search(title)
    return (named[1] if named else _PERIOD.sub("", title)).strip()


def lessons_beside(viewer: Viewer, lesson: Lesson) -> Sequence[Lesson]:
    """Return lessons on the same 课题 that the viewer may watch now, newest first."""
    topic = topic_of(lesson.title)
    if not topic:
        return []
    same = Lesson.title.icontains(topic, autoescape=True)
    statement = visible_lessons(viewer).where(same, Lesson.id != lesson.id, _watchable()).options(*for_lists())
    newest = statement.order_by(Lesson.created_at.desc(), Lesson.id.desc())
    return db.session.scalars(newest.limit(SAME_TOPIC)).all()


def others_beside(viewer: Viewer, lesson: Lesson, wanted: LessonFilter, cursor: str | None) -> Page[Lesson]:
    """Return a page of the other lessons that the viewer may watch now, newest first."""
    statement = visible_lessons(viewer).where(Lesson.id != lesson.id, _watchable(), *wanted.conditions())
    topic = topic_of(lesson.title)
    if topic and not wanted.narrows:
        statement = statement.where(not_(Lesson.title.icontains(topic, autoescape=True)))
    return paginate(statement.options(*for_lists()), Lesson.created_at.desc(), Lesson.id.desc(), cursor=cursor)


def saved_anchors(left_id: int, right_id: int) -> tuple[list[Anchor], LessonAlignment | None]:
    """Return the anchors somebody saved for two lessons, the first of the two to the left, and who did when."""
    first, second = sorted((left_id, right_id))
    statement = select(LessonAlignment).where(LessonAlignment.first_id == first, LessonAlignment.second_id == second)
    found = db.session.scalars(statement.options(joinedload(LessonAlignment.saved_by))).first()
    if found is None:
        return [], None
    anchors = [Anchor(*row) for row in found.anchors]
    return (anchors if first == left_id else [one.turned for one in anchors]), found


def _watchable() -> ColumnElement[bool]:
    return exists().where(
        Recording.lesson_id == Lesson.id,
        RecordingVersion.recording_id == Recording.id,
        RecordingVersion.state == VersionState.READY,
    )
