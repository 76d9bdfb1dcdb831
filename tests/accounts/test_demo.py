"""The demo county is complete and believable."""

import re

import pytest
from sqlalchemy import select

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.demo import APPOINTMENTS, CAST, PEOPLE, PLACES, seed
from yanxiu.accounts.models import Organization, User
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work


def test_the_cast_comes_first():
    keys = [key for key, _username, _name in CAST]
    assert keys == [
        "principal", "leader", "teacher", "colleague", "villager", "outsider", "researcher", "admin", "stranger",
    ]  # fmt: skip


def test_names_and_usernames_are_unique_and_words_are_from_the_catalog():
    assert len({p.username for p in PEOPLE}) == len({p.key for p in PEOPLE}) == len(PEOPLE) >= 40
    assert len({p.name for p in PEOPLE}) == len(PEOPLE)
    places = {key for key, *_ in PLACES}
    for person in PEOPLE:
        assert person.home in places
        assert person.subject in ("", *SUBJECTS)
        assert person.title in TITLES
        assert re.fullmatch(r"[a-z]+", person.username)


@pytest.mark.usefixtures("ctx")
def test_the_whole_county_is_seeded(app):
    with unit_of_work():
        world = DemoWorld()
        rename_cast()
        seed(world)
    assert len(world.users) == len(PEOPLE)
    held = {
        (user.username, a.role, a.organization_id)
        for user in world.users.values()
        for a in db.session.get_one(User, user.id).appointments
    }
    assert held == {(world.users[who].username, role, world.orgs[where].id) for who, role, where in APPOINTMENTS}
    assert {u.stage for u in world.users.values()} <= {"", *STAGES}
    county = world.orgs["county"]
    schools = db.session.scalars(
        select(Organization).where(Organization.path.startswith(county.path), Organization.kind == "school")
    ).all()
    assert len(schools) == 3


def rename_cast() -> None:
    """Make room: the template database has the cast already."""
    for user in db.session.scalars(select(User)):
        user.username, user.phone = f"old-{user.id}", None
    for place in db.session.scalars(select(Organization)):
        place.name = f"旧{place.id}"
    db.session.flush()
