"""What was made of resources: by whom, and out of what a plan was made."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.resources.models import Resource, ResourceCopy

MOST = 200


def copies_of(resource_id: int) -> Sequence[ResourceCopy]:
    """Return what was made of a resource, the latest first, with who made it; whoever may see the plan."""
    rows = select(ResourceCopy).where(ResourceCopy.resource_id == resource_id)
    people = joinedload(ResourceCopy.user).joinedload(User.organization)
    return db.session.scalars(rows.options(people).order_by(ResourceCopy.id.desc()).limit(MOST)).all()


def copiers_of(resource_id: int) -> int:
    """Count the people who made a plan of it."""
    people = select(func.count(ResourceCopy.user_id.distinct())).where(ResourceCopy.resource_id == resource_id)
    return db.session.scalar(people) or 0


def copies_by(user_id: int | None, file_id: int) -> Sequence[int]:
    """Return the plans that somebody made of a version, the latest first, also such as were deleted since."""
    mine = select(ResourceCopy.plan_id).where(ResourceCopy.user_id == user_id, ResourceCopy.file_id == file_id)
    return db.session.scalars(mine.order_by(ResourceCopy.id.desc())).all()


def copied_from(plan_id: int) -> tuple[ResourceCopy, Resource] | None:
    """Return out of which resource a plan was made, whoever may see it."""
    rows = select(ResourceCopy, Resource).join(Resource, Resource.id == ResourceCopy.resource_id)
    both = joinedload(Resource.owner), joinedload(Resource.school)
    found = db.session.execute(rows.where(ResourceCopy.plan_id == plan_id).options(*both)).first()
    return (found[0], found[1]) if found is not None else None
