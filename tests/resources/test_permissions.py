"""Who may see and change a resource: pure rules, and the SQL that must say the same."""

from __future__ import annotations

import itertools

import pytest

from tests.support.resources import make_resource
from yanxiu.accounts.permissions import ANONYMOUS, Held, Viewer
from yanxiu.core import clock
from yanxiu.resources.models import Resource
from yanxiu.resources.permissions import can_edit_resource, can_view_resource
from yanxiu.resources.queries import visible_ids

COUNTY, SCHOOL, OTHER = "/1/2/", "/1/2/5/", "/1/2/6/"


def person(user_id: int, school: int, path: str, county: int = 2, **more: object) -> Viewer:
    return Viewer(user_id, "", school, path, school, county, COUNTY, **more)  # type: ignore[arg-type]


OWNER = person(1, 5, SCHOOL)
COLLEAGUE = person(2, 5, SCHOOL)
NEIGHBOR = person(3, 6, OTHER)
STRANGER = Viewer(4, "", 9, "/1/3/9/", 9, 3, "/1/3/")
PRINCIPAL = person(5, 5, SCHOOL, held=(Held("principal", 5, SCHOOL),))
RESEARCHER = person(6, 7, "/1/2/7/", held=(Held("researcher", 2, COUNTY),))
COUNTY_ADMIN = person(7, 7, "/1/2/7/", held=(Held("county_admin", 2, COUNTY),))


def resource(visibility: str, **more: object) -> Resource:
    values = {"owner_id": 1, "school_id": 5, "county_id": 2, "org_path": SCHOOL, "workshop_id": None, **more}
    return Resource(visibility=visibility, **values)


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("public", {"anonymous", "owner", "colleague", "neighbor", "stranger", "principal", "researcher", "admin"}),
        ("county", {"owner", "colleague", "neighbor", "principal", "researcher", "admin"}),
        ("school", {"owner", "colleague", "principal", "researcher", "admin"}),
        ("workshop", {"owner", "neighbor"}),
        ("private", {"owner"}),
    ],
)
def test_each_visibility_is_seen_by_exactly_these(visibility, seen_by):
    viewers = {
        "anonymous": (ANONYMOUS, ()), "owner": (OWNER, ()), "colleague": (COLLEAGUE, ()), "neighbor": (NEIGHBOR, (31,)),
        "stranger": (STRANGER, (32,)), "principal": (PRINCIPAL, ()), "researcher": (RESEARCHER, ()),
        "admin": (COUNTY_ADMIN, ()),
    }  # fmt: skip
    thing = resource(visibility, workshop_id=31 if visibility == "workshop" else None)
    assert {name for name, (viewer, inside) in viewers.items() if can_view_resource(viewer, thing, inside)} == seen_by


def test_what_lies_in_the_bin_is_seen_by_its_owner_and_the_administrators_of_the_school():
    gone = resource("public", removed_at=clock.now())
    seen = [
        v for v in (OWNER, COLLEAGUE, STRANGER, ANONYMOUS, PRINCIPAL, COUNTY_ADMIN) if can_view_resource(v, gone, ())
    ]
    assert seen == [OWNER, PRINCIPAL, COUNTY_ADMIN]
    assert not can_view_resource(COUNTY_ADMIN, resource("private", removed_at=clock.now()), ())


def test_editing_is_for_the_owner_and_whoever_manages_the_school():
    shared = resource("county")
    editors = [
        v for v in (OWNER, COLLEAGUE, NEIGHBOR, PRINCIPAL, RESEARCHER, COUNTY_ADMIN) if can_edit_resource(v, shared)
    ]
    assert editors == [OWNER, PRINCIPAL, COUNTY_ADMIN]
    for hidden in (resource("private"), resource("workshop", workshop_id=31)):
        assert not can_edit_resource(COUNTY_ADMIN, hidden)
        assert can_edit_resource(OWNER, hidden)


def test_a_place_without_a_county_shares_nothing_with_another_without_one():
    homeless = resource("county", county_id=None, org_path="/9/", school_id=None)
    assert not can_view_resource(Viewer(8, "", 9, "/9/"), homeless, ())
    assert not can_view_resource(Viewer(8, "", 9, "/9/"), resource("school", school_id=None, org_path=""), ())


def test_the_list_and_the_predicate_agree_for_everybody(ctx, cast):
    made = [
        make_resource(cast.user(owner), f"{owner} {visibility}", visibility=visibility)
        for owner, visibility in itertools.product(
            ("teacher", "villager", "researcher", "stranger"), ("public", "county", "school", "private")
        )
    ]
    viewers = [ANONYMOUS, *(cast.viewer(key) for key in cast.people)]
    for viewer in viewers:
        listed = visible_ids(viewer, (), [thing.id for thing in made])
        assert listed == {thing.id for thing in made if can_view_resource(viewer, thing, ())}, viewer.name
