"""What an administrator may see of people and places: what is at and below the places they manage, nothing beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from yanxiu.accounts.models import Appointment, Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate

PAGE_SIZE = 30


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed to; empty means everybody."""

    text: str = ""
    organization_id: int | None = None
    subject: str = ""
    stage: str = ""
    state: str = ""
    """"" active accounts, "closed", "waiting" (never chose a password), "all"."""


@dataclass(frozen=True)
class Node:
    """One line of the tree of places; `depth` counts from the top of what the viewer manages."""

    organization: Organization
    depth: int
    people: int


def within_reach(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Organization.path` for places the viewer manages."""
    conditions = [Organization.path.startswith(path) for path in viewer.admin_paths]
    return or_(*conditions) if conditions else false()


def people_page(viewer: Viewer, wanted: PeopleFilter, cursor: str | None = None) -> Page[User]:
    """Return people of the places the viewer manages, by name."""
    statement = _people_in_reach(viewer).options(
        contains_eager(User.organization),
        selectinload(User.appointments).joinedload(Appointment.organization),
        joinedload(User.photo),
    )
    statement = statement.where(*_people_conditions(viewer, wanted))
    return paginate(statement, User.name_key.asc(), User.id.asc(), cursor=cursor, size=PAGE_SIZE)


def count_people(viewer: Viewer, wanted: PeopleFilter) -> int:
    """Return how many people the filter finds."""
    inner = _people_in_reach(viewer).where(*_people_conditions(viewer, wanted)).with_only_columns(User.id)
    return db.session.scalar(select(func.count()).select_from(inner.subquery())) or 0


def person_in_reach(viewer: Viewer, user_id: int) -> User | None:
    """Return a person, also one whose account is closed, if the viewer manages their home organization."""
    statement = (
        _people_in_reach(viewer)
        .where(User.id == user_id)
        .options(
            contains_eager(User.organization),
            selectinload(User.appointments).joinedload(Appointment.organization),
            joinedload(User.photo),
        )
    )
    return db.session.scalars(statement).unique().first()


def person_named_in_reach(viewer: Viewer, account: str) -> User | None:
    """Return an active person of the viewer's places by exact username or phone, or by a name that only one has."""
    wanted = account.strip()
    base = _people_in_reach(viewer).where(User.is_active).options(contains_eager(User.organization))
    exact: User | None = db.session.scalars(
        base.where(or_(User.username == wanted.lower(), User.phone == wanted))
    ).first()
    if exact is not None:
        return exact
    found = db.session.scalars(base.where(User.name == wanted).limit(2)).all()
    return found[0] if len(found) == 1 else None


def organizations_in_reach(viewer: Viewer, *, closed: bool = False) -> Sequence[Organization]:
    """Return the places the viewer manages, parents before children."""
    statement = select(Organization).where(within_reach(viewer))
    if not closed:
        statement = statement.where(Organization.closed_at.is_(None))
    found = db.session.scalars(statement).all()
    return sorted(found, key=lambda o: [int(part) for part in o.path.split("/") if part])


def organization_in_reach(viewer: Viewer, organization_id: int) -> Organization | None:
    """Return one place, also a closed one, if the viewer manages it."""
    statement = (
        select(Organization)
        .where(Organization.id == organization_id, within_reach(viewer))
        .options(joinedload(Organization.parent))
    )
    return db.session.scalars(statement).first()


def tree_in_reach(viewer: Viewer, *, closed: bool = False) -> list[Node]:
    """Return the tree the viewer manages, line by line, with the number of active people of each place."""
    places = organizations_in_reach(viewer, closed=closed)
    counts = people_per_organization(viewer)
    tops = [
        place.path
        for place in places
        if not any(place.path != p and place.path.startswith(p) for p in viewer.admin_paths)
    ]
    base = min((path.count("/") for path in tops), default=2)
    return [Node(place, place.path.count("/") - base, counts.get(place.id, 0)) for place in places]


def people_per_organization(viewer: Viewer) -> dict[int, int]:
    """Return the number of active accounts by home organization, one query."""
    statement = (
        select(User.organization_id, func.count(User.id))
        .join(User.organization)
        .where(User.is_active, within_reach(viewer))
        .group_by(User.organization_id)
    )
    return {row.organization_id: row[1] for row in db.session.execute(statement)}


def appointments_page(
    viewer: Viewer,
    *,
    role: str = "",
    organization_id: int | None = None,
    text: str = "",
    ended: bool = False,
    cursor: str | None = None,
) -> Page[Appointment]:
    """Return roles held at the places the viewer manages, the latest first."""
    statement = (
        select(Appointment)
        .join(Appointment.organization)
        .join(Appointment.user)
        .where(within_reach(viewer))
        .options(
            contains_eager(Appointment.organization),
            contains_eager(Appointment.user).joinedload(User.organization),
            contains_eager(Appointment.user).joinedload(User.photo),
        )
    )
    if role:
        statement = statement.where(Appointment.role == role)
    if organization_id is not None:
        statement = statement.where(Appointment.organization_id == organization_id)
    if text.strip():
        statement = statement.where(User.name.contains(text.strip(), autoescape=True))
    today = clock.today()
    over = and_(Appointment.ends_on.is_not(None), Appointment.ends_on < today)
    statement = statement.where(over if ended else ~over)
    return paginate(statement, Appointment.id.desc(), cursor=cursor, size=PAGE_SIZE)


def appointment_in_reach(viewer: Viewer, appointment_id: int) -> Appointment | None:
    """Return one appointment if the viewer manages the place it is held at."""
    statement = (
        select(Appointment)
        .join(Appointment.organization)
        .where(Appointment.id == appointment_id, within_reach(viewer))
        .options(contains_eager(Appointment.organization), joinedload(Appointment.user))
    )
    return db.session.scalars(statement).first()


def _people_in_reach(viewer: Viewer) -> Select[Any]:
    return select(User).join(User.organization).where(within_reach(viewer))


def _people_conditions(viewer: Viewer, wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    text = wanted.text.strip()
    if text:
        conditions.append(
            or_(
                User.name.contains(text, autoescape=True),
                User.username.startswith(text.lower(), autoescape=True),
                User.phone.startswith(text, autoescape=True),
            )
        )
    if wanted.organization_id is not None:
        place = organization_in_reach(viewer, wanted.organization_id)
        conditions.append(Organization.path.startswith(place.path) if place else false())
    if wanted.subject:
        conditions.append(User.subject == wanted.subject)
    if wanted.stage:
        conditions.append(User.stage == wanted.stage)
    return conditions + _state_conditions(wanted.state)


def _state_conditions(state: str) -> list[ColumnElement[bool]]:
    if state == "all":
        return []
    if state == "closed":
        return [User.is_active.is_(False)]
    if state == "waiting":
        return [User.is_active.is_(True), User.must_change_password.is_(True)]
    return [User.is_active.is_(True)]


def ids_of_people_in_reach(viewer: Viewer, *, named: str = "") -> Select[int]:
    """Return a subquery of the ids of people whose home the viewer manages; `named` by name or username."""
    statement = select(User.id).join(User.organization).where(within_reach(viewer))
    if named:
        statement = statement.where(or_(User.name.contains(named, autoescape=True), User.username == named.lower()))
    return statement
