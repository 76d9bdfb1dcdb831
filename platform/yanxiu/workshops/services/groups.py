"""Groups inside a workshop."""

from __future__ import annotations

from sqlalchemy import func, select

from yanxiu.accounts.models import User
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.workshops.models import Workshop, WorkshopGroup, WorkshopMember

MAX_GROUPS = 30


def create_group(actor: User, workshop: Workshop, name: str) -> WorkshopGroup:
    """Add a group; names are unique in a workshop."""
    name = _checked_name(workshop, name)
    count = select(func.count()).where(WorkshopGroup.workshop_id == workshop.id)
    if (db.session.scalar(count) or 0) >= MAX_GROUPS:
        raise ConflictError(f"一个工作坊最多分 {MAX_GROUPS} 个组")
    group = WorkshopGroup(workshop_id=workshop.id, name=name)
    db.session.add(group)
    db.session.flush()
    return group


def rename_group(actor: User, workshop: Workshop, group: WorkshopGroup, name: str) -> None:
    """Give a group another name."""
    checked = _checked_name(workshop, name, besides=group)
    if not hold(group):
        raise ConflictError("这个小组刚刚被解散了，请刷新成员名单")
    group.name = checked
    db.session.flush()


def delete_group(actor: User, workshop: Workshop, group: WorkshopGroup) -> None:
    """Dissolve a group; its members stay in the workshop without one."""
    if hold(group):
        db.session.delete(group)
        db.session.flush()


def assign_group(actor: User, member: WorkshopMember, group: WorkshopGroup | None) -> None:
    """Put a member into a group of the same workshop, or into none."""
    if group is not None and (not hold(group) or group.workshop_id != member.workshop_id):
        raise InvalidError("没有这个小组", field="group_id")
    if not hold(member):
        raise ConflictError("这位老师刚刚离开了工作坊，请刷新成员名单")
    member.group_id = None if group is None else group.id
    db.session.flush()


def _checked_name(workshop: Workshop, name: str, besides: WorkshopGroup | None = None) -> str:
    # The workshop's row is locked so that two equal names cannot slip in side by side.
    hold(workshop)
    name = name.strip()
    if not name:
        raise InvalidError("请填写小组名称", field="name")
    same = db.session.scalar(
        select(WorkshopGroup.id).where(
            WorkshopGroup.workshop_id == workshop.id,
            WorkshopGroup.name == name,
            WorkshopGroup.id != (besides.id if besides else 0),
        )
    )
    if same is not None:
        raise ConflictError(f"已经有一个小组叫“{name}”")
    return name
