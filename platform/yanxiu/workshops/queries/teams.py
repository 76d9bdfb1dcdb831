"""Reads about workshops: which there are for a viewer, and who leads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_below
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import (
    JoinMode,
    Role,
    Topic,
    TopicVisit,
    Workshop,
    WorkshopMember,
    WorkshopPromotion,
)
from yanxiu.workshops.permissions import (
    OVERSEEING_ROLES,
    can_manage_workshop,
    can_see_insights,
    can_view_workshop,
)


@dataclass(frozen=True)
class Seat:
    """A workshop together with the viewer's own row in it, or None."""

    workshop: Workshop
    member: WorkshopMember | None


def find_workshop(viewer: Viewer, workshop_id: int) -> Workshop | None:
    """Return a workshop whose inside the viewer may see, as a member or as an overseer."""
    seat = find_seat(viewer, workshop_id)
    if seat is None or not can_view_workshop(viewer, seat.workshop, seat.member):
        return None
    return seat.workshop


def workshop_head_for(viewer: Viewer, workshop_id: int) -> dict[str, Any] | None:
    """Return what the head of a page inside a workshop shows (`workshop`, `may`, `leaders`), and the viewer's `member`
    row; None when the viewer may not see the inside. For pages of the features that a workshop contains."""
    seat = find_seat(viewer, workshop_id)
    if seat is None or not can_view_workshop(viewer, seat.workshop, seat.member):
        return None
    may = {
        "view": True,
        "manage": can_manage_workshop(viewer, seat.workshop, seat.member),
        "insights": can_see_insights(viewer, seat.workshop, seat.member),
    }
    leaders = leaders_of([workshop_id]).get(workshop_id, [])
    return {"workshop": seat.workshop, "member": seat.member, "leaders": leaders, "may": may}


def membership_of(workshop_id: int, user_id: int | None) -> WorkshopMember | None:
    """Return a person's row in a workshop."""
    return db.session.scalar(
        select(WorkshopMember).where(WorkshopMember.workshop_id == workshop_id, WorkshopMember.user_id == user_id)
    )


def memberships_in(workshop_ids: Collection[int], user_ids: Collection[int]) -> dict[tuple[int, int], WorkshopMember]:
    """Return these people's rows in these workshops by (workshop, person); no query where there is nothing to ask."""
    if not workshop_ids or not user_ids:
        return {}
    statement = select(WorkshopMember).where(
        WorkshopMember.workshop_id.in_(workshop_ids), WorkshopMember.user_id.in_(user_ids)
    )
    return {(row.workshop_id, row.user_id): row for row in db.session.scalars(statement)}


def find_seat(viewer: Viewer, workshop_id: int) -> Seat | None:
    """Return a workshop and the viewer's row in it with one query."""
    row = db.session.execute(
        select(Workshop, WorkshopMember)
        .outerjoin(
            WorkshopMember,
            and_(
                WorkshopMember.workshop_id == Workshop.id,
                WorkshopMember.user_id == viewer.user_id,
            ),
        )
        .where(Workshop.id == workshop_id)
    ).first()
    return None if row is None else Seat(row[0], row[1])


def _overseen(viewer: Viewer) -> ColumnElement[bool]:
    """Say whether the joined organization lies under one of the viewer's appointments."""
    paths = [held.org_path for held in viewer.held if held.role in OVERSEEING_ROLES]
    if not paths:
        return false()
    return or_(*(Organization.path.startswith(path, autoescape=True) for path in paths))


def _findable(viewer: Viewer) -> ColumnElement[bool]:
    if not viewer.county_path:
        return false()
    return and_(
        Workshop.join_mode != JoinMode.INVITE.value,
        Organization.path.startswith(viewer.county_path, autoescape=True),
    )


def workshop_ids_of(user_id: int | None) -> Select[int]:
    """Select the ids of the workshops a person is a member of, for `.in_()`."""
    return select(WorkshopMember.workshop_id).where(WorkshopMember.user_id == user_id)


def workshop_names(workshop_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these workshops."""
    rows = db.session.execute(select(Workshop.id, Workshop.name).where(Workshop.id.in_(list(workshop_ids))))
    return {row[0]: row[1] for row in rows}


def workshop_ids_below(path: str) -> Select[int]:
    """Select the ids of the workshops of an organization and of everything below it, for `.in_()`."""
    return select(Workshop.id).where(Workshop.organization_id.in_(ids_below(path)))


def is_member(workshop_id: int, user_id: int | None) -> bool:
    """Tell whether somebody belongs to a workshop."""
    return membership_of(workshop_id, user_id) is not None


def has_ended(workshop_id: int | None) -> bool:
    """Tell whether a workshop is there to be read only."""
    ended = select(Workshop.id).where(Workshop.id == workshop_id, Workshop.archived_at.is_not(None))
    return workshop_id is not None and db.session.scalar(ended) is not None


def is_leader(workshop_id: int, user_id: int | None) -> bool:
    """Tell whether somebody leads a workshop."""
    member = membership_of(workshop_id, user_id)
    return member is not None and member.role == Role.LEADER.value


def workshops_of(user_id: int | None, limit: int = 200) -> Sequence[Workshop]:
    """Return the workshops a person belongs to, the one joined last first."""
    return db.session.scalars(
        select(Workshop)
        .join(WorkshopMember, WorkshopMember.workshop_id == Workshop.id)
        .where(WorkshopMember.user_id == user_id)
        .order_by(WorkshopMember.joined_at.desc(), Workshop.id.desc())
        .limit(limit)
    ).all()


def visible_workshops(viewer: Viewer) -> Select[int]:
    """Select the ids of workshops whose inside the viewer may see, for `.in_()`."""
    mine = workshop_ids_of(viewer.user_id)
    return select(Workshop.id).join(Workshop.organization).where(or_(Workshop.id.in_(mine), _overseen(viewer)))


def overseen_workshops(viewer: Viewer) -> Select[int]:
    """Select the ids of workshops that the viewer oversees, a member or not, for `.in_()`."""
    return select(Workshop.id).join(Workshop.organization).where(_overseen(viewer))


def findable_workshops(viewer: Viewer) -> Select[int]:
    """Select the ids of workshops of which the viewer may know that they exist."""
    mine = workshop_ids_of(viewer.user_id)
    return (
        select(Workshop.id)
        .join(Workshop.organization)
        .where(or_(Workshop.id.in_(mine), _overseen(viewer), _findable(viewer)))
    )


def visible_workshop_ids(viewer: Viewer) -> set[int]:
    """Return the workshops whose inside the viewer may see, as a member or as an overseer."""
    if not viewer.is_authenticated:
        return set()
    return set(db.session.scalars(visible_workshops(viewer)))


def workshop_options(viewer: Viewer) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the viewer's own workshops that go on, for a choice in a form, newest first."""
    rows = db.session.execute(
        select(Workshop.id, Workshop.name)
        .join(WorkshopMember, WorkshopMember.workshop_id == Workshop.id)
        .where(WorkshopMember.user_id == viewer.user_id, Workshop.archived_at.is_(None))
        .order_by(WorkshopMember.joined_at.desc(), Workshop.id.desc())
        .limit(200)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class MyWorkshop:
    """A workshop of mine as a row of the list: my role in it and how many topics hold news."""

    workshop: Workshop
    role: str
    unread_topics: int


def _unread_topics() -> Select[int]:
    """Count topics of the outer row's workshop with posts its member has not seen.

    A topic never opened counts only if something was said after the person joined.
    """
    return (
        select(func.count(Topic.id))
        .outerjoin(
            TopicVisit,
            and_(TopicVisit.topic_id == Topic.id, TopicVisit.user_id == WorkshopMember.user_id),
        )
        .where(
            Topic.workshop_id == WorkshopMember.workshop_id,
            Topic.deleted_at.is_(None),
            or_(
                and_(TopicVisit.topic_id.is_(None), Topic.last_post_at > WorkshopMember.joined_at),
                Topic.last_number > TopicVisit.last_seen_number,
            ),
        )
        .correlate(WorkshopMember)
    )


@dataclass(frozen=True)
class WorkshopFilter:
    """What the list shows: those that go on or those that have ended, of a subject, a stage, a kind."""

    subject: str = ""
    stage: str = ""
    kind: str = ""
    ended: bool = False

    @property
    def narrows(self) -> bool:
        """Whether something was chosen by which fewer are shown."""
        return bool(self.subject or self.stage or self.kind)

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What the statement asks."""
        yield Workshop.archived_at.is_not(None) if self.ended else Workshop.archived_at.is_(None)
        if self.subject:
            yield Workshop.subject == self.subject
        if self.stage:
            yield Workshop.stage == self.stage
        if self.kind:
            yield Workshop.kind == self.kind


def my_workshops(viewer: Viewer, wanted: WorkshopFilter | None = None, limit: int = 100) -> list[MyWorkshop]:
    """Return the viewer's workshops, the one joined last first."""
    statement = (
        select(Workshop, WorkshopMember.role, _unread_topics().scalar_subquery())
        .join(WorkshopMember, WorkshopMember.workshop_id == Workshop.id)
        .where(WorkshopMember.user_id == viewer.user_id)
        .order_by(WorkshopMember.joined_at.desc(), Workshop.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(statement.where(*(wanted or WorkshopFilter()).conditions()))
    return [MyWorkshop(row[0], row[1], row[2]) for row in rows]


def other_workshops_page(
    viewer: Viewer, wanted: WorkshopFilter | None = None, cursor: str | None = None, size: int = 20
) -> Page[Workshop]:
    """Return workshops the viewer is no member of but may find or oversee, newest first."""
    mine = workshop_ids_of(viewer.user_id)
    statement = (
        select(Workshop)
        .join(Workshop.organization)
        .options(contains_eager(Workshop.organization))
        .where(or_(_findable(viewer), _overseen(viewer)), Workshop.id.not_in(mine))
    )
    return paginate(
        statement.where(*(wanted or WorkshopFilter()).conditions()),
        Workshop.created_at.desc(),
        Workshop.id.desc(),
        cursor=cursor,
        size=size,
    )


def promotions_of(workshop_id: int) -> Sequence[WorkshopPromotion]:
    """Return how a workshop became what it is, the latest first."""
    return db.session.scalars(
        select(WorkshopPromotion)
        .options(joinedload(WorkshopPromotion.actor))
        .where(WorkshopPromotion.workshop_id == workshop_id)
        .order_by(WorkshopPromotion.id.desc())
        .limit(50)
    ).all()


def leaders_of(workshop_ids: Iterable[int]) -> dict[int, list[User]]:
    """Return the leaders of several workshops with one query."""
    found: dict[int, list[User]] = defaultdict(list)
    rows = db.session.execute(
        select(WorkshopMember.workshop_id, User)
        .join(User, User.id == WorkshopMember.user_id)
        .where(
            WorkshopMember.workshop_id.in_(list(workshop_ids)),
            WorkshopMember.role == Role.LEADER.value,
        )
        .order_by(WorkshopMember.joined_at, WorkshopMember.id)
    )
    for workshop_id, user in rows:
        found[workshop_id].append(user)
    return found
