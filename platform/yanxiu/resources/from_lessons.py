"""An observed lesson comes into the library as its card (课例卡), a Word file; the recording stays with the lesson."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.queries.cards import LessonCard, no_longer_shown, word_of_card
from yanxiu.resources.extraction.intake import CheckedFile, take_in
from yanxiu.resources.models import Resource
from yanxiu.resources.services import ResourceDetails
from yanxiu.resources.services.generated import leave_with, publish_or_renew

KINDS = ("recording", "observation")
"""What a card may be in the library: 课堂实录 or 观课报告."""
AT_ONCE = 200


@dataclass(frozen=True)
class Wishes:
    """What the teacher wishes of the card: the reflection on it; that it leaves the library together with the lesson."""

    tells_reflection: bool
    leaves_with_lesson: bool


def card_in_library(lesson_id: int, *, in_bin: bool = False) -> Resource | None:
    """Return what a lesson became in the library, the newest, also if it lies in the bin when that is asked for."""
    found = select(Resource).where(Resource.taught_lesson_id == lesson_id).order_by(Resource.id.desc())
    return db.session.scalars(found if in_bin else found.where(Resource.removed_at.is_(None))).first()


def proposed(card: LessonCard) -> dict[str, Any]:
    """Return what the form begins with: what the lesson and its plan say."""
    lesson = card.lesson
    place = {**card.place, "volume": card.place.get("volume", "")[:10]}
    return {
        **place,
        "title": lesson.title,
        "kind": KINDS[0],
        "author": lesson.teacher.name,
        "year": card.year,
        "visibility": "school",
        "summary": lesson.focus,
    }


def draw_card(card: LessonCard, links: Sequence[tuple[str, str]], wishes: Wishes) -> CheckedFile:
    """Write the card into a Word file and store it; takes a while, so outside a transaction."""
    body = word_of_card(card, links, with_reflection=wishes.tells_reflection)
    return take_in(io.BytesIO(body), f"{card.lesson.title} 课例卡.docx")


def publish_card(
    actor: User, card: LessonCard, checked: CheckedFile, details: ResourceDetails, wishes: Wishes
) -> Resource:
    """Put a lesson into the library, or bring up to date what it became there before."""
    lesson = card.lesson
    if not hold(lesson) or lesson.deleted_at is not None:
        raise NotFoundError
    if lesson.has_expired(clock.today()):
        raise ForbiddenError
    of_it = Resource.taught_lesson_id == lesson.id
    made = publish_or_renew(actor, card_in_library(lesson.id), checked, details, "从课例更新", of_it)
    made.taught_lesson_id = lesson.id
    made.tells_reflection, made.leaves_with_lesson = wishes.tells_reflection, wishes.leaves_with_lesson
    db.session.flush()
    return made


def leave_with_lessons() -> int:
    """Put the cards into the bin whose lessons may not be shown any more; the consent runs out without an event."""
    waiting = Resource.leaves_with_lesson.is_(True), Resource.removed_at.is_(None)
    known = set(db.session.scalars(select(Resource.taught_lesson_id).where(*waiting)))
    over = sorted(no_longer_shown({number for number in known if number is not None}))
    left = 0
    for start in range(0, len(over), AT_ONCE):
        with unit_of_work():
            left += leave_with(over[start : start + AT_ONCE])
    return left
