"""The three-minute list, who has opened an announcement, and reminders that wait for the morning."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.support.workshops import make_post, make_topic, make_workshop, opener
from tests.workshops.stage import FETCH, Room, page
from yanxiu.accounts.models import User
from yanxiu.accounts.quiet import end_of_quiet
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.models import Post, Topic, Workshop, WorkshopMember, WorkshopVisit
from yanxiu.workshops.queries import announcements, attention
from yanxiu.workshops.services import nudges, posts, topics

NOON = datetime(2026, 10, 14, 12, 0, tzinfo=LOCAL_ZONE)
NIGHT = NOON.replace(hour=22)


@pytest.fixture
def pinned(app, cast, room):
    """The topic of the room is an announcement that nobody but its author has opened."""
    with app.app_context(), unit_of_work():
        topic = db.session.get(Topic, room.t)
        topics.pin_topic(cast.user("leader"), topic, opener(topic), pinned=True)
        posts.withdraw_post(cast.user("teacher"), db.session.get(Post, room.p))
        db.session.execute(update(db.Model.metadata.tables["topic_visit"]).values(opened_at=None))
    return room


def told(kind: str) -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def test_opening_is_noted_and_marking_all_read_is_not_opening(app, client_for, cast, pinned):
    url = f"{pinned.topic}/readers"
    client_for("colleague").post(f"{pinned.home}/topics/visits")
    assert 'data-seen-number="0"' in page(client_for("colleague"), pinned.topic)
    assert "周敏" in page(client_for("leader"), url)
    client_for("colleague").post(f"{pinned.topic}/visit", data={"number": "1"}, headers=FETCH)
    unread, read = page(client_for("leader"), url), page(client_for("leader"), f"{url}?show=read")
    assert f'id="reader-{cast.colleague.id}"' not in unread
    assert f'id="reader-{cast.colleague.id}"' in read
    assert f'id="reader-{cast.teacher.id}"' in unread
    assert f'id="reader-{cast.leader.id}"' not in unread + read
    assert "1/2 人打开过" in page(client_for("leader"), pinned.home)
    assert "人打开过" not in page(client_for("teacher"), pinned.home)


def test_the_parts_of_a_workshop_add_up_to_the_whole(app, cast, pinned):
    with app.app_context():
        topic = db.session.get(Topic, pinned.t)
        whole = announcements.reach_of([pinned.t])[pinned.t]
        assert sum(part.reach.total for part in announcements.reach_by_school(topic)) == whole.total == 2
        assert announcements.reach_by_group(topic) == []


def test_everybody_hears_of_an_announcement_once(app, cast, pinned, work):
    work()
    with app.app_context():
        assert told("announcement") == {cast.teacher.id, cast.colleague.id}
        with unit_of_work():
            topic = db.session.get(Topic, pinned.t)
            for on in (False, True):
                topics.pin_topic(cast.user("leader"), topic, opener(topic), pinned=on)
    work()
    with app.app_context():
        kinds = select(Notification.count).where(Notification.kind == "announcement")
        assert list(db.session.scalars(kinds)) == [1, 1]


@pytest.mark.parametrize(
    ("hours", "hour", "end"),
    [
        ((21, 7), 22, 31),
        ((21, 7), 6, 7),
        ((21, 7), 21, 31),
        ((21, 7), 7, None),
        ((12, 14), 13, 14),
        ((12, 14), 14, None),
        ((0, 0), 0, None),
    ],
)
def test_quiet_hours_end_when_they_say(hours, hour, end):
    moment = NOON.replace(hour=hour, minute=30 if end else 0)
    expected = NOON.replace(hour=0) + timedelta(hours=end) if end else None
    assert end_of_quiet(*hours, moment) == expected


def test_a_reminder_waits_for_the_morning_and_only_for_those_who_still_need_it(app, client_for, cast, pinned, work):
    with app.app_context(), unit_of_work():
        cast.user("colleague").quiet_from = cast.user("colleague").quiet_until = 0
    with clock.frozen(NIGHT):
        answer = remind(client_for("leader"), pinned)
        assert answer.json["toast"] == "已提醒周敏；李强在休息时段，明天 07:00 以后送到"
        assert "今天提醒过" in page(client_for("leader"), pinned.home)
    with clock.frozen(NIGHT + timedelta(minutes=1)):
        work()
        with app.app_context():
            assert told("nudge_announcement") == {cast.colleague.id}
        client_for("teacher").post(f"{pinned.topic}/visit", data={"number": "1"}, headers=FETCH)
    with clock.frozen(NIGHT + timedelta(hours=10)):
        work()
        with app.app_context():
            assert told("nudge_announcement") == {cast.colleague.id}


def remind(client, room, matter="announcement", item_id=None):
    form = {"matter": matter, "item_id": str(room.t if item_id is None else item_id)}
    return client.post(f"{room.home}/reminders", data=form, headers=FETCH)


def test_nobody_is_reminded_twice_a_day_of_one_thing(app, client_for, cast, pinned, work):
    with clock.frozen(NOON):
        assert remind(client_for("leader"), pinned).json["toast"] == "已提醒李强、周敏"
        again = remind(client_for("leader"), pinned)
        assert (again.status_code, again.json["message"]) == (409, "今天已经提醒过了，同一件事一天只提醒一次")
    with clock.frozen(NOON + timedelta(days=1)):
        assert remind(client_for("leader"), pinned).status_code == 200
        work()
    with clock.frozen(NOON + timedelta(days=1, minutes=1)):
        work()
        with app.app_context():
            assert told("nudge_announcement") == {cast.teacher.id, cast.colleague.id}


def test_a_reminder_can_be_taken_back_until_it_has_left(app, client_for, pinned, work):
    leader = client_for("leader")
    with clock.frozen(NOON):
        undo = remind(leader, pinned).json["undo"]["url"]
        work()
        assert leader.post(undo, headers=FETCH).json["toast"] == "提醒已撤销"
        assert leader.post(undo, headers=FETCH).json["message"] == "这次提醒已经撤销了"
        undo = remind(leader, pinned).json["undo"]["url"]
    with clock.frozen(NOON + timedelta(minutes=1)):
        work()
        assert leader.post(undo, headers=FETCH).json["message"] == "提醒已经送到，收不回来了"
        with app.app_context():
            assert len(told("nudge_announcement")) == 2


def test_the_list_names_what_waits_and_leads_to_it(app, client_for, cast, room):
    with app.app_context(), unit_of_work():
        long_ago = clock.now() - timedelta(days=20)
        db.session.execute(update(WorkshopMember).values(joined_at=long_ago))
        db.session.execute(update(Post).values(created_at=long_ago))
        db.session.execute(update(Topic).values(created_at=long_ago))
        workshop = db.session.get(Workshop, room.w)
        make_topic(cast.user("leader"), workshop, "刚发的")
        waiting = make_topic(cast.user("leader"), workshop, "等了很久的")
        waiting.created_at = clock.now() - timedelta(hours=49)
        make_post(cast.user("leader"), waiting, "<p>自己顶一下</p>")
    page(client_for("teacher"), room.home)
    text = page(client_for("leader"), room.home)
    lines = re.sub(r"<[^>]+>|\s+", " ", text)
    assert "1 个话题超过 48 小时没有别的老师回复" in lines
    assert "1 位老师 14 天没来过" in lines
    assert "1 位老师来过，但 14 天没有发言或交作业" in lines
    assert "三分钟清单" not in page(client_for("teacher"), room.home)
    assert "等了很久的" in page(client_for("leader"), f"{room.home}/topics?sort=unanswered")
    desk = page(client_for("leader"), "/")
    assert "1 位老师 14 天没来过" in desk
    with app.app_context():
        assert attention.concerned(room.w, Matter.AWAY, 0) == [cast.colleague.id]
        assert attention.concerned(room.w, Matter.SILENT, 0) == [cast.teacher.id]


def test_a_visit_counts_once_a_day_and_only_for_members(app, client_for, cast, room):
    for who in ("teacher", "teacher", "principal"):
        page(client_for(who), room.home)
    with app.app_context():
        rows = db.session.execute(select(WorkshopVisit.user_id, WorkshopVisit.day)).all()
        assert [tuple(row) for row in rows] == [(cast.teacher.id, clock.today())]


def test_an_announcement_of_another_workshop_reminds_nobody(app, cast, room):
    other = Room(app, cast, name="另一个")
    with app.app_context(), unit_of_work():
        assert db.session.scalar(select(User.quiet_from).limit(1)) == 21
        with pytest.raises(ConflictError):
            nudges.remind_members(cast.user("leader"), db.session.get(Workshop, room.w), Matter.ANNOUNCEMENT, other.t)


@pytest.mark.once
def test_the_list_costs_the_same_with_one_announcement_and_with_five(app, cast, client_for, count_queries):
    costs = []
    for number in (1, 5):
        room = Room(app, cast, answers=0, name=f"第{number}坊")
        with app.app_context(), unit_of_work():
            workshop = db.session.get(Workshop, room.w)
            for n in range(number):
                topic = make_topic(cast.user("leader"), workshop, f"公告{n}")
                topics.pin_topic(cast.user("leader"), topic, opener(topic), pinned=True)
            last = topic.id
        client = client_for("leader")
        page(client, room.home)
        with count_queries() as seen:
            page(client, room.home)
            page(client, f"{room.home}/topics/{last}/readers")
        costs.append(seen.count)
    assert costs[0] == costs[1]


def test_a_new_workshop_is_told_only_what_is_so(app, client_for, cast):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [], name="刚办的")
        number = workshop.id
    home = f"/workshops/{number}"
    text = page(client_for("leader"), home)
    assert "现在没有要处理的事。" in text
    assert not re.search("话题都有人回|公告都打开过|天内都来过", text)
    with app.app_context(), unit_of_work():
        topic = make_topic(cast.user("leader"), db.session.get(Workshop, number), "公告")
        topics.pin_topic(cast.user("leader"), topic, opener(topic), pinned=True)
    assert "现在没有要处理的事：公告都打开过。" in page(client_for("leader"), home)
