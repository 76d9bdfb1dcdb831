"""Who stands at the door of a lesson, and the lesson as somebody sees it from there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.observations.models import AdmissionRequest, Lesson, LessonMember, LessonVisibility
from yanxiu.workshops.queries import member_ids


def people_at_door(lesson: Lesson) -> Sequence[User]:
    """Return who asked to be let in and was not, on whatever way, in the order in which they came."""
    asked = select(User).join(AdmissionRequest, AdmissionRequest.user_id == User.id)
    waiting = AdmissionRequest.lesson_id == lesson.id, AdmissionRequest.refused_at.is_(None)
    mine = asked.where(*waiting).options(joinedload(User.organization))
    if lesson.visibility == LessonVisibility.WORKSHOP and lesson.workshop_id is not None:
        mine = mine.where(User.id.not_in(member_ids(lesson.workshop_id)))
    return db.session.scalars(mine.order_by(AdmissionRequest.asked_at, AdmissionRequest.id)).all()


def stands_at_door(lesson_id: int, user_id: int | None) -> bool:
    """Tell whether this person has asked and waits."""
    mine = (AdmissionRequest.lesson_id == lesson_id) & (AdmissionRequest.user_id == user_id)
    waiting = select(AdmissionRequest.id).where(mine, AdmissionRequest.refused_at.is_(None))
    return db.session.scalar(waiting) is not None


def lesson_from_outside(lesson_id: int) -> Lesson | None:
    """Return a lesson for the page that says whom to ask; the caller has checked the address that the code carries."""
    statement = (
        select(Lesson)
        .where(Lesson.id == lesson_id, Lesson.deleted_at.is_(None))
        .options(
            joinedload(Lesson.teacher).joinedload(User.organization),
            selectinload(Lesson.members).joinedload(LessonMember.user).joinedload(User.organization),
        )
    )
    return db.session.scalars(statement).first()
