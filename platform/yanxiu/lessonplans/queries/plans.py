"""One plan, and which plans a viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from yanxiu.accounts.catalog import ADMIN_ROLES, RESEARCH_ROLES
from yanxiu.accounts.models import Organization
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.lessonplans.models import (
    COUNTY,
    PRIVATE,
    SCHOOL,
    LessonPlan,
    PlanMember,
)
from yanxiu.lessonplans.permissions import NO_SEAT, SCHOOL_ROLES, Seat, can_view_plan
from yanxiu.workshops.models import Activity, Workshop, WorkshopMember
from yanxiu.workshops.queries import memberships_in, workshop_ids_of

OVERSEERS = RESEARCH_ROLES | ADMIN_ROLES | SCHOOL_ROLES


LEADING = frozenset({"leader", "facilitator"})
IS_PLAN = LessonPlan.activity_id.is_(None)
"""Not the record of an activity."""


def find_plan(plan_id: int) -> LessonPlan | None:
    """Return a plan, also a deleted one, with owner, workshop and organization."""
    return find_plans([plan_id]).get(plan_id)


def find_plans(plan_ids: Collection[int]) -> dict[int, LessonPlan]:
    """Return these plans by id, also deleted ones, with owner, workshop and organization; one query."""
    statement = (
        select(LessonPlan)
        .where(LessonPlan.id.in_(plan_ids))
        .options(
            joinedload(LessonPlan.owner),
            joinedload(LessonPlan.workshop),
            joinedload(LessonPlan.activity),
            joinedload(LessonPlan.organization),
            joinedload(LessonPlan.edited_by),
        )
    )
    return {plan.id: plan for plan in db.session.scalars(statement)}


_FOR_RIGHTS = (
    select(LessonPlan)
    .where(LessonPlan.id.in_(bindparam("ids", expanding=True)))
    .options(
        load_only(
            LessonPlan.owner_id,
            LessonPlan.visibility,
            LessonPlan.workshop_writes,
            LessonPlan.readers_propose,
            LessonPlan.school_id,
            LessonPlan.county_id,
            LessonPlan.workshop_id,
            LessonPlan.activity_id,
            LessonPlan.phase,
            LessonPlan.deleted_at,
        ),
        joinedload(LessonPlan.organization, innerjoin=True).load_only(Organization.path),
        joinedload(LessonPlan.workshop).options(load_only(Workshop.archived_at), lazyload(Workshop.organization)),
        selectinload(LessonPlan.activity).joinedload(Activity.workshop),
    )
)
"""Asked whenever somebody opens a text, so it is put together once and reads no more than rights need; records are few."""


_INVITED = select(PlanMember.plan_id, PlanMember.user_id, PlanMember.role).where(
    PlanMember.plan_id.in_(bindparam("plans", expanding=True)),
    PlanMember.user_id.in_(bindparam("users", expanding=True)),
)


def find_plans_for_rights(plan_ids: Collection[int]) -> dict[int, LessonPlan]:
    """Return these plans by id, also deleted ones, with what `role_in` asks of them and little more; one query, two with records."""
    return {plan.id: plan for plan in db.session.scalars(_FOR_RIGHTS, {"ids": list(plan_ids)})}


def seat_of(viewer: Viewer, plan: LessonPlan) -> Seat:
    """Return what binds the viewer to the plan."""
    return seats_of([(viewer, plan)])[0]


def seats_of(asked: Sequence[tuple[Viewer, LessonPlan]]) -> list[Seat]:
    """Return what binds each viewer to the plan beside him, in the order asked; two queries at most."""
    known = [(viewer.user_id, plan) for viewer, plan in asked if viewer.user_id is not None]
    invited = _invitations({plan.id for _id, plan in known if plan.activity is None}, {each for each, _plan in known})
    homes = {home for _id, plan in known if (home := _home_of(plan)) is not None}
    places = memberships_in(homes, {each for each, _plan in known})
    return [_seat(viewer.user_id, plan, invited, places) for viewer, plan in asked]


def _home_of(plan: LessonPlan) -> int | None:
    """The workshop whose members a plan or record concerns, by id."""
    if plan.activity is not None:
        return plan.activity.workshop_id
    return None if plan.visibility == PRIVATE else plan.workshop_id


def _invitations(plan_ids: Collection[int], user_ids: Collection[int]) -> dict[tuple[int, int], str]:
    if not plan_ids:
        return {}
    found = db.session.execute(_INVITED, {"plans": list(plan_ids), "users": list(user_ids)})
    return {(plan_id, user_id): role for plan_id, user_id, role in found}


def _seat(
    user_id: int | None,
    plan: LessonPlan,
    invited: Mapping[tuple[int, int], str],
    places: Mapping[tuple[int, int], WorkshopMember],
) -> Seat:
    if user_id is None:
        return NO_SEAT
    home = _home_of(plan)
    place = None if home is None else places.get((home, user_id))
    if plan.activity is not None:
        return Seat(place=place)
    return Seat(
        invited.get((plan.id, user_id)),
        in_workshop=place is not None,
        leads_workshop=place is not None and place.role in LEADING,
    )


def visible_plan(viewer: Viewer, plan_id: int) -> LessonPlan | None:
    """Return the plan if the viewer may see it."""
    plan = find_plan(plan_id)
    if plan is None or plan.is_record or not can_view_plan(viewer, plan, seat_of(viewer, plan)):
        return None
    return plan


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition "this viewer may see the plan", the same rule as `can_view_plan`, in SQL; for plans only."""
    if viewer.user_id is None:
        return false()
    invited = select(PlanMember.plan_id).where(PlanMember.user_id == viewer.user_id)
    shared: list[ColumnElement[bool]] = [LessonPlan.workshop_id.in_(workshop_ids_of(viewer.user_id))]
    if viewer.school_id is not None:
        shared.append(and_(LessonPlan.visibility == SCHOOL, LessonPlan.school_id == viewer.school_id))
    if viewer.county_id is not None:
        shared.append(and_(LessonPlan.visibility == COUNTY, LessonPlan.county_id == viewer.county_id))
    paths = [held.org_path for held in viewer.held if held.role in OVERSEERS]
    if paths:
        below = select(Organization.id).where(
            or_(*(Organization.path.startswith(path, autoescape=True) for path in paths))
        )
        shared.append(LessonPlan.organization_id.in_(below))
    return and_(
        LessonPlan.deleted_at.is_(None),
        IS_PLAN,
        or_(
            LessonPlan.owner_id == viewer.user_id,
            LessonPlan.id.in_(invited),
            and_(LessonPlan.visibility != PRIVATE, or_(*shared)),
        ),
    )


def plan_ids_in(workshop_id: int) -> Sequence[int]:
    """Return the plans of a workshop whoever may see them, for search."""
    mine = (LessonPlan.workshop_id == workshop_id, LessonPlan.deleted_at.is_(None), IS_PLAN)
    statement = select(LessonPlan.id).where(*mine)
    return db.session.scalars(statement).all()


def plans_to_link(viewer: Viewer, limit: int = 100) -> list[tuple[int, str]]:
    """Return id and title of the plans the viewer may tie to a lesson: the own ones, latest edited first."""
    joined = select(PlanMember.plan_id).where(PlanMember.user_id == viewer.user_id)
    statement = (
        select(LessonPlan.id, LessonPlan.title)
        .where(visible_to(viewer), or_(LessonPlan.owner_id == viewer.user_id, LessonPlan.id.in_(joined)))
        .order_by(LessonPlan.edited_at.desc(), LessonPlan.id.desc())
        .limit(limit)
    )
    return [(plan_id, title) for plan_id, title in db.session.execute(statement)]


def visible_ids(viewer: Viewer, plan_ids: Iterable[int]) -> set[int]:
    """Return those of the ids that the viewer may see, in one query."""
    statement = select(LessonPlan.id).where(LessonPlan.id.in_(list(plan_ids)), visible_to(viewer))
    return set(db.session.scalars(statement))


def titles_of(plan_ids: Iterable[int]) -> dict[int, str]:
    """Return the titles of plans that the viewer was found to see."""
    rows = db.session.execute(select(LessonPlan.id, LessonPlan.title).where(LessonPlan.id.in_(list(plan_ids))))
    return {row[0]: row[1] for row in rows}
