"""The record of an activity (活动记录) comes into the library as the Word file that a school would file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.resources.extraction.intake import CheckedFile, take_in
from yanxiu.resources.models import Resource
from yanxiu.resources.services import ResourceDetails
from yanxiu.resources.services.generated import is_taken_down as thing_is_taken_down
from yanxiu.resources.services.generated import publish_or_renew
from yanxiu.workshops.queries.record_papers import RecordPaper, word_of_record

KINDS = ("observation", "paper", "other")
"""What a record may be in the library: 观课报告, 论文/案例 or 其他."""
OF_LESSONS = frozenset({"observation", "same_lesson"})
"""Activities at which lessons are watched: their records are 观课报告."""


def records_in_library(activity_id: int) -> Sequence[Resource]:
    """Return what the record of an activity became in the library and is not in the bin, the newest first: each of those
    who lead it may have put it there.
    """
    found = select(Resource).where(Resource.activity_id == activity_id, Resource.removed_at.is_(None))
    return db.session.scalars(found.order_by(Resource.id.desc())).all()


def own_record(activity_id: int, owner_id: int | None) -> Resource | None:
    """Return the one that somebody put there: what others say of theirs may be private."""
    return next((each for each in records_in_library(activity_id) if each.owner_id == owner_id), None)


def is_taken_down(activity_id: int) -> bool:
    """Whether the record was taken down from the library."""
    return thing_is_taken_down(Resource.activity_id == activity_id)


def proposed(paper: RecordPaper) -> dict[str, Any]:
    """Return what the form begins with: what the activity and its workshop say. Members may share it with the workshop."""
    activity, workshop = paper.activity, paper.activity.workshop
    return {
        "title": f"{activity.title} 活动记录"[:120],
        "kind": "observation" if activity.kind in OF_LESSONS else "other",
        "stage": workshop.stage,
        "subject": workshop.subject,
        "author": "、".join(person.name for person in paper.record.writers)[:60],
        "year": activity.starts_at.astimezone(LOCAL_ZONE).year,
        "visibility": "workshop" if paper.member is not None else "school",
        "workshop_id": str(workshop.id) if paper.member is not None else "",
        "summary": f"{workshop.name}的活动记录",
    }


def draw_record(viewer: Viewer, paper: RecordPaper) -> CheckedFile:
    """Write the record into a Word file and store it; takes a while, so outside a transaction."""
    return take_in(io.BytesIO(word_of_record(viewer, paper)), f"{paper.activity.title} 活动记录.docx")


def publish_record(actor: User, paper: RecordPaper, checked: CheckedFile, details: ResourceDetails) -> Resource:
    """Put a record into the library, or bring up to date what the actor made of it there before."""
    activity = paper.activity
    if not hold(activity):
        raise NotFoundError
    if activity.cancelled_at is not None:
        raise ForbiddenError
    of_it = Resource.activity_id == activity.id
    made = publish_or_renew(actor, own_record(activity.id, actor.id), checked, details, "从活动记录更新", of_it)
    made.activity_id = activity.id
    db.session.flush()
    return made
