"""Authority reaches down the tree and never sideways."""

import pytest

from tests.support.accounts import make_appointment, make_person
from yanxiu.accounts.permissions import (
    Held,
    Viewer,
    can_appoint,
    can_close_organization,
    can_enter_admin,
    can_manage_user,
    can_move_organization,
    can_read_audit,
    can_see_user_in_admin,
    can_view_contact,
    can_view_person,
)
from yanxiu.core import clock
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")


def test_a_role_holds_for_everything_below_and_nothing_beside():
    viewer = Viewer(user_id=1, held=(Held("principal", 4, "/1/4/"),))
    assert viewer.holds({"principal"}, "/1/4/")
    assert viewer.holds({"principal"}, "/1/4/9/")
    assert not viewer.holds({"principal"}, "/1/")
    assert not viewer.holds({"principal"}, "/1/5/")
    assert not viewer.holds({"principal"}, "/1/40/")
    assert not viewer.holds({"principal"}, "")
    assert not viewer.holds({"county_admin"}, "/1/4/")


def test_admin_paths_keep_only_the_tops():
    held = (Held("principal", 4, "/1/4/"), Held("county_admin", 1, "/1/"), Held("researcher", 7, "/7/"))
    assert Viewer(user_id=1, held=held).admin_paths == ("/1/",)


def test_an_appointment_counts_only_between_its_days(cast):
    with unit_of_work():
        appointment = make_appointment(cast.user("colleague"), "school_admin", cast.place("central"))
        appointment.starts_on = clock.today().replace(year=clock.today().year + 1, day=1)
    assert not can_enter_admin(cast.viewer("colleague"))


@pytest.mark.parametrize("key", ["leader", "teacher", "villager", "outsider", "researcher", "stranger"])
def test_whoever_manages_nothing_has_no_administration(cast, key):
    assert not can_enter_admin(cast.viewer(key))


def test_a_principal_manages_the_own_school_and_no_other(cast):
    viewer = cast.viewer("principal")
    assert viewer.is_admin_over(cast.place("central").path)
    assert viewer.is_admin_over(cast.place("central_chinese").path)
    for other in ("village", "qingshan", "county", "second", "other_school"):
        assert not viewer.is_admin_over(cast.place(other).path)
    assert can_manage_user(viewer, cast.user("teacher"), today=clock.today())
    assert not can_see_user_in_admin(viewer, cast.user("villager"))
    assert not can_read_audit(viewer)


def test_the_county_ends_at_its_border(cast):
    viewer = cast.viewer("admin")
    assert can_manage_user(viewer, cast.user("outsider"), today=clock.today())
    assert not can_see_user_in_admin(viewer, cast.user("stranger"))
    assert not can_view_person(viewer, cast.user("stranger"))
    assert not can_view_person(cast.viewer("stranger"), cast.user("teacher"))


def test_nobody_hands_out_a_role_above_the_own(cast):
    principal, county = cast.viewer("principal"), cast.viewer("admin")
    central = cast.place("central")
    assert can_appoint(principal, "school_admin", central)
    assert can_appoint(principal, "group_head", cast.place("central_chinese"))
    assert not can_appoint(principal, "principal", central)
    assert not can_appoint(principal, "county_admin", cast.place("county"))
    assert not can_appoint(principal, "school_admin", cast.place("village"))
    assert can_appoint(county, "principal", cast.place("village"))
    assert can_appoint(county, "county_admin", cast.place("county"))
    assert not can_appoint(county, "county_admin", cast.place("other_county"))
    assert not can_appoint(county, "king", central)


def test_a_school_cannot_take_over_the_account_of_someone_above(cast):
    with unit_of_work():
        boss = make_person(cast.place("central"), "兼职的县管理员")
        make_appointment(boss, "county_admin", cast.place("county"))
    assert can_see_user_in_admin(cast.viewer("principal"), boss)
    assert not can_manage_user(cast.viewer("principal"), boss, today=clock.today())
    assert can_manage_user(cast.viewer("admin"), boss, today=clock.today())


def test_a_branch_is_moved_only_by_who_manages_both_ends(cast):
    village, chengdong = cast.place("village"), cast.place("chengdong")
    assert can_move_organization(cast.viewer("admin"), village, chengdong)
    assert not can_move_organization(cast.viewer("admin"), village, cast.place("other_county"))
    assert not can_move_organization(cast.viewer("principal"), cast.place("central"), chengdong)


def test_nobody_closes_the_place_their_authority_comes_from(cast):
    assert not can_close_organization(cast.viewer("principal"), cast.place("central"))
    assert can_close_organization(cast.viewer("principal"), cast.place("central_chinese"))
    assert can_close_organization(cast.viewer("admin"), cast.place("central"))
    assert not can_close_organization(cast.viewer("admin"), cast.place("county"))


def test_contact_is_for_oneself_and_those_who_manage_the_school(cast):
    teacher = cast.user("teacher")
    assert can_view_contact(cast.viewer("teacher"), teacher)
    assert can_view_contact(cast.viewer("principal"), teacher)
    assert not can_view_contact(cast.viewer("colleague"), teacher)
    assert not can_view_contact(Viewer(), teacher)
