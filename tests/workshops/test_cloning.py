"""The next term's workshop: what it takes along, by how much the days move, and what stays behind."""

from datetime import UTC, date, datetime

import pytest

from tests.support.workshops import make_item, make_stage
from tests.workshops.stage import page
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.terms import days_between, first_monday, next_term
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Invitation, Post, Topic, Workshop
from yanxiu.workshops.queries.members import groups_of
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.queries.termplan import items_in, stages_of
from yanxiu.workshops.services import groups, membership

FORM = {
    "name": "《三国》工作坊（二）",
    "term": "2026-2027学年第二学期",
    "introduction": "y",
    "team": "y",
    "groups": "y",
    "plan": "y",
    "pinned": "y",
    "invite": "y",
    "step": "create",
}


@pytest.fixture(autouse=True)
def _in_the_first_term():
    with clock.frozen(datetime(2026, 11, 2, 4, tzinfo=UTC)):
        yield


def test_terms_follow_one_another_and_begin_on_a_monday():
    first, second = "2026-2027学年第一学期", "2026-2027学年第二学期"
    assert (next_term(first), next_term(second)) == (second, "2027-2028学年第一学期")
    assert (first_monday(first), first_monday(second)) == (date(2026, 9, 7), date(2027, 2, 15))
    assert days_between(first, second) == 161
    assert days_between("秋季", second) == 0


def prepare(app, cast, room) -> None:
    with app.app_context(), unit_of_work():
        leader, workshop = cast.user("leader"), db.session.get(Workshop, room.w)
        helper = membership_of(room.w, cast.colleague.id)
        membership.change_role(leader, workshop, helper, "facilitator")
        membership.set_rights(leader, workshop, helper, ["plan"])
        groups.assign_group(leader, helper, groups.create_group(leader, workshop, "高段组"))
        stage = make_stage(leader, workshop, "启动", date(2026, 9, 7), date(2026, 9, 20))
        make_item(leader, stage, "看约定", "topic", target_id=room.t, ends_on=date(2026, 9, 9), required=True)
        make_item(leader, stage, "旧任务", "task", target_id=1)
        make_item(leader, stage, "读课标", url="https://example.cn/kb")


def test_the_next_term_takes_along_what_was_chosen_and_nobodys_work(app, cast, client_for, room, work):
    prepare(app, cast, room)
    client = client_for("leader")
    client.post(f"{room.topic}/pin", data={"on": "1"})
    preview = page(client, f"{room.home}/next-term")
    assert "2027年2月15日 至 2027年2月28日" in preview
    answer = client.post(f"{room.home}/next-term", data=FORM)
    assert client.post(f"{room.home}/next-term", data=FORM).location == answer.location
    number = int(answer.location.rsplit("/", 1)[1])
    work()
    with app.app_context():
        helper = membership_of(number, cast.colleague.id)
        assert (helper.role, helper.rights, helper.group.name) == ("facilitator", "plan", "高段组")
        assert membership_of(number, cast.leader.id).role == "leader"
        assert membership_of(number, cast.teacher.id) is None
        assert [row.group.name for row in groups_of(number)] == ["高段组"]
        assert db.session.query(Invitation).filter_by(workshop_id=number).one().user_id == cast.teacher.id
        topic = db.session.query(Topic).filter_by(workshop_id=number).one()
        assert topic.pinned_at is not None
        assert db.session.query(Post).filter_by(topic_id=topic.id).count() == 1
        (stage,) = stages_of(number)
        assert (stage.starts_on, stage.ends_on) == (date(2027, 2, 15), date(2027, 2, 28))
        rows = [(i.title, i.target_id, i.url, i.ends_on, i.required) for i in items_in(stage.id, number)]
        assert rows == [
            ("看约定", topic.id, "", date(2027, 2, 17), True),
            ("旧任务", None, "", None, False),
            ("读课标", None, "https://example.cn/kb", None, False),
        ]
        assert db.session.query(AuditEntry).filter_by(action="workshop.cloned").count() == 1
    assert f'href="{room.home}"' in page(client, answer.location)


def test_a_preview_makes_nothing_and_moves_the_plan_to_the_chosen_day(app, cast, client_for, room):
    prepare(app, cast, room)
    chosen = {**FORM, "step": "preview", "starts_on": "2027-03-01", "invite": ""}
    text = client_for("leader").post(f"{room.home}/next-term", data=chosen).get_data(as_text=True)
    assert "2027年3月1日 至 2027年3月14日" in text
    with app.app_context():
        assert db.session.query(Workshop).count() == 1


def test_little_is_taken_if_little_is_chosen(app, cast, client_for, room):
    prepare(app, cast, room)
    form = {"name": "空的", "term": FORM["term"]}
    answer = client_for("leader").post(f"{room.home}/next-term", data=form)
    number = int(answer.location.rsplit("/", 1)[1])
    with app.app_context():
        assert membership_of(number, cast.colleague.id) is None
        assert (list(stages_of(number)), groups_of(number)) == ([], [])
        assert db.session.query(Topic).filter_by(workshop_id=number).count() == 0
