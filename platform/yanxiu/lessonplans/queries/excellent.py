"""What a bulletin of a workshop takes from its documents: excellent plans, and the pictures of activity records."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.lessonplans.models import PRIVATE, LessonPlan, PlanImage, Preparation, Revision
from yanxiu.lessonplans.models.preparations import FINAL as DECIDED
from yanxiu.lessonplans.models.revisions import NAMED
from yanxiu.lessonplans.queries.plans import IS_PLAN
from yanxiu.workshops.queries.bulletin_plans import PlanLine

FINAL = "定稿"
MOST = 10


def excellent_plans(workshop_id: int, starts: datetime, ends: datetime, named: Collection[int]) -> Sequence[PlanLine]:
    """Return the plans of a workshop that its members may open and that were named elsewhere, or that their group
    finished (定案), or of which a version called 定稿 was kept, in the period."""
    settled = (
        select(Preparation.final_id)
        .join(LessonPlan, LessonPlan.id == Preparation.plan_id)
        .where(LessonPlan.phase == DECIDED, Preparation.final_id.is_not(None))
    )
    finished = (
        select(Revision.plan_id, func.max(Revision.id))
        .where(
            Revision.kind == NAMED,
            or_(Revision.title.contains(FINAL), Revision.id.in_(settled)),
            Revision.created_at >= starts,
            Revision.created_at < ends,
        )
        .group_by(Revision.plan_id)
        .subquery()
    )
    found = (
        select(LessonPlan, finished.c.plan_id)
        .outerjoin(finished, finished.c.plan_id == LessonPlan.id)
        .options(joinedload(LessonPlan.owner).joinedload(User.organization))
        .where(
            LessonPlan.workshop_id == workshop_id,
            IS_PLAN,
            LessonPlan.deleted_at.is_(None),
            LessonPlan.visibility != PRIVATE,
            LessonPlan.activity_id.is_(None),
            or_(LessonPlan.id.in_(named), finished.c.plan_id.is_not(None)),
        )
        .order_by(LessonPlan.id)
        .limit(MOST)
    )
    return [_line(plan, named, is_final=done is not None) for plan, done in db.session.execute(found)]


def _line(plan: LessonPlan, named: Collection[int], *, is_final: bool) -> PlanLine:
    reasons = (("在精华帖或推优作业里被引用", plan.id in named), ("这段时间定稿", is_final))
    why = "，".join(words for words, holds in reasons if holds)
    author = f"{plan.owner.name}（{plan.owner.organization.label}）"
    return PlanLine(plan.title, f"/lesson-plans/{plan.id}", author, why)


def record_images(activity_ids: Collection[int]) -> Sequence[tuple[int, str, int]]:
    """Return the pictures of the documents in which the records of activities are written: activity, address, file."""
    found = (
        select(LessonPlan.activity_id, PlanImage.plan_id, PlanImage.id, PlanImage.file_id)
        .join(LessonPlan, LessonPlan.id == PlanImage.plan_id)
        .where(LessonPlan.activity_id.in_(activity_ids), LessonPlan.deleted_at.is_(None))
        .order_by(PlanImage.id)
    )
    rows = db.session.execute(found)
    return [(row[0], f"/lesson-plans/{row[1]}/images/{row[2]}", row[3]) for row in rows if row[0] is not None]
