"""What search may know of lessons and time-coded comments. A hit of a comment opens the lesson at its second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import ids_below
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import (
    IndexDocument,
    IndexSource,
    PrincipalSource,
    acl_school,
    acl_user,
    acl_workshop,
)
from yanxiu.core.search_rights import ASKED, seen_by
from yanxiu.observations.models import CommentKind, CommentVisibility, Lesson, LessonVisibility, TimedComment
from yanxiu.observations.queries import visible_lessons
from yanxiu.observations.queries.recordings import subtitles_of


def load_lessons(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of lessons; removed ones are left out. A hit in what is said opens at its second."""
    said = subtitles_of(ids)
    for lesson in db.session.scalars(select(Lesson).where(Lesson.id.in_(ids)).options(*_with_people())).unique():
        if lesson.deleted_at is None:
            yield IndexDocument(
                kind="lesson",
                object_id=lesson.id,
                title=lesson.title,
                url=f"/lessons/{lesson.id}",
                acl=_audience(lesson),
                body=" ".join(filter(None, (lesson.focus, lesson.lesson_type, lesson.class_name))),
                attachment="\n".join(words.replace("\n", " ") for _from, _until, words in said.get(lesson.id, ())),
                seconds=tuple(begins // 1000 for begins, _until, _words in said.get(lesson.id, ())),
                place=lesson.organization.label if lesson.organization else "",
                type=lesson.lesson_type,
                author=lesson.teacher.name,
                **_facets(lesson),
            )


def load_comments(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of comments and answers; an answer needs its whole thread to be there."""
    statement = select(TimedComment).where(TimedComment.id.in_(ids), TimedComment.withdrawn_at.is_(None))
    lesson = joinedload(TimedComment.lesson)
    comments = (
        db.session.scalars(
            statement.options(
                joinedload(TimedComment.author),
                joinedload(TimedComment.parent),
                lesson.joinedload(Lesson.organization),
                lesson.selectinload(Lesson.members),
            )
        )
        .unique()
        .all()
    )
    for comment in comments:
        if comment.lesson.deleted_at is None and comment.thread.withdrawn_at is None:
            yield _comment_document(comment)


def _comment_document(comment: TimedComment) -> IndexDocument:
    lesson = comment.lesson
    return IndexDocument(
        kind="comment",
        object_id=comment.id,
        title=f"{CommentKind(comment.kind).label}：{comment.body[:40]}",
        url=comment.url,
        acl=_comment_audience(comment),
        body=comment.body,
        place=lesson.title,
        type=CommentKind(comment.kind).label,
        author=comment.author.name,
        **{**_facets(lesson), "date": comment.created_at},
    )


def _visible_lessons(viewer: Any) -> Select[int]:
    return visible_lessons(viewer).with_only_columns(Lesson.id).where(Lesson.id.in_(ASKED))


def _visible_comments(viewer: Any) -> Select[int]:
    parent = TimedComment.__table__.alias("thread")
    lessons = visible_lessons(viewer).with_only_columns(Lesson.id)
    of_the_thread = func.coalesce(parent.c.author_id, TimedComment.author_id)
    to_teacher = TimedComment.lesson.has(Lesson.teacher_id == viewer.user_id)
    return (
        select(TimedComment.id)
        .outerjoin(parent, parent.c.id == TimedComment.parent_id)
        .where(TimedComment.id.in_(ASKED), TimedComment.lesson_id.in_(lessons))
        .where(TimedComment.withdrawn_at.is_(None), parent.c.withdrawn_at.is_(None))
        .where(
            or_(
                TimedComment.visibility == CommentVisibility.EVERYBODY,
                of_the_thread == viewer.user_id,
                (TimedComment.visibility == CommentVisibility.TEACHER) & to_teacher,
            )
        )
    )


visible_lesson_ids = seen_by(_visible_lessons)
visible_comment_ids = seen_by(_visible_comments)


def _audience(lesson: Lesson) -> frozenset[str]:
    """The same people as `can_view_lesson`; an expired consent leaves the owners."""
    owners = {acl_user(lesson.teacher_id), acl_user(lesson.creator_id)}
    if lesson.has_expired(clock.today()):
        return frozenset(owners)
    people = owners | {acl_user(member.user_id) for member in lesson.members}
    if lesson.visibility == LessonVisibility.WORKSHOP and lesson.workshop_id is not None:
        people.add(acl_workshop(lesson.workshop_id))
    if lesson.visibility == LessonVisibility.SCHOOL and lesson.organization_id is not None:
        people.add(acl_school(lesson.organization_id))
    return frozenset(people)


def _comment_audience(comment: TimedComment) -> frozenset[str]:
    thread = comment.thread
    if thread.visibility == CommentVisibility.EVERYBODY:
        return _audience(comment.lesson)
    readers = {acl_user(thread.author_id)}
    if thread.visibility == CommentVisibility.TEACHER:
        readers.add(acl_user(comment.lesson.teacher_id))
    return frozenset(readers)


def _facets(lesson: Lesson) -> dict[str, Any]:
    return {
        "subject": lesson.subject,
        "stage": lesson.stage,
        "grade": lesson.grade,
        "school": lesson.organization.label if lesson.organization else "",
        "year": str((lesson.taught_at or lesson.created_at).astimezone(clock.LOCAL_ZONE).year),
        "date": lesson.taught_at or lesson.created_at,
    }


def _with_people() -> tuple[Any, ...]:
    return (
        joinedload(Lesson.teacher).joinedload(User.organization),
        joinedload(Lesson.organization),
        selectinload(Lesson.members),
    )


def _ids(model: type[Lesson] | type[TimedComment]) -> Iterator[int]:
    yield from db.session.scalars(select(model.id).order_by(model.id).execution_options(yield_per=1000))


def _lessons_below(path: str) -> Select[int]:
    return select(Lesson.id).where(Lesson.organization_id.in_(ids_below(path)))


def _comments_below(path: str) -> Select[int]:
    return select(TimedComment.id).where(TimedComment.lesson_id.in_(_lessons_below(path)))


PRINCIPALS: tuple[PrincipalSource, ...] = ()
SOURCES: tuple[IndexSource, ...] = (
    IndexSource("lesson", "课例", load_lessons, lambda: _ids(Lesson), visible_lesson_ids, _lessons_below),
    IndexSource(
        "comment", "时间点点评", load_comments, lambda: _ids(TimedComment), visible_comment_ids, _comments_below
    ),
)
