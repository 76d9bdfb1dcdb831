"""Replies that a topic asks for: in 学情, in the three-minute list, among what one has to do, and in reminders."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.support.workshops import make_post, make_topic
from tests.workshops.stage import FETCH, Room, page
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.models import Topic, Workshop
from yanxiu.workshops.periods import period_of
from yanxiu.workshops.queries import attention
from yanxiu.workshops.queries.insights import insights_of
from yanxiu.workshops.queries.reply_attention import topics_waiting_for
from yanxiu.workshops.services.requirements import Asked, require_of_members

WEDNESDAY = datetime(2026, 10, 14, 12, 0, tzinfo=LOCAL_ZONE)
ASKED = Asked(posts=1, answers=1, post_points=6, answer_points=4, due_at=WEDNESDAY + timedelta(days=1))


@pytest.fixture
def asked(app, cast):
    """The topic asks for two replies until tomorrow noon; the teacher has done both, the colleague one."""
    with clock.frozen(WEDNESDAY - timedelta(days=3)):
        room = Room(app, cast, answers=0)
        with app.app_context(), unit_of_work():
            topic = db.session.get(Topic, room.t)
            require_of_members(cast.user("leader"), topic, ASKED)
            first = make_post(cast.user("colleague"), topic, "<p>从人物讲起</p>")
            make_post(cast.user("teacher"), topic, "<p>从时间讲起</p>")
            make_post(cast.user("teacher"), topic, "<p>我也这样想</p>", parent=first)
    return room


def told(kind: str) -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_what_was_due_is_counted_for_everybody_and_opens_its_rows(app, cast, client_for, asked):
    leader, rows = client_for("leader"), f"{asked.home}/insights/rows?figure=replies"
    with clock.frozen(WEDNESDAY), app.app_context():
        assert insights_of(asked.w, period_of({})).whole().replies_asked == 0, "not due yet"
    with clock.frozen(WEDNESDAY + timedelta(days=2)):
        with app.app_context():
            found = {line.seat.user_id: line for line in insights_of(asked.w, period_of({})).lines}
        done, open_ = found[cast.teacher.id], found[cast.colleague.id]
        assert (done.replies, done.replies_asked, done.points, done.points_asked) == (1, 1, 10, 10)
        assert (open_.replies, open_.replies_asked, open_.points, open_.points_asked) == (0, 1, 6, 10)
        assert found[cast.leader.id].replies_asked == 0, "who leads is not asked"
        text = page(leader, rows)
        assert re.findall(r'id="asked-\d+-(\d+)"', text) == [str(cast.colleague.id), str(cast.teacher.id)]
        assert "还差 1 条回应" in text
        own = page(leader, f"{rows}&member={cast.teacher.id}")
        assert re.findall(r'id="asked-\d+-(\d+)"', own) == [str(cast.teacher.id)]
        lines = page(leader, f"{asked.home}/insights")
        assert f"figure=replies&amp;member={cast.colleague.id}" in lines, "a zero with something asked opens its rows"
        assert "回帖要求该做到 2 个，做到 1 个（50%）" in page(leader, f"{asked.home}/insights/report")


def test_nobody_falls_through(app, cast, client_for, asked, work):
    leader, colleague = client_for("leader"), client_for("colleague")
    with clock.frozen(WEDNESDAY):
        line = "回帖要求明天到期，1 位老师还没做到"
        assert line in page(leader, asked.home)
        assert line in page(leader, "/")
        assert "回帖：" in page(colleague, "/")
        assert "回帖：" not in page(client_for("teacher"), asked.home)
        page(leader, f"{asked.topic}/progress?show=open")
        answer = leader.post(f"{asked.home}/reminders", data={"matter": "replies", "item_id": asked.t}, headers=FETCH)
        assert answer.json["toast"] == "已提醒周敏"
        work()
    with clock.frozen(WEDNESDAY + timedelta(minutes=1)):
        work()
    with app.app_context():
        assert told("nudge_replies") == told("replies_due") == {cast.colleague.id}
        with unit_of_work():
            topic = db.session.get(Topic, asked.t)
            make_post(cast.user("colleague"), topic, "<p>说得对</p>", parent=make_post(cast.user("teacher"), topic))
    with clock.frozen(WEDNESDAY):
        assert "回帖要求明天到期" not in page(leader, asked.home)
        assert "回帖：" not in page(colleague, asked.home)


def test_without_an_end_it_is_brought_up_after_a_week_and_the_list_stays_cheap(app, cast, count_queries):
    with clock.frozen(WEDNESDAY - timedelta(days=8)):
        room = Room(app, cast, answers=0)
    counts = []
    with app.app_context():
        leader = cast.user("leader")
        for number in (1, 9):
            with clock.frozen(WEDNESDAY - timedelta(days=8)), unit_of_work():
                for _ in range(number):
                    topic = make_topic(leader, db.session.get(Workshop, room.w))
                    require_of_members(leader, topic, Asked(posts=1))
            with clock.frozen(WEDNESDAY - timedelta(days=3)):
                assert "replies" not in {line.matter for line in attention.things_due([room.w])}
            with clock.frozen(WEDNESDAY), count_queries() as seen:
                due = [line for line in attention.things_due([room.w]) if line.matter == "replies"]
                insights_of(room.w, period_of({}))
                topics_waiting_for(cast.teacher.id)
            counts.append(seen.count)
        assert {(line.count, line.note) for line in due} == {(2, "提出 8 天")}
        assert (len(due), counts[0]) == (10, counts[1])


def test_once_somebody_has_begun_it_only_becomes_easier(app, cast, asked):
    harder = {
        "asked_posts": Asked(posts=2, answers=1, post_points=6, answer_points=4, due_at=ASKED.due_at),
        "min_length": Asked(posts=1, answers=1, min_length=9, post_points=6, answer_points=4, due_at=ASKED.due_at),
        "post_points": Asked(posts=1, answers=1, post_points=5, answer_points=4, due_at=ASKED.due_at),
        "asked_due": Asked(
            posts=1, answers=1, post_points=6, answer_points=4, due_at=ASKED.due_at - timedelta(hours=2)
        ),
    }
    with clock.frozen(WEDNESDAY), app.app_context():
        leader, topic = cast.user("leader"), db.session.get(Topic, asked.t)
        for field, wanted in harder.items():
            with unit_of_work(), pytest.raises(InvalidError, match="已有老师按原来的要求回复") as refused:
                require_of_members(leader, topic, wanted)
            assert refused.value.field == field
        later = ASKED.due_at + timedelta(days=3)
        with unit_of_work():
            require_of_members(leader, topic, Asked(posts=1, post_points=8, due_at=later))
        assert attention.concerned(asked.w, attention.Matter.REPLIES, asked.t) == []
