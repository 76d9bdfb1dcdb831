"""What a workshop itself has for the plan of its term: topics, activities and tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.workshops.models import Activity, Task, Topic
from yanxiu.workshops.queries.plan_targets import PlanTarget
from yanxiu.workshops.queries.teams import visible_workshops

CHOICES = 100
Own = type[Topic] | type[Activity] | type[Task]


def _target(kind: str, name: str, model: Own, path: str, standing: ColumnElement[bool]) -> PlanTarget:
    """Things of a workshop that whoever sees its inside may open, unless they were taken back."""

    def visible(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
        found = select(model.id, model.workshop_id).where(model.id.in_(ids), standing)
        rows = db.session.execute(found.where(model.workshop_id.in_(visible_workshops(viewer))))
        return {row[0]: f"/workshops/{row[1]}/{path}/{row[0]}" for row in rows}

    def choices(_viewer: Viewer, workshop_id: int) -> Sequence[tuple[int, str]]:
        found = select(model.id, model.title).where(model.workshop_id == workshop_id, standing)
        return [(row[0], row[1]) for row in db.session.execute(found.order_by(model.id.desc()).limit(CHOICES))]

    return PlanTarget(kind, name, visible, choices)


PLAN_TARGETS: tuple[PlanTarget, ...] = (
    _target("topic", "话题", Topic, "topics", Topic.deleted_at.is_(None)),
    _target("activity", "活动", Activity, "activities", Activity.cancelled_at.is_(None)),
    _target("task", "任务", Task, "tasks", Task.deleted_at.is_(None)),
)
