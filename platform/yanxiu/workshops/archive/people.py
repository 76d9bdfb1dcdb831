"""People and places of an archive: what of them leaves, and who they are where it is brought."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.catalog import ORGANIZATION_KINDS
from yanxiu.accounts.models import Organization, User
from yanxiu.core.archives.reading import ArchiveError
from yanxiu.core.archives.rows import batched
from yanxiu.core.db import db

Row = dict[str, Any]
COUNTY, ABOVE = "county", ("province", "city")
PROFILE = {"subject": 20, "stage": 10, "title": 20}
"""What is shown of a colleague anyway. Number of identity, address, telephone, password and photo stay."""


def masked(phone: str | None) -> str:
    """Return a telephone number of which only the ends can be read."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) >= 7 else ""


def people_rows(ids: Iterable[int]) -> Iterator[Row]:
    """Yield what leaves of people, by number."""
    for some in batched(sorted(ids)):
        for user in db.session.scalars(select(User).where(User.id.in_(some)).order_by(User.id)):
            about = {name: getattr(user, name) for name in PROFILE}
            row = {"id": user.id, "username": user.username, "name": user.name, "phone": masked(user.phone)}
            yield {**row, "organization_id": user.organization_id, **about}


def place_rows(ids: Iterable[int]) -> Iterator[Row]:
    """Yield places and all that lie above them, those above first."""
    paths = db.session.scalars(select(Organization.path).where(Organization.id.in_(sorted(ids)))).all()
    wanted = {int(part) for path in paths for part in path.split("/") if part}
    found = select(Organization).where(Organization.id.in_(sorted(wanted))).order_by(Organization.path)
    for place in sorted(db.session.scalars(found), key=lambda each: each.path.count("/")):
        row = {"id": place.id, "parent_id": place.parent_id, "kind": place.kind}
        yield {**row, "name": place.name, "short_name": place.short_name}


@dataclass
class Matched:
    """Who and what of an archive is here already; `None` stands for what has to be made."""

    places: dict[int, int | None] = field(default_factory=dict)
    people: dict[int, int | None] = field(default_factory=dict)
    place_rows: dict[int, Row] = field(default_factory=dict)
    people_rows: dict[int, Row] = field(default_factory=dict)

    @property
    def new_places(self) -> list[Row]:
        return [self.place_rows[old] for old, here in self.places.items() if here is None]

    @property
    def new_people(self) -> list[Row]:
        return [self.people_rows[old] for old, here in self.people.items() if here is None]


def match(places: Iterable[Row], people: Iterable[Row]) -> Matched:
    """Look for the places by name along the tree, and for the people."""
    found = Matched()
    for row in places:
        _check_place(row, found)
        found.place_rows[row["id"]] = row
        found.places[row["id"]] = _place_here(row, found)
    for some in batched(people):
        _match_people(some, found)
    _forget_unneeded(found)
    return found


def _check_place(row: Row, found: Matched) -> None:
    above = row.get("parent_id")
    fits = isinstance(row.get("id"), int) and (above is None or above in found.places)
    if not fits or row.get("kind") not in ORGANIZATION_KINDS or not isinstance(row.get("name"), str):
        raise ArchiveError("档案里的单位名单已损坏")


def _place_here(row: Row, found: Matched) -> int | None:
    """A county is known by its name alone: one server has it below its province, the other on top."""
    wanted = select(Organization.id).where(Organization.name == row["name"], Organization.kind == row["kind"])
    if row["kind"] == COUNTY:
        here = db.session.scalars(wanted.order_by(Organization.id).limit(2)).all()
        if len(here) == 1:
            return here[0]
    above = row["parent_id"]
    if above is not None and found.places[above] is None:
        return None
    parent = None if above is None else found.places[above]
    under = Organization.parent_id.is_(None) if parent is None else Organization.parent_id == parent
    return db.session.scalar(wanted.where(under).order_by(Organization.id).limit(1))


def _forget_unneeded(found: Matched) -> None:
    """Places above a known county are not made for its sake."""
    homes = {row.get("organization_id") for row in found.people_rows.values()}
    for old in reversed(list(found.places)):
        needed = any(row["parent_id"] == old and found.places[one] is None for one, row in found.place_rows.items())
        if found.places[old] is None and found.place_rows[old]["kind"] in ABOVE and not needed and old not in homes:
            del found.places[old], found.place_rows[old]


def _match_people(some: Iterable[Row], found: Matched) -> None:
    """The same user name with the same name is the same person; else the one of that name with that telephone."""
    rows = list(some)
    if any(not isinstance(row.get(key), str) for row in rows for key in ("username", "name", "phone")):
        raise ArchiveError("档案里的人员名单已损坏")
    names = [row["name"] for row in rows]
    here = db.session.execute(select(User.id, User.username, User.name, User.phone).where(User.name.in_(names))).all()
    by_username = {(user.username, user.name): user.id for user in here}
    by_phone: dict[tuple[str, str], list[int]] = {}
    for user in here:
        by_phone.setdefault((masked(user.phone), user.name), []).append(user.id)
    for row in rows:
        same = by_phone.get((row["phone"], row["name"]), []) if row["phone"] else []
        found.people_rows[row["id"]] = row
        known = by_username.get((row["username"], row["name"]))
        found.people[row["id"]] = known or (same[0] if len(same) == 1 else None)


def make_places(found: Matched) -> dict[int, int]:
    """Make the places that are missing; return the ids here by those of the archive."""
    here: dict[int, int] = {old: new for old, new in found.places.items() if new is not None}
    for old, row in found.place_rows.items():
        if old in here:
            continue
        parent = db.session.get(Organization, here[row["parent_id"]]) if row["parent_id"] is not None else None
        made = Organization(parent_id=parent.id if parent else None, kind=row["kind"], name=row["name"][:100])
        made.short_name = str(row.get("short_name", ""))[:40]
        db.session.add(made)
        db.session.flush()
        made.path = f"{parent.path if parent else '/'}{made.id}/"
        db.session.flush()
        here[old] = made.id
    return here


def make_people(found: Matched, places: dict[int, int]) -> dict[int, int]:
    """Make whoever is missing, without a password and not active: an administrator decides who they are."""
    here: dict[int, int] = {old: new for old, new in found.people.items() if new is not None}
    missing = [(old, row) for old, row in found.people_rows.items() if old not in here]
    wanted = {row["username"][:64] for _old, row in missing}
    taken = set(db.session.scalars(select(User.username).where(User.username.in_(wanted))))
    for old, row in missing:
        username = row["username"][:64]
        if username in taken:
            username = f"{username[:55]}-{secrets.token_hex(4)}"
        taken.add(username)
        made = User(username=username, name=row["name"][:100], organization_id=_home(row, places), is_active=False)
        made.password_hash, made.must_change_password = "", True
        for name, length in PROFILE.items():
            setattr(made, name, str(row.get(name) or "")[:length])
        db.session.add(made)
        db.session.flush()
        here[old] = made.id
    return here


def _home(row: Row, places: dict[int, int]) -> int:
    try:
        return places[row["organization_id"]]
    except KeyError:
        raise ArchiveError(f"档案里缺少{row['name']}的单位") from None
