"""Who writes and reads a plan, and whose it is."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.lessonplans import events
from yanxiu.lessonplans.models import (
    MEMBER_ROLES,
    WRITER,
    LessonPlan,
    PlanMember,
)
from yanxiu.lessonplans.queries import find_member
from yanxiu.lessonplans.services.holding import hold_plan, tell_workshop

MAX_MEMBERS = 60


def invite_member(actor: User, plan: LessonPlan, user: User, role: str) -> PlanMember:
    """Invite somebody to write or to read; inviting again changes the role."""
    if role not in MEMBER_ROLES:
        raise InvalidError("请选择一起写，还是只看和批注", field="role")
    if user.id == plan.owner_id:
        raise InvalidError("这是主备人，不用邀请", field="user_id")
    hold_plan(plan)
    known = find_member(plan.id, user.id)
    if known is not None:
        change_member(actor, plan, known, role)
        return known
    count = len(db.session.scalars(select(PlanMember.id).where(PlanMember.plan_id == plan.id)).all())
    if count >= MAX_MEMBERS:
        raise ConflictError(f"一份教案最多邀请 {MAX_MEMBERS} 人，请先移出不再参加的人")
    member = PlanMember(plan_id=plan.id, user_id=user.id, role=role, invited_by_id=actor.id)
    db.session.add(member)
    db.session.flush()
    record(events.PlanMemberInvited(plan.id, user.id, actor.id, role))
    return member


def change_member(actor: User, plan: LessonPlan, member: PlanMember, role: str) -> None:
    """Let a member write, or read only."""
    if role not in MEMBER_ROLES:
        raise InvalidError("请选择一起写，还是只看和批注", field="role")
    hold_plan(plan)
    if not hold(member):
        raise ConflictError("这位老师刚刚退出了这份教案，请刷新名单")
    if member.role == role:
        return
    member.role = role
    db.session.flush()
    record(events.PlanMemberChanged(plan.id, member.user_id, actor.id, role))


def remove_member(actor: User, plan: LessonPlan, member: PlanMember) -> None:
    """Take somebody out, or leave; what they wrote stays."""
    user_id = member.user_id
    hold_plan(plan)
    if not hold(member):
        return
    db.session.delete(member)
    db.session.flush()
    record(events.PlanMemberRemoved(plan.id, user_id, actor.id))


def hand_over_plan(actor: User, plan: LessonPlan, user: User) -> None:
    """Make somebody who takes part the owner; who was it goes on writing. School and county of the plan stay."""
    handed_by = plan.owner_id
    hold_plan(plan)
    if plan.owner_id != handed_by:
        raise ConflictError("这份教案刚刚已经换了主备人，请刷新后再看")
    before = plan.owner
    if user.id == before.id or not user.is_active:
        raise InvalidError("请从名单里选一位接手的老师", field="user_id")
    known = find_member(plan.id, user.id)
    if known is not None:
        db.session.delete(known)
    plan.owner = user
    if before.is_active:
        now = clock.now()
        db.session.add(
            PlanMember(
                plan_id=plan.id, user_id=before.id, role=WRITER, invited_by_id=actor.id, created_at=now, seen_at=now
            )
        )
    db.session.flush()
    record_audit(actor, "plan.hand_over", "lesson_plan", plan.id, title=plan.title, before=before.id, after=user.id)
    record(events.PlanHandedOver(plan.id, before.id, user.id, actor.id))
    tell_workshop(plan)


def mark_seen(member: PlanMember) -> None:
    """The invited person opened the plan: it waits no longer."""
    if member.seen_at is None:
        member.seen_at = clock.now()
