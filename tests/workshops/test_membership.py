"""Coming in and going out: services on a real database."""

import pytest
from sqlalchemy import select

from tests.support.workshops import make_workshop
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops import events
from yanxiu.workshops.models import Application, Invitation, Role
from yanxiu.workshops.queries.members import (
    count_applications,
    count_invitations,
    groups_of,
    invitation_for,
    pending_applications,
    pending_invitations,
)
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import groups, membership

pytestmark = pytest.mark.usefixtures("ctx")


@pytest.fixture
def people(cast, ctx):
    return {key: cast.user(key) for key in cast.people}


def test_the_founder_leads_and_is_counted(people):
    with unit_of_work() as uow:
        workshop = make_workshop(people["leader"])
        recorded = list(uow.events)
    assert membership_of(workshop.id, people["leader"].id).role == "leader"
    assert workshop.members_count == 1
    assert events.MemberJoined(workshop.id, people["leader"].id, "created") in recorded


def test_joining_twice_is_joining_once(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], join_mode="open")
        first = membership.join_workshop(people["teacher"], workshop)
        assert membership.join_workshop(people["teacher"], workshop) is first
    assert workshop.members_count == 2


def test_an_approved_applicant_is_a_member_and_a_refused_one_reads_why(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], join_mode="apply")
        asked = membership.apply_to_workshop(people["teacher"], workshop, "想来")
        membership.decide_application(people["leader"], workshop, asked, accept=True)
        refused = membership.apply_to_workshop(people["outsider"], workshop, "我也想来")
        membership.decide_application(people["leader"], workshop, refused, accept=False, reason="名额已满")
    assert membership_of(workshop.id, people["teacher"].id) is not None
    assert membership_of(workshop.id, people["outsider"].id) is None
    assert (refused.state, refused.reason, refused.decided_by) == ("refused", "名额已满", people["leader"].id)


def test_refusing_without_a_reason_is_refused(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], join_mode="apply")
        asked = membership.apply_to_workshop(people["teacher"], workshop, "")
        with pytest.raises(InvalidError, match="理由"):
            membership.decide_application(people["leader"], workshop, asked, accept=False, reason="  ")


def test_the_first_answer_to_an_application_counts(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], join_mode="apply")
        asked = membership.apply_to_workshop(people["teacher"], workshop, "")
        membership.decide_application(people["leader"], workshop, asked, accept=True)
        with pytest.raises(ConflictError, match="处理过"):
            membership.decide_application(people["leader"], workshop, asked, accept=False, reason="不行")


def test_applying_again_while_waiting_changes_the_message(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], join_mode="apply")
        first = membership.apply_to_workshop(people["teacher"], workshop, "一")
        assert membership.apply_to_workshop(people["teacher"], workshop, "二").id == first.id
    assert db.session.scalars(select(Application.message)).all() == ["二"]


def test_only_the_invited_person_answers(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"])
        invitation = membership.invite_person(people["leader"], workshop, people["teacher"])
        with pytest.raises(NotFoundError):
            membership.answer_invitation(people["outsider"], workshop, invitation, accept=True)
        membership.answer_invitation(people["teacher"], workshop, invitation, accept=True)
    assert membership_of(workshop.id, people["teacher"].id) is not None


def test_a_declined_or_revoked_invitation_cannot_be_used(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"])
        invitation = membership.invite_person(people["leader"], workshop, people["teacher"])
        membership.answer_invitation(people["teacher"], workshop, invitation, accept=False)
        with pytest.raises(ConflictError, match="失效"):
            membership.answer_invitation(people["teacher"], workshop, invitation, accept=True)
        again = membership.invite_person(people["leader"], workshop, people["teacher"])
        membership.revoke_invitation(people["leader"], workshop, again)
        with pytest.raises(ConflictError, match="失效"):
            membership.answer_invitation(people["teacher"], workshop, again, accept=True)
    assert membership_of(workshop.id, people["teacher"].id) is None


def test_inviting_an_applicant_lets_them_in_at_once(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], join_mode="apply")
        membership.apply_to_workshop(people["teacher"], workshop, "")
        membership.invite_person(people["leader"], workshop, people["teacher"])
    assert membership_of(workshop.id, people["teacher"].id) is not None
    assert invitation_for(workshop.id, people["teacher"].id) is None
    assert set(db.session.scalars(select(Invitation.state))) == {"accepted"}


def test_a_member_is_not_invited_again(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], [people["teacher"]])
        with pytest.raises(ConflictError, match="已经是成员"):
            membership.invite_person(people["leader"], workshop, people["teacher"])


def test_the_last_leader_neither_leaves_nor_steps_down(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], [people["teacher"]])
        mine = membership_of(workshop.id, people["leader"].id)
        with pytest.raises(ConflictError, match="至少"):
            membership.leave_workshop(people["leader"], workshop)
        with pytest.raises(ConflictError, match="至少"):
            membership.change_role(people["leader"], workshop, mine, "member")
        membership.change_role(
            people["leader"], workshop, membership_of(workshop.id, people["teacher"].id), Role.LEADER.value
        )
        membership.leave_workshop(people["leader"], workshop)
    assert membership_of(workshop.id, people["leader"].id) is None
    assert workshop.members_count == 1


def test_there_are_at_most_three_leaders(people):
    others = [people[key] for key in ("teacher", "colleague", "villager")]
    with unit_of_work():
        workshop = make_workshop(people["leader"], others)
        seats = [membership_of(workshop.id, person.id) for person in others]
        for seat in seats[:2]:
            membership.change_role(people["leader"], workshop, seat, "leader")
        with pytest.raises(ConflictError, match="最多 3 位"):
            membership.change_role(people["leader"], workshop, seats[2], "leader")


def test_removing_a_member_is_recorded_for_those_who_react(people):
    with unit_of_work() as uow:
        workshop = make_workshop(people["leader"], [people["teacher"]])
        membership.remove_member(people["leader"], workshop, membership_of(workshop.id, people["teacher"].id))
        assert events.MemberRemoved(workshop.id, people["teacher"].id, people["leader"].id) in uow.events
    assert workshop.members_count == 1


def test_a_dissolved_group_leaves_its_members_in_the_workshop(people):
    with unit_of_work():
        workshop = make_workshop(people["leader"], [people["teacher"]])
        group = groups.create_group(people["leader"], workshop, "五年级组")
        seat = membership_of(workshop.id, people["teacher"].id)
        groups.assign_group(people["leader"], seat, group)
        assert [(found.group.name, found.size) for found in groups_of(workshop.id)] == [("五年级组", 1)]
        groups.delete_group(people["leader"], workshop, group)
        db.session.expire_all()
    assert membership_of(workshop.id, people["teacher"].id).group_id is None
    assert groups_of(workshop.id) == []


def test_two_groups_of_a_workshop_have_two_names(people):
    with unit_of_work():
        workshop, other = make_workshop(people["leader"]), make_workshop(people["leader"], name="另一个")
        first = groups.create_group(people["leader"], workshop, "五年级组")
        groups.create_group(people["leader"], other, "五年级组")
        with pytest.raises(ConflictError, match="已经有"):
            groups.create_group(people["leader"], workshop, " 五年级组 ")
        groups.rename_group(people["leader"], workshop, first, "五年级组")


def test_a_group_of_another_workshop_cannot_be_assigned(people):
    with unit_of_work():
        workshop, other = make_workshop(people["leader"]), make_workshop(people["leader"], name="另一个")
        foreign = groups.create_group(people["leader"], other, "外组")
        with pytest.raises(InvalidError, match="没有这个小组"):
            groups.assign_group(people["leader"], membership_of(workshop.id, people["leader"].id), foreign)


def through(page_of):
    """Every item of a paged list, and how many pages it took."""
    items, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = page_of(cursor)
        items, cursor, pages = [*items, *page.items], page.next_cursor, pages + 1
    return items, pages


def test_who_waits_and_who_was_invited_are_listed_to_the_last(people):
    crowd = [people[key] for key in ("teacher", "colleague", "villager", "outsider", "researcher")]
    with unit_of_work():
        workshop, other = (make_workshop(people["leader"], join_mode="apply", name=name) for name in ("甲坊", "乙坊"))
        asked = [membership.apply_to_workshop(person, workshop, "") for person in crowd]
        invited = [membership.invite_person(people["leader"], other, person) for person in crowd]
    assert through(lambda cursor: pending_applications(workshop.id, cursor, 2)) == (asked, 3)
    assert through(lambda cursor: pending_invitations(other.id, cursor, 2)) == (invited[::-1], 3)
    assert (count_applications(workshop.id), count_invitations(other.id)) == (5, 5)
