"""Resources as lesson plans take them over, and what came of it (复制到我的备课, 用在哪里)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import ForbiddenError
from yanxiu.lessonplans.queries import find_plan, find_revision
from yanxiu.lessonplans.queries.originals import Original
from yanxiu.lessonplans.queries.plans import titles_of, visible_ids
from yanxiu.resources.models import Resource
from yanxiu.resources.permissions import can_view_resource, copy_refusal, is_copyable
from yanxiu.resources.queries import find_resource
from yanxiu.resources.queries.copies import copied_from, copiers_of, copies_by, copies_of
from yanxiu.workshops.queries import visible_workshop_ids

SHOWN = 10
NOT_COPYABLE = "能复制成教案的是 Word 格式（.docx）的教学设计"
CARD = ("subject", "stage", "grade", "edition", "volume", "unit", "lesson")


def find_original(viewer: Viewer, resource_id: int) -> Original | None:
    """Return what the viewer may make a plan of; ForbiddenError where kind or license does not allow it."""
    resource = find_resource(resource_id)
    if resource is None or resource.removed_at is not None or resource.current_file is None:
        return None
    if not can_view_resource(viewer, resource, visible_workshop_ids(viewer)):
        return None
    why = copy_refusal(viewer, resource) if is_copyable(resource) else NOT_COPYABLE
    if why:
        raise ForbiddenError(why)
    file = resource.current_file
    made = copies_by(viewer.user_id, file.id)
    standing = visible_ids(viewer, made) if made else set()
    return Original(
        id=resource.id,
        stamp=file.id,
        title=resource.title,
        card={name: str(getattr(resource, name)) for name in CARD},
        plan=_version_of(resource),
        file_key=file.stored_file.key,
        made=next((plan_id for plan_id in made if plan_id in standing), None),
    )


def _version_of(resource: Resource) -> tuple[int, int] | None:
    """The version of a plan here that the current file was drawn from, while both are there."""
    number = resource.current_file.plan_revision if resource.current_file is not None else None
    if resource.plan_id is None or number is None:
        return None
    plan = find_plan(resource.plan_id)
    if plan is None or plan.deleted_at is not None or find_revision(plan.id, number) is None:
        return None
    return plan.id, number


@dataclass(frozen=True)
class Use:
    """A plan that was made of a resource, for those who may see the plan."""

    plan_id: int
    title: str
    teacher: str
    school: str
    made_at: datetime
    base: int


@dataclass(frozen=True)
class Uses:
    """What was made of a resource: the latest that the viewer may see, how many others there are, the viewer's own."""

    shown: Sequence[Use]
    others: int
    mine: int | None


def uses_in_plans(viewer: Viewer, resource: Resource) -> Uses:
    """Tell where a resource was used. `others` counts other people of whose plans the viewer sees none."""
    rows = copies_of(resource.id)
    if not rows:
        return Uses((), 0, None)
    seen = visible_ids(viewer, [row.plan_id for row in rows]) if viewer.is_authenticated else set()
    told = [row for row in rows if row.plan_id in seen][:SHOWN]
    titles = titles_of([row.plan_id for row in told]) if told else {}
    shown = [
        Use(row.plan_id, titles[row.plan_id], row.user.name, row.user.organization.label, row.created_at, row.base)
        for row in told
    ]
    mine = (row.plan_id for row in rows if _is_mine(viewer, resource, row.user_id, row.file_id) and row.plan_id in seen)
    known = {row.user_id for row in rows if row.plan_id in seen or row.user_id == viewer.user_id}
    return Uses(shown, copiers_of(resource.id) - len(known), next(mine, None))


def _is_mine(viewer: Viewer, resource: Resource, user_id: int, file_id: int) -> bool:
    return user_id == viewer.user_id and file_id == resource.current_file_id


@dataclass(frozen=True)
class Credit:
    """Out of what a plan was made; the number of the resource only for who may open it."""

    title: str
    by: str
    school: str
    base: int
    resource_id: int | None


def credit_of(viewer: Viewer, workshop_ids: Collection[int], plan_id: int) -> Credit | None:
    """Say whose work a plan goes back to. That is owed to its author also where the resource is gone or closed."""
    found = copied_from(plan_id)
    if found is None:
        return None
    copy, resource = found
    opens = resource.removed_at is None and can_view_resource(viewer, resource, workshop_ids)
    school = resource.school.label if resource.school is not None else ""
    return Credit(
        resource.title, resource.author or resource.owner.name, school, copy.base, resource.id if opens else None
    )
