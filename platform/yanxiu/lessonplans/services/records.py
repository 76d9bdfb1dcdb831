"""The record of an activity: beginning it, and letting the workshop know how it reads."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core.db import db, hold
from yanxiu.core.errors import NotFoundError
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.records import new_record
from yanxiu.lessonplans.document.ydoc import state_from_json
from yanxiu.lessonplans.models import WORKSHOP, LessonPlan, PlanSnapshot
from yanxiu.lessonplans.queries.records import find_record
from yanxiu.lessonplans.services.texts import write_text
from yanxiu.workshops.models import Activity

TEMPLATE = "record"


def begin_record(actor: User, activity: Activity, document: Node | None = None) -> LessonPlan:
    """Return the record of the activity, made now if there is none: two who open it at once open the same."""
    if not hold(activity):
        raise NotFoundError
    known = find_record(activity.id)
    if known is not None:
        return known
    record = LessonPlan(
        title=title_of(activity),
        template=TEMPLATE,
        visibility=WORKSHOP,
        owner_id=actor.id,
        organization_id=activity.workshop.organization_id,
        workshop_id=activity.workshop_id,
        activity_id=activity.id,
    )
    db.session.add(record)
    db.session.flush()
    start = document or new_record(activity)
    db.session.add(PlanSnapshot(plan_id=record.id, state=state_from_json(start)))
    write_text(record.id, epoch=1, seq=0, document=start)
    return record


def title_of(activity: Activity) -> str:
    return f"{activity.title} 活动记录"


def rename_record(record: LessonPlan, activity: Activity) -> None:
    """The record is called like its activity."""
    record.title = title_of(activity)
    db.session.flush()
