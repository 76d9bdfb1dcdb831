"""Lessons as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.observations.models import (
    Evaluation,
    EvaluationState,
    Lesson,
    LessonMember,
    LessonPhase,
    LessonVisibility,
    Recording,
    RecordingVersion,
    VersionState,
)
from yanxiu.observations.permissions import Access, can_view_lesson
from yanxiu.workshops.queries import has_ended, is_member, workshop_ids_of, workshop_options

LIST_VIEWS = ("watch", "mine", "workshops")


@dataclass(frozen=True)
class LessonView:
    """A lesson together with what connects the viewer to it."""

    lesson: Lesson
    access: Access


@dataclass(frozen=True)
class LessonFilter:
    """What a list of lessons is narrowed to."""

    words: str = ""
    subject: str = ""
    stage: str = ""

    @property
    def narrows(self) -> bool:
        return any((self.words, self.subject, self.stage))

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what a lesson must be like; every word stands in the title, the class or the teacher's name."""
        for word in self.words.split():
            named = Lesson.teacher.has(User.name.icontains(word, autoescape=True))
            texts = (Lesson.title, Lesson.class_name)
            yield or_(named, *(text.icontains(word, autoescape=True) for text in texts))
        if self.subject:
            yield Lesson.subject == self.subject
        if self.stage:
            yield Lesson.stage == self.stage


def visible_lessons(viewer: Viewer) -> Select[Lesson]:
    """Return the statement of every lesson that exists for the viewer."""
    return select(Lesson).where(_visible(viewer))


def visible_lesson_ids(viewer: Viewer, lesson_ids: Iterable[int]) -> set[int]:
    """Return those of the ids that the viewer may see, in one query."""
    return set(db.session.scalars(select(Lesson.id).where(Lesson.id.in_(list(lesson_ids)), _visible(viewer))))


def lesson_titles(lesson_ids: Iterable[int]) -> dict[int, str]:
    """Return the titles of lessons that the viewer was found to see."""
    rows = db.session.execute(select(Lesson.id, Lesson.title).where(Lesson.id.in_(list(lesson_ids))))
    return {row[0]: row[1] for row in rows}


_LESSON = (
    select(Lesson)
    .where(Lesson.id == bindparam("lesson_id"))
    .options(
        joinedload(Lesson.teacher).joinedload(User.organization),
        joinedload(Lesson.organization),
        selectinload(Lesson.members).joinedload(LessonMember.user).joinedload(User.organization),
    )
)
"""Asked by every request about a lesson, so it is put together once."""


def find_lesson(viewer: Viewer, lesson_id: int, *, deleted: bool = False) -> LessonView | None:
    """Return a lesson the viewer may see. With `deleted`, also one the viewer owns and has removed."""
    lesson = db.session.scalars(_LESSON, {"lesson_id": lesson_id}).first()
    return None if lesson is None else _seen_by(viewer, lesson, deleted=deleted)


def find_lesson_for(viewers: Sequence[Viewer], lesson_id: int) -> list[LessonView | None]:
    """The same for several viewers, who are asked each for themselves; the lesson is read once."""
    lesson = db.session.scalars(_LESSON, {"lesson_id": lesson_id}).first()
    return [None if lesson is None else _seen_by(viewer, lesson) for viewer in viewers]


def _seen_by(viewer: Viewer, lesson: Lesson, *, deleted: bool = False) -> LessonView | None:
    access = access_of(viewer, lesson)
    if can_view_lesson(viewer, lesson, access, clock.today()):
        return LessonView(lesson, access)
    owned = viewer.user_id in (lesson.teacher_id, lesson.creator_id) and viewer.is_authenticated
    return LessonView(lesson, access) if deleted and owned else None


def lesson_at_hand(lesson_id: int) -> Lesson | None:
    """Return a lesson that is not taken down, without a question where this transaction has it already; for the program
    itself, which serves no viewer."""
    lesson = db.session.get(Lesson, lesson_id)
    return lesson if lesson is not None and lesson.deleted_at is None else None


def teacher_of(lesson_id: int) -> User | None:
    """Return who teaches a lesson that is not taken down; for the program itself, which serves no viewer."""
    return db.session.scalar(
        select(User)
        .join(Lesson, Lesson.teacher_id == User.id)
        .where(Lesson.id == lesson_id, Lesson.deleted_at.is_(None))
    )


def access_of(viewer: Viewer, lesson: Lesson) -> Access:
    """Return what connects the viewer with a lesson."""
    if not viewer.is_authenticated:
        return Access()
    role = next((member.role for member in lesson.members if member.user_id == viewer.user_id), None)
    in_workshop = lesson.workshop_id is not None and is_member(lesson.workshop_id, viewer.user_id)
    ended = has_ended(lesson.workshop_id)
    return Access(role, in_workshop, ended or lesson.phase == LessonPhase.ARCHIVED, ended)


def may_watch(viewer: Viewer, lesson_id: int) -> bool:
    """Tell whether the viewer may follow the lesson live."""
    return db.session.scalar(select(exists().where(Lesson.id == lesson_id, _visible(viewer)))) or False


def lessons_page(
    viewer: Viewer, view: str, wanted: LessonFilter | None = None, cursor: str | None = None
) -> Page[Lesson]:
    """Return a page of one of the lists of 观课, newest first: to watch, mine, of my workshops."""
    narrowed = (wanted or LessonFilter()).conditions()
    statement = visible_lessons(viewer).where(_in_list(viewer, view), *narrowed).options(*for_lists())
    return paginate(statement, Lesson.created_at.desc(), Lesson.id.desc(), cursor=cursor)


def workshop_lessons_page(viewer: Viewer, workshop_id: int, cursor: str | None = None) -> Page[Lesson]:
    """Return a page of the lessons of a workshop that the viewer may see, newest first."""
    statement = visible_lessons(viewer).where(Lesson.workshop_id == workshop_id).options(*for_lists())
    return paginate(statement, Lesson.created_at.desc(), Lesson.id.desc(), cursor=cursor)


def lessons_waiting_for(viewer: Viewer, limit: int = 5) -> Sequence[Lesson]:
    """Return lessons somebody invited the viewer to and that the viewer has not evaluated yet."""
    invited = exists().where(LessonMember.lesson_id == Lesson.id, LessonMember.user_id == viewer.user_id)
    statement = visible_lessons(viewer).where(invited, _to_watch(viewer)).options(*for_lists())
    return db.session.scalars(statement.order_by(Lesson.created_at.desc(), Lesson.id.desc()).limit(limit)).all()


def my_newest_lessons(viewer: Viewer, limit: int = 3) -> Sequence[Lesson]:
    """Return the newest lessons the viewer teaches or has entered."""
    statement = visible_lessons(viewer).where(_in_list(viewer, "mine")).options(*for_lists())
    return db.session.scalars(statement.order_by(Lesson.created_at.desc(), Lesson.id.desc()).limit(limit)).all()


def newest_lessons_of_workshop(viewer: Viewer, workshop_id: int, limit: int = 4) -> Sequence[Lesson]:
    """Return the newest lessons of a workshop that the viewer may see."""
    statement = visible_lessons(viewer).where(Lesson.workshop_id == workshop_id).options(*for_lists())
    return db.session.scalars(statement.order_by(Lesson.created_at.desc(), Lesson.id.desc()).limit(limit)).all()


def workshop_choices(viewer: Viewer) -> list[tuple[int, str]]:
    """Return the workshops a lesson of the viewer may belong to."""
    return [(workshop_id, name) for workshop_id, name in workshop_options(viewer)]


def for_lists() -> tuple[ExecutableOption, ...]:
    """Return what a row of a list of lessons shows of other tables."""
    return (joinedload(Lesson.teacher).joinedload(User.organization), joinedload(Lesson.organization))


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    if not viewer.is_authenticated:
        return false()
    owned = or_(Lesson.teacher_id == viewer.user_id, Lesson.creator_id == viewer.user_id)
    invited = exists().where(LessonMember.lesson_id == Lesson.id, LessonMember.user_id == viewer.user_id)
    in_workshop = and_(
        Lesson.visibility == LessonVisibility.WORKSHOP, Lesson.workshop_id.in_(workshop_ids_of(viewer.user_id))
    )
    in_school = and_(
        Lesson.visibility == LessonVisibility.SCHOOL,
        Lesson.organization_id == viewer.school_id,
        Lesson.organization_id.is_not(None),
    )
    current = or_(Lesson.consent_until.is_(None), Lesson.consent_until >= clock.today())
    return and_(Lesson.deleted_at.is_(None), or_(owned, and_(current, or_(invited, in_workshop, in_school))))


def _in_list(viewer: Viewer, view: str) -> ColumnElement[bool]:
    if view == "mine":
        return or_(Lesson.teacher_id == viewer.user_id, Lesson.creator_id == viewer.user_id)
    if view == "workshops":
        return Lesson.workshop_id.in_(workshop_ids_of(viewer.user_id))
    return _to_watch(viewer)


def _to_watch(viewer: Viewer) -> ColumnElement[bool]:
    """What has not been evaluated yet and still can be: an archived lesson waits for nobody."""
    done = exists().where(
        Evaluation.lesson_id == Lesson.id,
        Evaluation.observer_id == viewer.user_id,
        Evaluation.state == EvaluationState.SUBMITTED,
    )
    ready = exists().where(
        Recording.lesson_id == Lesson.id,
        RecordingVersion.recording_id == Recording.id,
        RecordingVersion.state == VersionState.READY,
    )
    return and_(Lesson.teacher_id != viewer.user_id, Lesson.phase != LessonPhase.ARCHIVED, ready, ~done)
