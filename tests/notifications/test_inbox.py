"""What reaches an inbox, how it is grouped, and what reading does."""

from __future__ import annotations

import re

from sqlalchemy import select

from tests.support.notifications import tell
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.catalog import KINDS, sentence
from yanxiu.notifications.models import Notification
from yanxiu.notifications.queries import unread_count, unread_places
from yanxiu.notifications.services import Message, mark_all_read, notify
from yanxiu.workshops.services import membership


def inbox(user_id: int) -> list[Notification]:
    return list(
        db.session.scalars(select(Notification).where(Notification.user_id == user_id).order_by(Notification.id))
    )


def test_an_answer_is_told_to_those_it_answers_and_not_to_its_author(ctx, cast):
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    with unit_of_work():
        workshop = make_workshop(leader, [teacher, colleague])
        topic = make_topic(teacher, workshop)
        make_post(colleague, topic)
        make_post(teacher, topic)
    assert [(item.kind, item.headline) for item in inbox(teacher.id)] == [("reply", topic.title)]
    assert inbox(colleague.id) == []
    assert inbox(teacher.id)[0].url.startswith(f"/workshops/{workshop.id}/topics/{topic.id}")


def test_who_left_the_workshop_hears_nothing_of_what_is_said_inside(ctx, cast):
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    with unit_of_work():
        workshop = make_workshop(leader, [teacher, colleague])
        topic = make_topic(teacher, workshop)
    with unit_of_work():
        membership.leave_workshop(db.session.merge(teacher), db.session.merge(workshop))
    with unit_of_work():
        make_post(db.session.merge(colleague), db.session.merge(topic))
    assert [item for item in inbox(teacher.id) if item.kind == "reply"] == []


def test_the_same_about_the_same_is_told_once_until_it_is_read(ctx, cast):
    first = tell(cast.teacher.id, cast.leader.id)
    assert tell(cast.teacher.id, cast.colleague.id) == first
    message = db.session.get(Notification, first)
    assert (message.count, message.actor_id) == (2, cast.colleague.id)
    assert sentence("reply", "周敏", 2) == "周敏等回复了您 2 次"
    with unit_of_work():
        mark_all_read(cast.user("teacher"), message.at)
    assert tell(cast.teacher.id, cast.leader.id) != first


def test_reading_all_leaves_what_came_after_the_page_was_loaded(ctx, cast):
    seen = tell(cast.teacher.id, cast.leader.id, number=1)
    tell(cast.teacher.id, cast.leader.id, number=2)
    with unit_of_work():
        assert mark_all_read(cast.user("teacher"), db.session.get(Notification, seen).at) == 1
    assert unread_count(cast.teacher.id) == 1


def test_what_happens_again_after_the_page_was_loaded_stays_unread(app, client_for, cast):
    with app.app_context():
        first = tell(cast.teacher.id, cast.leader.id)
        tell(cast.teacher.id, cast.leader.id, number=2)
    client = client_for("teacher")
    until = re.search(r'name="until" value="(\d+)"', client.get("/notifications").text)[1]
    with app.app_context():
        assert tell(cast.teacher.id, cast.colleague.id) == first
    client.post("/notifications/reading", data={"until": until})
    with app.app_context():
        unread = [message.id for message in inbox(cast.teacher.id) if message.read_at is None]
    assert unread == [first]
    until = re.search(r'name="until" value="(\d+)"', client.get("/notifications").text)[1]
    client.post("/notifications/reading", data={"until": until})
    assert client.get("/notifications/count").json["unread"] == 0


def test_nobody_can_mark_the_messages_of_another(client_for, app, cast):
    with app.app_context():
        message = tell(cast.teacher.id, cast.leader.id)
    assert client_for("leader").post("/notifications/reading", data={"until": 2**52}).status_code == 302
    assert client_for("leader").post(f"/notifications/{message}/reading").status_code == 404
    assert client_for("teacher").get("/notifications/count").json["unread"] == 1


def test_unread_messages_stand_under_their_places_the_newest_place_first(ctx, cast):
    for number, place in ((1, 1), (2, 2), (3, 1)):
        tell(cast.teacher.id, cast.leader.id, number=number, place=place)
    places = unread_places(cast.teacher.id)
    assert [(place.name, len(place.messages)) for place in places] == [("工作坊1", 2), ("工作坊2", 1)]


def test_every_message_raises_the_number_of_ones_own_live_topic(ctx, cast):
    before = current_seq(f"user:{cast.teacher.id}")
    tell(cast.teacher.id, cast.leader.id)
    assert current_seq(f"user:{cast.teacher.id}") == before + 1


def test_one_does_not_tell_oneself(ctx, cast):
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher")])
        topic = make_topic(cast.user("teacher"), workshop)
        make_post(cast.user("teacher"), topic)
    assert [item.kind for item in inbox(cast.teacher.id) if item.kind == "reply"] == []


def test_the_page_takes_the_same_queries_for_one_message_and_for_many(app, cast, client_for, count_queries):
    client = client_for("teacher")
    with app.app_context():
        for number in range(2):
            tell(cast.teacher.id, cast.leader.id, number=number)
    client.get("/notifications")
    with count_queries() as few:
        client.get("/notifications")
    with app.app_context():
        for number in range(2, 40):
            tell(cast.teacher.id, cast.colleague.id if number % 2 else cast.leader.id, number=number, place=number)
    with count_queries() as many:
        client.get("/notifications")
    assert many.count == few.count <= 12


def test_every_kind_has_words():
    for kind, wording in KINDS.items():
        assert len(kind) <= 24
        assert "{" not in sentence(kind, "王丽", 1) + sentence(kind, "王丽", 3)
        assert wording.icon


def test_hostile_numbers_are_refused(client_for):
    client = client_for("teacher")
    for until in ("", "-1", "abc", "9" * 30, "1e9"):
        assert client.post("/notifications/reading", data={"until": until}).status_code == 422
    assert client.get("/notifications?cursor=%00%ff").status_code == 422


def test_a_whole_workshop_is_told_at_the_end_of_the_transaction_and_counted_up_when_told_again(
    ctx, cast, count_queries
):
    people = [person.id for person in cast.people.values()]
    message = Message("reply", None, "工作坊", "/workshops/1", "话题", "/workshops/1/topics/1", "topic:1")
    for told_before in (0, 1):
        with unit_of_work(), count_queries() as seen:
            notify(people, message)
            assert seen.count == 0, "inboxes are written last, when all is known"
        with unit_of_work():
            rows = db.session.execute(select(Notification.user_id, Notification.count).order_by(Notification.user_id))
            assert [tuple(row) for row in rows] == [(user_id, 1 + told_before) for user_id in sorted(people)]
            numbers = [current_seq(f"user:{user_id}") for user_id in people]
            assert set(numbers) == {1 + told_before}


def test_telling_many_costs_as_many_statements_as_telling_one(ctx, cast, count_queries):
    people, costs = [person.id for person in cast.people.values()], []
    for number, told in enumerate((people[:1], people)):
        message = Message("reply", None, "工作坊", "/workshops/1", "话题", "/workshops/1/topics/1", f"topic:{number}")
        with count_queries() as seen, unit_of_work():
            notify(told, message)
        costs.append(seen.count)
    assert costs[0] == costs[1]
