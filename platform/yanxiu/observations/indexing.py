"""What search may know of lessons, time-coded comments, sets of clips and what came of a divided observation.

A hit of a comment opens the lesson at its second, one of a finding the report at that finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
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
from yanxiu.observations.models import (
    ClipSet,
    CommentKind,
    CommentVisibility,
    Lesson,
    LessonMember,
    LessonPerspective,
    LessonPhase,
    LessonRole,
    LessonText,
    LessonVisibility,
    PerspectiveFinding,
    SetClip,
    TextKey,
    TimedComment,
)
from yanxiu.observations.permissions import findings_are_open, stands_in_set
from yanxiu.observations.queries import visible_lessons
from yanxiu.observations.queries.clip_sets import visible_clip_sets
from yanxiu.observations.queries.recordings import subtitles_of
from yanxiu.workshops.queries import workshop_ids_below
from yanxiu.workshops.queries.teams import workshop_names


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


def load_findings(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of what observers found under their perspectives."""
    lesson = joinedload(PerspectiveFinding.perspective).joinedload(LessonPerspective.lesson)
    found = (
        db.session.scalars(
            select(PerspectiveFinding)
            .where(PerspectiveFinding.id.in_(ids))
            .options(
                joinedload(PerspectiveFinding.author),
                lesson.joinedload(Lesson.organization),
                lesson.selectinload(Lesson.members),
            )
        )
        .unique()
        .all()
    )
    for finding in found:
        of = finding.perspective.lesson
        if of.deleted_at is None:
            told = _audience(of) if findings_are_open(of) else frozenset({acl_user(finding.author_id)})
            name = finding.perspective.full_name
            yield _report_document("finding", finding.id, of, told, f"{name}的观察结果", finding)


def load_conclusions(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of the conclusions of divided observations; where nothing is divided there is no report."""
    written = (LessonText.id.in_(ids), LessonText.key == TextKey.CONCLUSION, LessonText.lesson_id.in_(_divided()))
    statement = select(LessonText, Lesson, User).join(Lesson, Lesson.id == LessonText.lesson_id)
    rows = db.session.execute(
        statement.join(User, User.id == LessonText.author_id)
        .where(*written)
        .options(joinedload(Lesson.organization), selectinload(Lesson.members))
    ).unique()
    for text, lesson, author in rows:
        if lesson.deleted_at is None:
            told = _audience(lesson) if findings_are_open(lesson) else _leaders(lesson)
            yield _report_document("conclusion", text.id, lesson, told, f"{lesson.title}的总体结论", text, author)


def _report_document(
    kind: str,
    number: int,
    lesson: Lesson,
    acl: frozenset[str],
    title: str,
    written: PerspectiveFinding | LessonText,
    author: User | None = None,
) -> IndexDocument:
    anchor = f"finding-{number}" if kind == "finding" else "conclusion"
    by = author if author is not None else written.author if isinstance(written, PerspectiveFinding) else None
    return IndexDocument(
        kind=kind,
        object_id=number,
        title=title,
        url=f"/lessons/{lesson.id}/report#{anchor}",
        acl=acl,
        body=written.body,
        place=lesson.title,
        author=by.name if by is not None else "",
        **{**_facets(lesson), "date": written.written_at},
    )


def load_clip_sets(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of sets of clips: name, introduction, and what their makers ask and note about clips, as far as
    whoever may open the set may watch those lessons."""
    rows = select(ClipSet).where(ClipSet.id.in_(ids), ClipSet.removed_at.is_(None)).options(joinedload(ClipSet.owner))
    sets = db.session.scalars(rows).all()
    names = workshop_names({one.workshop_id for one in sets if one.workshop_id is not None})
    said: dict[int, list[str]] = {one.id: [one.introduction] for one in sets}
    clips = select(SetClip).where(SetClip.set_id.in_(said), SetClip.removed_at.is_(None))
    loaded = clips.options(joinedload(SetClip.clip_set), joinedload(SetClip.lesson))
    for clip in db.session.scalars(loaded.order_by(SetClip.position, SetClip.id)):
        if _is_told_with(clip.clip_set, clip.lesson):
            said[clip.set_id] += [clip.task, clip.note]
    for one in sets:
        shared = frozenset() if one.workshop_id is None else frozenset({acl_workshop(one.workshop_id)})
        yield IndexDocument(
            kind="clip_set",
            object_id=one.id,
            title=one.title,
            url=f"/clip-sets/{one.id}",
            acl=shared | {acl_user(one.owner_id)},
            body="\n".join(filter(None, said[one.id])),
            place=names.get(one.workshop_id or 0, ""),
            type="微格片段集",
            author=one.owner.name,
            year=str(one.created_at.astimezone(clock.LOCAL_ZONE).year),
            date=one.created_at,
        )


def _is_told_with(clip_set: ClipSet, lesson: Lesson) -> bool:
    """Whether all who may open a set may watch a lesson in it. Its maker alone reads their own words in any case."""
    if lesson.deleted_at is not None or lesson.has_expired(clock.today()) or not stands_in_set(clip_set, lesson):
        return False
    of_workshop = lesson.visibility == LessonVisibility.WORKSHOP and lesson.workshop_id == clip_set.workshop_id
    return clip_set.workshop_id is None or of_workshop


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


def _visible_findings(viewer: Any) -> Select[int]:
    return (
        select(PerspectiveFinding.id)
        .join(LessonPerspective, LessonPerspective.id == PerspectiveFinding.perspective_id)
        .join(Lesson, Lesson.id == LessonPerspective.lesson_id)
        .where(PerspectiveFinding.id.in_(ASKED), Lesson.id.in_(visible_lessons(viewer).with_only_columns(Lesson.id)))
        .where(or_(Lesson.phase.in_(_TOLD), PerspectiveFinding.author_id == viewer.user_id))
    )


def _visible_conclusions(viewer: Any) -> Select[int]:
    hosts = exists().where(
        LessonMember.lesson_id == Lesson.id,
        LessonMember.user_id == viewer.user_id,
        LessonMember.role == LessonRole.HOST,
    )
    leads = or_(Lesson.teacher_id == viewer.user_id, Lesson.creator_id == viewer.user_id, hosts)
    return (
        select(LessonText.id)
        .join(Lesson, Lesson.id == LessonText.lesson_id)
        .where(LessonText.id.in_(ASKED), LessonText.key == TextKey.CONCLUSION, Lesson.id.in_(_divided()))
        .where(Lesson.id.in_(visible_lessons(viewer).with_only_columns(Lesson.id)))
        .where(or_(Lesson.phase.in_(_TOLD), leads))
    )


def _visible_clip_sets(viewer: Any) -> Select[int]:
    return visible_clip_sets(viewer).with_only_columns(ClipSet.id).where(ClipSet.id.in_(ASKED))


_TOLD = [phase.value for phase in LessonPhase if phase.number >= LessonPhase.DISCUSSING.number]
"""The steps in which everybody reads what was found (`findings_are_open`)."""
visible_lesson_ids = seen_by(_visible_lessons)
visible_comment_ids = seen_by(_visible_comments)
visible_finding_ids = seen_by(_visible_findings)
visible_conclusion_ids = seen_by(_visible_conclusions)
visible_clip_set_ids = seen_by(_visible_clip_sets)


def _divided() -> Select[int]:
    """The lessons that have a report."""
    return select(LessonPerspective.lesson_id)


def _leaders(lesson: Lesson) -> frozenset[str]:
    """The same people as `leads_lesson` who may view the lesson."""
    hosts = {acl_user(one.user_id) for one in lesson.members if one.role == LessonRole.HOST}
    owners = {acl_user(lesson.teacher_id), acl_user(lesson.creator_id)}
    return frozenset(owners if lesson.has_expired(clock.today()) else owners | hosts)


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
        "school": lesson.organization.name if lesson.organization else "",
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


def _written_ids(statement: Select[int]) -> Iterator[int]:
    yield from db.session.scalars(statement.execution_options(yield_per=1000))


def _findings_below(path: str) -> Select[int]:
    under = select(LessonPerspective.id).where(LessonPerspective.lesson_id.in_(_lessons_below(path)))
    return select(PerspectiveFinding.id).where(PerspectiveFinding.perspective_id.in_(under))


def _conclusions() -> Select[int]:
    return select(LessonText.id).where(LessonText.key == TextKey.CONCLUSION)


def _clip_sets() -> Select[int]:
    return select(ClipSet.id).where(ClipSet.removed_at.is_(None))


PRINCIPALS: tuple[PrincipalSource, ...] = ()
SOURCES: tuple[IndexSource, ...] = (
    IndexSource("lesson", "课例", load_lessons, lambda: _ids(Lesson), visible_lesson_ids, _lessons_below),
    IndexSource(
        "comment", "时间点点评", load_comments, lambda: _ids(TimedComment), visible_comment_ids, _comments_below
    ),
    IndexSource(
        "finding",
        "观察结果",
        load_findings,
        lambda: _written_ids(select(PerspectiveFinding.id).order_by(PerspectiveFinding.id)),
        visible_finding_ids,
        _findings_below,
    ),
    IndexSource(
        "conclusion",
        "观察结论",
        load_conclusions,
        lambda: _written_ids(_conclusions().order_by(LessonText.id)),
        visible_conclusion_ids,
        lambda path: _conclusions().where(LessonText.lesson_id.in_(_lessons_below(path))),
    ),
    IndexSource(
        "clip_set",
        "微格片段集",
        load_clip_sets,
        lambda: _written_ids(_clip_sets().order_by(ClipSet.id)),
        visible_clip_set_ids,
        lambda path: _clip_sets().where(ClipSet.workshop_id.in_(workshop_ids_below(path))),
        in_parts=True,
    ),
)
