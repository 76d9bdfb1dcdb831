"""Who takes part in a plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import Appointment, User, UserSession
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.lessonplans.models import (
    LessonPlan,
    PlanContributor,
    PlanMember,
)


def members_of(plan_id: int) -> Sequence[PlanMember]:
    """Return the invited people with their schools, in the order of invitation."""
    statement = (
        select(PlanMember)
        .where(PlanMember.plan_id == plan_id)
        .options(joinedload(PlanMember.user).joinedload(User.organization))
        .order_by(PlanMember.id)
    )
    return db.session.scalars(statement).all()


def find_member(plan_id: int, user_id: int) -> PlanMember | None:
    """Return somebody's invitation to a plan."""
    statement = select(PlanMember).where(PlanMember.plan_id == plan_id, PlanMember.user_id == user_id)
    return db.session.scalars(statement).first()


def contributors_of(plan_id: int) -> Sequence[PlanContributor]:
    """Return who wrote, the first one first."""
    statement = (
        select(PlanContributor)
        .where(PlanContributor.plan_id == plan_id)
        .options(joinedload(PlanContributor.user))
        .order_by(PlanContributor.first_at, PlanContributor.user_id)
    )
    return db.session.scalars(statement).all()


def somebody_at_their_plan() -> tuple[int, int] | None:
    """Return a plan and a living sign-in of its owner, of those who were seen last; None while nobody is signed in."""
    statement = (
        select(LessonPlan.id, UserSession.id)
        .join(UserSession, UserSession.user_id == LessonPlan.owner_id)
        .where(LessonPlan.deleted_at.is_(None), LessonPlan.activity_id.is_(None))
        .where(UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now())
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc(), LessonPlan.id.desc())
        .limit(1)
    )
    row = db.session.execute(statement).first()
    return None if row is None else (row[0], row[1])


def possible_owners(plan: LessonPlan) -> Sequence[User]:
    """Return who could take the plan over: the invited and those who wrote in it, with an open account."""
    known = union(
        select(PlanMember.user_id).where(PlanMember.plan_id == plan.id),
        select(PlanContributor.user_id).where(PlanContributor.plan_id == plan.id),
    ).subquery()
    statement = (
        select(User)
        .where(User.id.in_(select(known.c.user_id)), User.id != plan.owner_id, User.is_active)
        .options(joinedload(User.organization))
        .order_by(User.name_key, User.id)
    )
    return db.session.scalars(statement).all()


def find_live_session(session_id: int | None) -> UserSession | None:
    """Return a sign-in that still works, with user, organization and appointments."""
    return None if session_id is None else find_live_sessions([session_id]).get(session_id)


def find_live_sessions(session_ids: Collection[int]) -> dict[int, UserSession]:
    """Return those of these sign-ins that still work, by id, with user, organization and appointments; one query."""
    statement = (
        select(UserSession)
        .join(UserSession.user)
        .where(UserSession.id.in_(session_ids), UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now())
        .where(User.is_active)
        .options(
            contains_eager(UserSession.user).joinedload(User.organization),
            contains_eager(UserSession.user).joinedload(User.appointments).joinedload(Appointment.organization),
        )
    )
    return {session.id: session for session in db.session.scalars(statement).unique()}


def written_by(plan_ids: Collection[int], user_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return (plan, person) of who has written in which of these plans."""
    found = select(PlanContributor.plan_id, PlanContributor.user_id).where(PlanContributor.plan_id.in_(plan_ids))
    return {(row[0], row[1]) for row in db.session.execute(found.where(PlanContributor.user_id.in_(user_ids)))}
