"""The records of activities."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.lessonplans.models import LessonPlan, PlanContributor


def find_record(activity_id: int) -> LessonPlan | None:
    """Return the document that is the record of an activity; None before somebody began it."""
    return db.session.scalar(select(LessonPlan).where(LessonPlan.activity_id == activity_id))


def writers_of(plan_id: int) -> Sequence[int]:
    """Return the ids of everybody whose edits were stored."""
    return db.session.scalars(select(PlanContributor.user_id).where(PlanContributor.plan_id == plan_id)).all()
