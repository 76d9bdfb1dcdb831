"""A lesson as a library takes it over: its card (课例卡), for its teacher; and which lessons may be shown no longer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries import visible_plan
from yanxiu.observations.models import CommentKind, CommentVisibility, Lesson, TextKey, TimedComment
from yanxiu.observations.papers.card import MOST_REMARKS, CardText, card_word
from yanxiu.observations.queries.comments import open_threads
from yanxiu.observations.queries.cycle import texts_of
from yanxiu.observations.queries.lessons import find_lesson
from yanxiu.observations.queries.recordings import current_version, recording_of


@dataclass(frozen=True)
class LessonCard:
    """A lesson that the viewer may see, with the plan it was taught after if they may see that too."""

    viewer: Viewer
    lesson: Lesson
    plan: LessonPlan | None
    reflection: str

    @property
    def place(self) -> dict[str, str]:
        """Where the lesson stands in the books: the seven names of the plan, else what the lesson says itself."""
        if self.plan is None:
            return {name: str(getattr(self.lesson, name)) for name in ("stage", "grade", "subject")}
        names = ("stage", "grade", "subject", "edition", "volume", "unit", "lesson")
        return {name: str(getattr(self.plan, name)) for name in names}

    @property
    def year(self) -> int:
        return (self.lesson.taught_at or self.lesson.created_at).astimezone(clock.LOCAL_ZONE).year


def card_of(viewer: Viewer, lesson_id: int) -> LessonCard | None:
    """Return what is known of a lesson for its card; None where the viewer may not see the lesson."""
    found = find_lesson(viewer, lesson_id)
    if found is None:
        return None
    plan = visible_plan(viewer, found.lesson.lesson_plan_id) if found.lesson.lesson_plan_id else None
    written = texts_of(lesson_id).get(TextKey.REFLECTION)
    return LessonCard(viewer, found.lesson, plan, written.body if written is not None else "")


def word_of_card(card: LessonCard, links: Sequence[tuple[str, str]], *, with_reflection: bool) -> bytes:
    """Return the card as a Word file."""
    recording = recording_of(card.lesson.id)
    version = current_version(recording)
    place = card.place
    text = CardText(
        book=" ".join(place[name] for name in ("edition", "volume", "unit") if place.get(name)),
        duration_ms=(version.duration_ms if version is not None else None) or 0,
        segments=recording.segments if recording is not None else (),
        highlights=_said_to_all(card, CommentKind.HIGHLIGHT),
        advice=_said_to_all(card, CommentKind.SUGGESTION),
        reflection=card.reflection if with_reflection else "",
    )
    return card_word(card.lesson, text, links)


def _said_to_all(card: LessonCard, kind: CommentKind) -> Sequence[TimedComment]:
    """The first remarks of a kind that everybody who sees the lesson may read, in media time."""
    said = open_threads(card.viewer, card.lesson).where(
        TimedComment.visibility == CommentVisibility.EVERYBODY, TimedComment.kind == kind
    )
    in_order = (TimedComment.version_id.is_(None), TimedComment.start_ms, TimedComment.id)
    return db.session.scalars(said.order_by(*in_order).limit(MOST_REMARKS)).all()


def no_longer_shown(lesson_ids: Collection[int]) -> set[int]:
    """Return which of these lessons were taken down, or may not be shown any more because the consent has run out."""
    over = or_(Lesson.deleted_at.is_not(None), Lesson.consent_until < clock.today())
    return set(db.session.scalars(select(Lesson.id).where(Lesson.id.in_(lesson_ids), over)))
