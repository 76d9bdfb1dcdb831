"""What a bulletin proposes by itself: photos of activities, excellent plans; and reminding those who have not read it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.lessonplans import make_plan
from tests.support.preparations import bring_to
from tests.support.workshops import make_activity, make_bulletin, make_post, make_topic, make_workshop, opener
from tests.workshops.stage import FETCH, picture
from yanxiu.core import clock
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.storage import keep_file, receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import PlanSnapshot
from yanxiu.lessonplans.services import save_revision
from yanxiu.notifications.models import Notification
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.models import Bulletin, Right, Role, WorkshopMember, WorkshopPicture
from yanxiu.workshops.queries import attention
from yanxiu.workshops.queries.activity_photos import photos_of
from yanxiu.workshops.services import bulletins, records, topics
from yanxiu.workshops.services.bulletins import Masthead, Written
from yanxiu.workshops.services.debates import DebateDetails
from yanxiu.workshops.services.kinds import Shape, shape_topic


@pytest.fixture
def room(cast, ctx):
    """A workshop whose activity, three days ago, was about a topic in which somebody answered with a photo."""

    class Room:
        people = {key: cast.user(key) for key in cast.people}

    leader, teacher = Room.people["leader"], Room.people["teacher"]
    photo = receive_file(picture(), "现场.png", "image/png")
    notes = receive_file(picture(), "笔记.docx", "application/msword")
    with clock.frozen(now() - timedelta(days=20)), unit_of_work():
        Room.workshop = make_workshop(leader, [teacher, Room.people["colleague"]])
        Room.topic = make_topic(leader, Room.workshop, "第二次备课")
    with clock.frozen(now() - timedelta(days=3)), unit_of_work():
        Room.shown, Room.thought = shown(Room.workshop, leader), shown(Room.workshop, teacher)
        Room.activity = make_activity(
            leader,
            Room.workshop,
            starts_at=now() + timedelta(hours=1),
            html=f'<p>看一看</p><img src="{Room.shown}">',
            about_kind="topic",
            about_id=Room.topic.id,
            about_title=Room.topic.title,
        )
        make_post(teacher, Room.topic, files=[(photo, None), (notes, None)])
    with clock.frozen(now() - timedelta(days=2)), unit_of_work():
        records.hand_in_reflection(teacher, Room.activity, f'<p>想了很多</p><img src="{Room.thought}">')
    return Room


def shown(workshop, user):
    """The address of a new picture of a workshop."""
    found = WorkshopPicture(
        workshop_id=workshop.id, file_id=keep_file(receive_file(picture(), "图.png", "image/png"), user.id).id
    )
    db.session.add(found)
    db.session.flush()
    return f"/workshops/{workshop.id}/pictures/{found.id}"


def column(bulletin, kind):
    return next(found for found in bulletin.sections if found.kind == kind)


def test_photos_of_activities_are_proposed_and_those_only_the_team_saw_are_left_to_people(room, client_for):
    leader = room.people["leader"]
    with unit_of_work():
        found = make_bulletin(leader, room.workshop, days=7)
    photos = photos_of(room.workshop.id, [room.activity])
    assert [(photo.where, photo.private) for photo in photos] == [
        ("活动说明", False),
        ("李强", False),
        ("李强的反思", True),
    ]
    html = column(found, "activities").html
    assert [photo.address in html for photo in photos] == [True, True, False]
    count = select(func.count(WorkshopPicture.id))
    assert db.session.scalar(count) == 3, "the photo of the answer, and nothing that is no photo"
    client, here = client_for("leader"), f"/workshops/{room.workshop.id}/bulletins/{found.id}"
    written = client.get(f"{here}/edit").text
    assert all(f'data-photo="{photo.address}"' in written for photo in photos)
    helper = db.session.scalars(
        select(WorkshopMember).where(WorkshopMember.user_id == room.people["colleague"].id)
    ).one()
    with unit_of_work():
        helper.role, helper.rights = Role.FACILITATOR.value, Right.ANNOUNCE.value
    theirs = client_for("colleague").get(f"{here}/edit").text
    offered = [f'data-photo="{photo.address}"' in theirs for photo in photos]
    assert offered == [True, True, False], "a reflection is for those who read reflections"
    assert not bulletins.was_edited(column(found, "activities"))
    without = html.replace(f'src="{photos[0].address}"', f'src="{photos[2].address}"')
    with unit_of_work():
        bulletins.save_bulletin(
            leader, found, Masthead("简报"), [Written("activities", without, True, 1)], publish=True
        )
    assert bulletins.was_edited(column(found, "activities"))
    read = client_for("teacher").get(here).text
    assert photos[2].address in read
    assert photos[0].address not in read
    with unit_of_work():
        make_bulletin(leader, room.workshop, days=7)
    assert db.session.scalar(count) == 3, "a photo is taken in once"


def test_a_photo_sent_after_the_draft_was_begun_is_there_to_choose_and_a_debate_stays_sealed(room, client_for):
    leader, teacher = room.people["leader"], room.people["teacher"]
    late = receive_file(picture(), "合影.jpg", "image/jpeg")
    sealed = receive_file(picture(), "立场.png", "image/png")
    link = f'<p><a href="/workshops/{room.workshop.id}/activities/{room.activity.id}">活动</a></p>'
    with unit_of_work():
        found = make_bulletin(leader, room.workshop, days=7)
        make_post(teacher, make_topic(teacher, room.workshop, "拍了几张"), link, files=[(late, None)])
        debate = make_topic(leader, room.workshop, "要不要预习单")
        make_post(leader, debate, link, files=[(sealed, None)])
        shape_topic(leader, debate, Shape(kind="debate", debate=DebateDetails("要", "不要")))
    client = client_for("leader")
    written = client.get(f"/workshops/{room.workshop.id}/bulletins/{found.id}/edit").text
    assert written.count("data-photo=") == 4
    db.session.rollback()
    names = {picture.file.name for picture in db.session.scalars(select(WorkshopPicture))}
    assert "合影.jpg" in names
    assert "立场.png" not in names


def test_excellent_plans_are_told_by_who_has_them(room):
    leader, teacher = room.people["leader"], room.people["teacher"]
    with unit_of_work():
        card = {"visibility": "workshop", "workshop_id": room.workshop.id}
        named, final, plain = (make_plan(teacher, f"第{n}课", **card) for n in "一二三")
        hidden = make_plan(teacher, "自己的", **card)
        hidden.visibility = "private"
        for plan, title in ((final, "定稿"), (hidden, "定稿"), (plain, "二稿")):
            save_revision(teacher, plan, db.session.get(PlanSnapshot, plan.id).state, title)
        bring_to(teacher, agreed := make_plan(teacher, "第四课", **card), "final")
        bring_to(teacher, make_plan(teacher, "第五课", **card), "agreed")
        topic = make_topic(leader, room.workshop, "好教案", f'<p><a href="/lesson-plans/{named.id}">看</a></p>')
        topics.digest_topic(leader, topic, opener(topic), digest=True)
        found = make_bulletin(leader, room.workshop, days=7)
    html = column(found, "plans").html
    assert column(found, "plans").included
    assert f'<a href="/lesson-plans/{named.id}"' in html
    assert "第一课</a>——李强（青山镇中心小学），在精华帖或推优作业里被引用" in html
    assert "第二课</a>——李强（青山镇中心小学），这段时间定稿" in html
    assert f'<a href="/lesson-plans/{agreed.id}">第四课</a>——李强（青山镇中心小学），这段时间定稿' in html
    assert "第五课" not in html
    assert "第三课" not in html
    assert "自己的" not in html


def test_who_has_not_read_an_issue_is_reminded_once_a_day_and_only_while_it_is_published(room, client_for, work):
    leader = room.people["leader"]
    with unit_of_work():
        found = make_bulletin(leader, room.workshop, published=True)
    here = f"/workshops/{room.workshop.id}/bulletins/{found.id}"
    client_for("teacher").get(here)
    client = client_for("leader")
    assert "提醒还没打开这期简报的 1 位老师" in client.get(here).text
    assert "提醒还没打开" not in client_for("teacher").get(here).text
    form = {"matter": "bulletin", "item_id": str(found.id)}
    ask = f"/workshops/{room.workshop.id}/reminders"
    assert "周敏" in client.post(ask, data=form, headers=FETCH).get_json()["toast"]
    assert client.post(ask, data=form, headers=FETCH).status_code == 409
    assert "今天提醒过" in client.get(f"{here}?since=0").text
    with clock.frozen(now() + timedelta(hours=12)):
        work()
    db.session.rollback()
    kind = select(Notification.user_id).where(Notification.kind == "nudge_bulletin")
    assert db.session.scalars(kind).all() == [room.people["colleague"].id]
    with unit_of_work():
        bulletins.withdraw_bulletin(leader, db.session.get(Bulletin, found.id))
    assert attention.concerned(room.workshop.id, Matter.BULLETIN, found.id) == []


def test_drafts_go_on_after_the_first_page(room, client_for):
    leader, day = room.people["leader"], now().date()
    with unit_of_work():
        for number in range(23):
            about = {"author_id": leader.id, "masthead": f"简报 {number}", "client_uuid": str(uuid.uuid4())}
            db.session.add(Bulletin(workshop_id=room.workshop.id, first_on=day, last_on=day, **about))
    client, here = client_for("leader"), f"/workshops/{room.workshop.id}/bulletins"
    first = client.get(here).text
    more = first.split('data-load-more="drafts-list"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    rest = client.get(more).text
    assert (first.count('id="bulletin-'), rest.count('id="bulletin-')) == (20, 3)
