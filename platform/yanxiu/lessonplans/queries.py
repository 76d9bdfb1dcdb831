"""Reading lesson plans. A plan one may not see does not exist for one."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, union, union_all
from sqlalchemy.orm import contains_eager, joinedload, undefer

from yanxiu.accounts.catalog import ADMIN_ROLES, RESEARCH_ROLES
from yanxiu.accounts.models import Appointment, Organization, User, UserSession
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.lessonplans.collab.store import Stored
from yanxiu.lessonplans.models import (
    AUTOMATIC,
    COUNTY,
    PRIVATE,
    SCHOOL,
    VISIBILITIES,
    LessonPlan,
    PlanContributor,
    PlanDeparture,
    PlanImage,
    PlanMember,
    PlanSnapshot,
    PlanText,
    PlanUpdate,
    Revision,
)
from yanxiu.lessonplans.permissions import NO_SEAT, SCHOOL_ROLES, Seat, can_view_plan
from yanxiu.workshops.queries import membership_of, workshop_ids_of

OVERSEERS = RESEARCH_ROLES | ADMIN_ROLES | SCHOOL_ROLES
LEADING = frozenset({"leader", "facilitator"})
CATCH_UP_LIMIT = 100


def find_plan(plan_id: int) -> LessonPlan | None:
    """Return a plan that was not deleted, with owner, workshop and organization."""
    statement = (
        select(LessonPlan)
        .where(LessonPlan.id == plan_id)
        .options(
            joinedload(LessonPlan.owner),
            joinedload(LessonPlan.workshop),
            joinedload(LessonPlan.organization),
            joinedload(LessonPlan.edited_by),
        )
    )
    return db.session.scalars(statement).first()


def seat_of(viewer: Viewer, plan: LessonPlan) -> Seat:
    """Return what binds the viewer to the plan."""
    if viewer.user_id is None:
        return NO_SEAT
    role = db.session.scalar(
        select(PlanMember.role).where(PlanMember.plan_id == plan.id, PlanMember.user_id == viewer.user_id)
    )
    if plan.workshop_id is None or plan.visibility == PRIVATE:
        return Seat(role)
    place = membership_of(plan.workshop_id, viewer.user_id)
    return Seat(role, in_workshop=place is not None, leads_workshop=place is not None and place.role in LEADING)


def visible_plan(viewer: Viewer, plan_id: int) -> LessonPlan | None:
    """Return the plan if the viewer may see it."""
    plan = find_plan(plan_id)
    if plan is None or not can_view_plan(viewer, plan, seat_of(viewer, plan)):
        return None
    return plan


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition "this viewer may see the plan", the same rule as `can_view_plan`, in SQL."""
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
        or_(
            LessonPlan.owner_id == viewer.user_id,
            LessonPlan.id.in_(invited),
            and_(LessonPlan.visibility != PRIVATE, or_(*shared)),
        ),
    )


def _cards() -> Select[Any]:
    return select(LessonPlan).options(
        joinedload(LessonPlan.owner), joinedload(LessonPlan.workshop), joinedload(LessonPlan.edited_by)
    )


def _newest(statement: Select[Any], cursor: str | None, size: int) -> Page[LessonPlan]:
    return paginate(statement, LessonPlan.edited_at.desc(), LessonPlan.id.desc(), cursor=cursor, size=size)


@dataclass(frozen=True)
class PlanFilter:
    """What a list is narrowed to. `whose` is "own" or "joined" among mine, a visibility among those of others."""

    words: str = ""
    subject: str = ""
    stage: str = ""
    whose: str = ""

    @property
    def narrows(self) -> bool:
        return any((self.words, self.subject, self.stage, self.whose))

    def conditions(self, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
        """Yield what a plan must be like; every word stands in the title, the unit or the owner's name."""
        for word in self.words.split():
            texts = (LessonPlan.title, LessonPlan.unit, User.name)
            yield or_(*(text.icontains(word, autoescape=True) for text in texts))
        if self.subject:
            yield LessonPlan.subject == self.subject
        if self.stage:
            yield LessonPlan.stage == self.stage
        if self.whose in VISIBILITIES:
            yield LessonPlan.visibility == self.whose
        elif self.whose:
            own = LessonPlan.owner_id == viewer.user_id
            yield own if self.whose == "own" else ~own


EVERYTHING = PlanFilter()


def _narrowed(statement: Select[Any], viewer: Viewer, wanted: PlanFilter) -> Select[Any]:
    if wanted.words:
        statement = statement.join(User, User.id == LessonPlan.owner_id)
    return statement.where(*wanted.conditions(viewer))


def my_plans_page(
    viewer: Viewer, wanted: PlanFilter = EVERYTHING, *, cursor: str | None = None, size: int = 20
) -> Page[LessonPlan]:
    """Return the plans the viewer owns, or was invited to and has opened; latest edited first."""
    opened = select(PlanMember.plan_id).where(PlanMember.user_id == viewer.user_id, PlanMember.seen_at.is_not(None))
    statement = _cards().where(
        LessonPlan.deleted_at.is_(None), or_(LessonPlan.owner_id == viewer.user_id, LessonPlan.id.in_(opened))
    )
    return _newest(_narrowed(statement, viewer, wanted), cursor, size)


def waiting_plans(viewer: Viewer, limit: int = 20) -> Sequence[PlanMember]:
    """Return the invitations the viewer has not opened yet, newest first."""
    statement = (
        select(PlanMember)
        .join(PlanMember.plan)
        .where(PlanMember.user_id == viewer.user_id, PlanMember.seen_at.is_(None), LessonPlan.deleted_at.is_(None))
        .options(contains_eager(PlanMember.plan).joinedload(LessonPlan.owner))
        .order_by(PlanMember.id.desc())
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def shared_plans_page(
    viewer: Viewer, wanted: PlanFilter = EVERYTHING, *, cursor: str | None = None, size: int = 20
) -> Page[LessonPlan]:
    """Return the plans of others that the viewer may see through workshop, school or county."""
    statement = _cards().where(visible_to(viewer), LessonPlan.owner_id != viewer.user_id)
    return _newest(_narrowed(statement, viewer, wanted), cursor, size)


def workshop_plans_page(
    viewer: Viewer, workshop_id: int, *, cursor: str | None = None, size: int = 20
) -> Page[LessonPlan]:
    """Return a workshop's plans that the viewer may see."""
    statement = _cards().where(LessonPlan.workshop_id == workshop_id, visible_to(viewer))
    return _newest(statement, cursor, size)


@dataclass(frozen=True)
class PlanChanges:
    """What changed in a workshop's list, oldest change first: plans to show, ids to take away.

    `seq` says how far this reaches when there is more, else it is None.
    """

    plans: Sequence[LessonPlan]
    gone: Sequence[int]
    seq: int | None


def workshop_plans_since(viewer: Viewer, workshop_id: int, since: int) -> PlanChanges:
    """Return what changed in a workshop's list after `since`, at most CATCH_UP_LIMIT changes.

    Gone is what the viewer may not see any more, and what was moved to another place.
    """
    moved = select(PlanDeparture.plan_id, PlanDeparture.seq).join(LessonPlan, LessonPlan.id == PlanDeparture.plan_id)
    changed = union_all(
        select(LessonPlan.id, LessonPlan.seq).where(LessonPlan.workshop_id == workshop_id, LessonPlan.seq > since),
        moved.where(
            PlanDeparture.workshop_id == workshop_id,
            PlanDeparture.seq > since,
            LessonPlan.workshop_id.is_distinct_from(workshop_id),
        ),
    ).subquery()
    rows = db.session.execute(select(changed.c.id, changed.c.seq).order_by(changed.c.seq).limit(CATCH_UP_LIMIT)).all()
    ids = [row.id for row in rows]
    here = and_(LessonPlan.id.in_(ids), LessonPlan.workshop_id == workshop_id, visible_to(viewer))
    plans = db.session.scalars(_cards().where(here).order_by(LessonPlan.seq)).all()
    shown = {plan.id for plan in plans}
    reached = rows[-1].seq if len(rows) == CATCH_UP_LIMIT else None
    return PlanChanges(plans, [plan_id for plan_id in ids if plan_id not in shown], reached)


def plan_ids_in(workshop_id: int) -> Sequence[int]:
    """Return the plans of a workshop whoever may see them, for search."""
    statement = select(LessonPlan.id).where(LessonPlan.workshop_id == workshop_id, LessonPlan.deleted_at.is_(None))
    return db.session.scalars(statement).all()


def count_workshop_plans(viewer: Viewer, workshop_id: int) -> int:
    """Return how many plans of the workshop the viewer may see."""
    statement = select(func.count()).where(LessonPlan.workshop_id == workshop_id, visible_to(viewer))
    return db.session.scalar(statement) or 0


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
        .order_by(User.name, User.id)
    )
    return db.session.scalars(statement).all()


def revisions_page(
    plan_id: int, *, by_people: bool = False, cursor: str | None = None, size: int = 20
) -> Page[Revision]:
    """Return the versions of a plan, newest first; `by_people`: without those kept by themselves."""
    statement = select(Revision).where(Revision.plan_id == plan_id).options(joinedload(Revision.author))
    if by_people:
        statement = statement.where(Revision.kind != AUTOMATIC)
    return paginate(statement, Revision.number.desc(), cursor=cursor, size=size)


def find_revision(plan_id: int, number: int) -> Revision | None:
    """Return one version with its stored state."""
    statement = (
        select(Revision)
        .where(Revision.plan_id == plan_id, Revision.number == number)
        .options(joinedload(Revision.author), undefer(Revision.state))
    )
    return db.session.scalars(statement).first()


def next_revision_number(plan_id: int) -> int:
    """Return the number of the next version; inside a unit of work."""
    return (db.session.scalar(select(func.max(Revision.number)).where(Revision.plan_id == plan_id)) or 0) + 1


def revision_state(revision: Revision) -> bytes:
    """Return the full document of a version."""
    return zlib.decompress(revision.state)


def find_image(plan_id: int, image_id: int) -> PlanImage | None:
    """Return a picture of this plan."""
    statement = (
        select(PlanImage)
        .where(PlanImage.id == image_id, PlanImage.plan_id == plan_id)
        .options(joinedload(PlanImage.file))
    )
    return db.session.scalars(statement).first()


def find_live_session(session_id: int | None) -> UserSession | None:
    """Return a sign-in that still works, with user, organization and appointments."""
    statement = (
        select(UserSession)
        .join(UserSession.user)
        .where(UserSession.id == session_id, UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now())
        .where(User.is_active)
        .options(
            contains_eager(UserSession.user).joinedload(User.organization),
            contains_eager(UserSession.user).selectinload(User.appointments).joinedload(Appointment.organization),
        )
    )
    return db.session.scalars(statement).unique().first()


def plans_behind_their_log(limit: int = 500) -> Sequence[int]:
    """Return the plans whose kept text is older than their last stored edit, leaving out what cannot be loaded."""
    statement = (
        select(PlanSnapshot.plan_id)
        .join(LessonPlan, LessonPlan.id == PlanSnapshot.plan_id)
        .outerjoin(PlanText, PlanText.plan_id == PlanSnapshot.plan_id)
        .where(
            LessonPlan.deleted_at.is_(None),
            PlanSnapshot.quarantined_at.is_(None),
            or_(PlanText.plan_id.is_(None), PlanText.epoch != PlanSnapshot.epoch, PlanText.seq < PlanSnapshot.head),
        )
        .order_by(PlanSnapshot.plan_id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def plans_to_keep(rested_before: datetime, limit: int = 200) -> Sequence[int]:
    """Return the plans that rest since then with edits that no version contains, leaving out what cannot be loaded."""
    kept = select(func.coalesce(func.max(Revision.seq), 0)).where(Revision.plan_id == LessonPlan.id).scalar_subquery()
    statement = (
        select(LessonPlan.id)
        .join(PlanSnapshot, PlanSnapshot.plan_id == LessonPlan.id)
        .where(
            LessonPlan.deleted_at.is_(None),
            LessonPlan.edited_at < rested_before,
            PlanSnapshot.quarantined_at.is_(None),
            PlanSnapshot.head > kept,
        )
        .order_by(LessonPlan.edited_at, LessonPlan.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def edits_behind_text(plan_id: int) -> tuple[list[int], datetime | None]:
    """Return who made the stored edits that the kept text lacks, who wrote last at the end, and when that was stored.

    Who wrote within the same hundredth of a second stand in any order.
    """
    kept = select(func.coalesce(func.max(PlanText.seq), 0)).where(PlanText.plan_id == plan_id).scalar_subquery()
    rows = db.session.execute(
        select(PlanUpdate.user_ids, PlanUpdate.created_at)
        .where(PlanUpdate.plan_id == plan_id, PlanUpdate.seq > kept)
        .order_by(PlanUpdate.seq)
    ).all()
    authors = [int(number) for row in reversed(rows) for number in row.user_ids.split(",") if number]
    return list(dict.fromkeys(authors))[::-1], rows[-1].created_at if rows else None


def stored_document(plan_id: int) -> Stored | None:
    """Return the document as it is in this session's view of the database."""
    snapshot = db.session.get(PlanSnapshot, plan_id)
    if snapshot is None:
        return None
    rows = db.session.execute(
        select(PlanUpdate.seq, PlanUpdate.data)
        .where(PlanUpdate.plan_id == plan_id, PlanUpdate.seq > snapshot.seq)
        .order_by(PlanUpdate.seq)
    ).all()
    seq = rows[-1].seq if rows else snapshot.seq
    return Stored(snapshot.epoch, snapshot.seq, seq, snapshot.state, tuple(row.data for row in rows))
