"""What search may know of people: name, school, subject. Nothing else of a person is findable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.catalog import ADMIN_ROLES
from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_below, ids_on, people_seen
from yanxiu.core.db import db
from yanxiu.core.search_queue import IndexDocument, IndexSource, PrincipalSource, acl_county, acl_roles, acl_user
from yanxiu.core.search_rights import ASKED, seen_by

KIND = "person"


def load_people(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """The active people among `ids`."""
    people = _people(ids)
    counties = _counties({user.organization.path for user in people})
    for user in people:
        place = user.organization
        yield IndexDocument(
            kind=KIND,
            object_id=user.id,
            title=user.name,
            url=f"/people/{user.id}",
            acl=_acl(user, counties),
            body=" ".join(part for part in (f"{user.stage}{user.subject}", user.title) if part),
            place=place.name,
            subject=user.subject,
            stage=user.stage,
        )


def all_people() -> Iterator[int]:
    """The ids of all active people."""
    yield from db.session.scalars(select(User.id).where(User.is_active).order_by(User.id))


def _visible_people(viewer: Viewer) -> Select[int]:
    """The same people as `can_view_person`."""
    return select(User.id).join(User.organization).where(User.id.in_(ASKED), User.is_active, people_seen(viewer))


def _people(ids: Sequence[int]) -> Sequence[User]:
    statement = select(User).where(User.id.in_(ids), User.is_active).options(joinedload(User.organization))
    return db.session.scalars(statement).all()


def _counties(paths: Iterable[str]) -> set[int]:
    above = {organization_id for path in paths for organization_id in ids_on(path)}
    statement = select(Organization.id).where(Organization.id.in_(above), Organization.kind == "county")
    return set(db.session.scalars(statement))


def _acl(user: User, counties: set[int]) -> frozenset[str]:
    path = user.organization.path
    county = frozenset(acl_county(i) for i in ids_on(path) if i in counties)
    return county | acl_roles(ADMIN_ROLES, path) | {acl_user(user.id)}


def people_below(path: str) -> Select[int]:
    """The ids of people whose home is there."""
    return select(User.id).where(User.organization_id.in_(ids_below(path)))


SOURCES: tuple[IndexSource, ...] = (
    IndexSource(KIND, "人", load_people, all_people, seen_by(_visible_people), people_below),
)
PRINCIPALS: tuple[PrincipalSource, ...] = ()
