"""Everybody chooses what to hear of; what waits for a decision is always told."""

from __future__ import annotations

from sqlalchemy import select

from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.catalog import KINDS, kinds_by_group
from yanxiu.notifications.choices import choose_kinds, mute, unmute
from yanxiu.notifications.models import Notification
from yanxiu.workshops.services import membership
from yanxiu.workshops.services.posts import like_post


def kinds_told(user_id: int) -> list[str]:
    told = select(Notification.kind).where(Notification.user_id == user_id).order_by(Notification.id)
    return list(db.session.scalars(told))


def test_every_kind_is_offered_once():
    offered = [kind for kinds in kinds_by_group().values() for kind in kinds]
    assert sorted(offered) == sorted(KINDS)


def test_what_is_switched_off_is_not_told_but_what_waits_for_a_decision_is(ctx, cast):
    with unit_of_work():
        choose_kinds(cast.user("teacher"), {"like"})
    with unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        topic = make_topic(teacher, make_workshop(leader, [teacher]))
        like_post(leader, make_post(teacher, topic))
        make_post(leader, topic)
        membership.invite_person(leader, make_workshop(leader, name="另一个"), teacher)
    assert kinds_told(cast.teacher.id) == ["invitation", "like"]


def test_a_muted_topic_speaks_up_only_by_name(ctx, cast):
    with unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        topic = make_topic(teacher, make_workshop(leader, [teacher]))
        number, named = topic.id, f'<p><a data-user="{teacher.id}" href="/people/{teacher.id}">@李强</a> 请看</p>'
        mute(teacher, f"topic:{number}", topic.title, "/")
        mute(teacher, f"topic:{number}", topic.title, "/")
        make_post(leader, topic)
        make_post(leader, topic, named)
    assert "reply" not in kinds_told(cast.teacher.id)
    with unit_of_work():
        unmute(cast.user("teacher"), f"topic:{number}")
        make_post(cast.user("leader"), topic, "<p>又一条</p>")
    assert "reply" in kinds_told(cast.teacher.id)


def test_the_page_keeps_what_was_chosen(app, client_for, cast):
    client = client_for("teacher")
    form = {"kinds": ["like", "reply"], "quiet_from": "22", "quiet_until": "6"}
    assert client.post("/settings/notifications", data=form).status_code == 302
    text = client.get("/settings/notifications").text
    assert 'value="like" checked>' in text
    assert 'value="digest">' in text
    assert 'value="invitation" checked disabled>' in text
    wrong = client.post("/settings/notifications", data=form | {"quiet_from": "24", "kinds": ["nonsense"]})
    assert wrong.status_code == 422
    with app.app_context():
        assert (cast.user("teacher").quiet_from, cast.user("teacher").quiet_until) == (22, 6)


def test_a_topic_is_muted_from_its_page_and_heard_again_from_the_settings(app, client_for, cast):
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        topic = make_topic(leader, make_workshop(leader, [cast.user("teacher")]), "板书怎么设计")
        url, door = f"/workshops/{topic.workshop_id}/topics/{topic.id}", f"/notifications/muted/topics/{topic.id}"
    client = client_for("teacher")
    assert "免打扰" in client.get(url).text
    client.post(door, data={"on": "1"})
    assert "已免打扰" in client.get(url).text
    assert "板书怎么设计" in client.get("/settings/notifications").text
    client.post(door, data={"on": "0"})
    assert "板书怎么设计" not in client.get("/settings/notifications").text
