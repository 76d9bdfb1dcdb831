"""A plan may be given to somebody else to manage; an administrator does so when the owner's account is closed."""

from __future__ import annotations

import pytest

from tests.support.lessonplans import make_plan
from yanxiu.accounts.services import deactivate_user
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.queries import find_member, find_plan
from yanxiu.notifications.models import Notification


@pytest.fixture
def plan_id(app, cast) -> int:
    """Private, of `teacher`; `colleague` writes, `villager` reads."""
    with app.app_context(), unit_of_work():
        teacher = cast.user("teacher")
        plan = make_plan(teacher, visibility="private")
        services.invite_member(teacher, plan, cast.user("colleague"), "writer")
        services.invite_member(teacher, plan, cast.user("villager"), "reader")
        return plan.id


def close_account(app, cast, key: str) -> None:
    with app.app_context(), unit_of_work():
        deactivate_user(cast.user("admin"), cast.user(key))


def owner_of(app, plan_id: int) -> int:
    with app.app_context():
        return find_plan(plan_id).owner_id


def test_the_new_owner_manages_and_the_old_one_goes_on_writing(app, cast, client_for, plan_id):
    answer = client_for("teacher").post(f"/lesson-plans/{plan_id}/owner", data={"user_id": cast.colleague.id})
    assert answer.status_code == 302
    with app.app_context():
        assert find_plan(plan_id).owner_id == cast.colleague.id
        assert find_member(plan_id, cast.colleague.id) is None
        assert find_member(plan_id, cast.teacher.id).role == "writer"
        entry = db.session.query(AuditEntry).filter_by(action="plan.hand_over", object_id=plan_id).one()
        assert (entry.data["before"], entry.data["after"]) == (cast.teacher.id, cast.colleague.id)
        heard = db.session.query(Notification).filter_by(kind="plan_handed_over")
        assert [each.user_id for each in heard] == [cast.colleague.id]
    assert client_for("colleague").get(f"/lesson-plans/{plan_id}/settings").status_code == 200
    assert client_for("teacher").get(f"/lesson-plans/{plan_id}/settings").status_code == 403
    assert client_for("teacher").get(f"/lesson-plans/{plan_id}").status_code == 200


@pytest.mark.parametrize("key", ["outsider", "teacher", "stranger"])
def test_only_somebody_who_takes_part_can_be_chosen(app, cast, client_for, plan_id, key):
    answer = client_for("teacher").post(f"/lesson-plans/{plan_id}/owner", data={"user_id": cast.people[key].id})
    assert answer.status_code == 422
    assert owner_of(app, plan_id) == cast.teacher.id


@pytest.mark.parametrize("key", ["admin", "principal"])
def test_who_administers_the_school_hands_over_what_a_closed_account_left_without_seeing_the_text(
    app, cast, client_for, plan_id, key
):
    admin = client_for(key)
    assert admin.get(f"/lesson-plans/{plan_id}/owner").status_code == 404
    close_account(app, cast, "teacher")
    assert "周敏" in admin.get(f"/lesson-plans/{plan_id}/owner").text
    assert admin.post(f"/lesson-plans/{plan_id}/owner", data={"user_id": cast.colleague.id}).status_code == 302
    assert owner_of(app, plan_id) == cast.colleague.id
    assert admin.get(f"/lesson-plans/{plan_id}").status_code == 404
    with app.app_context():
        assert find_member(plan_id, cast.teacher.id) is None


@pytest.mark.parametrize("key", ["colleague", "researcher", "outsider", "stranger"])
def test_nobody_else_hands_over_what_a_closed_account_left(app, cast, client_for, plan_id, key):
    close_account(app, cast, "teacher")
    answer = client_for(key).post(f"/lesson-plans/{plan_id}/owner", data={"user_id": cast.colleague.id})
    assert answer.status_code in (403, 404)
    assert owner_of(app, plan_id) == cast.teacher.id


def test_a_closed_account_takes_nothing_over(app, cast, client_for, plan_id):
    close_account(app, cast, "colleague")
    answer = client_for("teacher").post(f"/lesson-plans/{plan_id}/owner", data={"user_id": cast.colleague.id})
    assert answer.status_code == 422
