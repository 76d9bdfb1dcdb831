"""The named cast that tests and the demo share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_user, viewer_of


@dataclass(frozen=True)
class Person:
    """One of the cast, by ids: safe to use outside an application context."""

    key: str
    id: int
    username: str
    name: str
    organization_id: int


class Cast:
    """`cast.teacher` is a `Person`; `cast.user("teacher")` the row, inside an application context."""

    def __init__(self, people: dict[str, Person], places: dict[str, int]) -> None:
        self.people = people
        self.places = places
        self.tokens: dict[str, str] = {}

    def __getattr__(self, key: str) -> Person:
        try:
            return self.people[key]
        except KeyError as error:
            raise AttributeError(key) from error

    def user(self, key: str) -> User:
        """Return the row; needs an application context."""
        user = find_user(self.people[key].id)
        assert user is not None
        return user

    def viewer(self, key: str) -> Viewer:
        """Return the viewer; needs an application context."""
        return viewer_of(self.user(key))

    def place(self, key: str) -> Organization:
        """Return an organization by its demo key; needs an application context."""
        from yanxiu.core.db import db

        place = db.session.get(Organization, self.places[key])
        assert place is not None
        return place


def cast_from_world(world: Any) -> Cast:
    """Take the ids out of a seeded demo world."""
    people = {
        key: Person(key, user.id, user.username, user.name, user.organization_id) for key, user in world.users.items()
    }
    return Cast(people, {key: place.id for key, place in world.orgs.items()})
