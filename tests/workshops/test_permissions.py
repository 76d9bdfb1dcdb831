"""Predicates, without a database: who may do what."""

from types import SimpleNamespace

import pytest

from yanxiu.accounts.permissions import ANONYMOUS, Held, Viewer
from yanxiu.workshops import permissions as p
from yanxiu.workshops.permissions import tasks

SCHOOL = "/1/2/3/9/"


def viewer(user_id=5, *roles, county_path="/1/2/3/"):
    return Viewer(user_id=user_id, county_path=county_path, held=tuple(Held(role, 3, path) for role, path in roles))


def workshop(join_mode="invite", members_may_publish=True, archived_at=None):
    return SimpleNamespace(
        id=7,
        join_mode=join_mode,
        members_may_publish=members_may_publish,
        organization=SimpleNamespace(path=SCHOOL),
        archived_at=archived_at,
    )


def member(role="member", user_id=5, workshop_id=7, rights=None):
    return SimpleNamespace(user_id=user_id, workshop_id=workshop_id, role=role, rights=rights)


def topic(locked=False, deleted=False, author_id=8, replies=0, **more):
    return SimpleNamespace(
        workshop=workshop(**more),
        locked_at=object() if locked else None,
        deleted_at=object() if deleted else None,
        author_id=author_id,
        replies_count=replies,
    )


def post(author_id=5, withdrawn=False, is_opener=False, **more):
    return SimpleNamespace(
        author_id=author_id, withdrawn_at=object() if withdrawn else None, is_opener=is_opener, topic=topic(**more)
    )


@pytest.mark.parametrize("role", ["county_admin", "researcher", "principal", "school_admin"])
def test_whoever_oversees_the_owner_looks_but_does_not_take_part(role):
    overseer = viewer(6, (role, "/1/2/3/"))
    assert p.can_view_workshop(overseer, workshop(), None)
    assert not p.can_publish_topic(overseer, workshop(), None)
    assert not p.can_reply(overseer, topic(), None)


@pytest.mark.parametrize(
    "held", [("researcher", "/1/2/4/"), ("principal", "/1/2/3/9/12/"), ("group_head", "/1/2/3/9/")]
)
def test_a_role_elsewhere_or_of_another_kind_opens_nothing(held):
    assert not p.can_view_workshop(viewer(6, held), workshop(), None)


def test_nobody_is_a_member_by_somebody_elses_row():
    assert not p.can_view_workshop(viewer(5), workshop(), member(user_id=6))
    assert not p.can_view_workshop(viewer(5), workshop(), member(workshop_id=8))
    assert not p.can_view_workshop(ANONYMOUS, workshop(), None)


def test_a_workshop_by_invitation_is_found_only_by_the_invited():
    assert not p.can_find_workshop(viewer(), workshop("invite"), None)
    assert p.can_find_workshop(viewer(), workshop("invite"), None, invited=True)
    assert p.can_find_workshop(viewer(), workshop("open"), None)
    assert p.can_find_workshop(viewer(), workshop("apply"), None)


def test_teachers_of_another_county_find_nothing():
    assert not p.can_find_workshop(viewer(county_path="/1/2/8/"), workshop("open"), None)
    assert not p.can_find_workshop(viewer(county_path=""), workshop("open"), None)
    assert not p.can_join_workshop(viewer(county_path="/1/2/8/"), workshop("open"), None)


@pytest.mark.parametrize(
    ("mode", "join", "apply"), [("open", True, False), ("apply", False, True), ("invite", False, False)]
)
def test_the_door_opens_as_its_mode_says(mode, join, apply):
    assert p.can_join_workshop(viewer(), workshop(mode), None) is join
    assert p.can_apply(viewer(), workshop(mode), None) is apply


def test_a_member_neither_joins_nor_applies_again():
    assert not p.can_join_workshop(viewer(), workshop("open"), member())
    assert not p.can_apply(viewer(), workshop("apply"), member())


@pytest.mark.parametrize(
    ("role", "manages", "admits", "moderates"),
    [
        ("leader", True, True, True),
        ("facilitator", False, True, True),
        ("mentor", False, False, False),
        ("member", False, False, False),
    ],
)
def test_what_each_role_of_the_team_may_do(role, manages, admits, moderates):
    asked = viewer(), workshop(), member(role)
    assert p.can_manage_workshop(*asked) is manages
    assert p.can_admit(*asked) is admits
    assert p.can_moderate(*asked) is moderates


def test_the_county_administrator_manages_and_the_researcher_does_not():
    assert p.can_manage_workshop(viewer(6, ("county_admin", "/1/2/3/")), workshop(), None)
    assert not p.can_manage_workshop(viewer(6, ("researcher", "/1/2/3/")), workshop(), None)
    assert not p.can_moderate(viewer(6, ("principal", "/1/2/3/9/")), workshop(), None)


@pytest.mark.parametrize(
    ("role", "may"), [("member", False), ("mentor", True), ("facilitator", True), ("leader", True)]
)
def test_topics_may_be_kept_to_the_team(role, may):
    assert p.can_publish_topic(viewer(), workshop(members_may_publish=False), member(role)) is may
    assert p.can_publish_topic(viewer(), workshop(), member(role))


def test_in_a_locked_topic_only_the_team_answers():
    assert not p.can_reply(viewer(), topic(locked=True), member())
    assert p.can_reply(viewer(), topic(locked=True), member("leader"))
    assert not p.can_reply(viewer(), topic(deleted=True), member("leader"))


def test_a_leader_withdraws_what_others_wrote_but_never_rewrites_it():
    assert p.can_withdraw_post(viewer(), post(author_id=8), member("leader"))
    assert not p.can_edit_post(viewer(), post(author_id=8), member("leader"))
    assert not p.can_withdraw_post(viewer(), post(author_id=8), member())


def test_an_author_brings_back_only_what_they_took_back_themselves():
    own, by_leader = post(withdrawn=True), post(withdrawn=True)
    own.withdrawn_by_id, by_leader.withdrawn_by_id = 5, 8
    assert p.can_restore_post(viewer(), own, member())
    assert not p.can_restore_post(viewer(), by_leader, member())
    assert not p.can_restore_post(viewer(), own, None)
    for taken in (own, by_leader):
        assert p.can_restore_post(viewer(8), taken, member("leader", user_id=8))


def test_a_deleted_topic_is_brought_back_by_who_deleted_it_or_by_the_team():
    own, by_leader = topic(deleted=True, author_id=5), topic(deleted=True, author_id=5)
    own.deleted_by_id, by_leader.deleted_by_id = 5, 8
    assert p.can_restore_topic(viewer(), own, member())
    assert not p.can_restore_topic(viewer(), by_leader, member())
    assert not p.can_restore_topic(viewer(), own, None)
    assert p.can_restore_topic(viewer(8), own, member("facilitator", user_id=8))
    assert not p.can_restore_topic(viewer(8), topic(), member("leader", user_id=8))


def test_a_person_who_left_has_no_say_over_old_posts():
    assert not p.can_edit_post(viewer(), post(), None)
    assert not p.can_withdraw_post(viewer(), post(), None)
    assert not p.can_like(viewer(), post(author_id=8), None)


def test_a_withdrawn_post_is_neither_edited_nor_liked():
    assert not p.can_edit_post(viewer(), post(withdrawn=True), member())
    assert not p.can_like(viewer(), post(withdrawn=True), member())


def test_the_opener_goes_only_with_its_topic():
    assert not p.can_withdraw_post(viewer(), post(is_opener=True), member("leader"))


def test_an_author_deletes_a_topic_only_before_the_first_answer():
    assert p.can_delete_topic(viewer(), topic(author_id=5), member())
    assert not p.can_delete_topic(viewer(), topic(author_id=5, replies=1), member())
    assert p.can_delete_topic(viewer(), topic(replies=9), member("facilitator"))
    assert not p.can_delete_topic(viewer(), topic(deleted=True), member("leader"))


RIGHTS = {
    "admit": p.can_admit,
    "moderate": p.can_moderate,
    "announce": p.can_announce,
    "plan": p.can_plan,
    "activities": p.can_organize,
    "grade": tasks.can_give_tasks,
}


@pytest.mark.parametrize("ticked", [*RIGHTS, ""])
def test_a_helper_may_do_what_was_ticked_and_a_leader_everything(ticked):
    asks = Viewer(user_id=5)
    for right, may in RIGHTS.items():
        assert may(asks, workshop(), member("facilitator", rights=ticked)) == (right == ticked)
        assert may(asks, workshop(), member("leader", rights=ticked))
        assert not may(asks, workshop(), member("mentor", rights=ticked))
        assert not may(asks, workshop(), member("facilitator", user_id=6, rights=ticked))
