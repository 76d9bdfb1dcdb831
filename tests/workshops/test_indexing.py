"""What search may know: the documents, and that their principals say the same as the query for a page of hits."""

from datetime import timedelta

import pytest

from tests.support.workshops import (
    make_activity,
    make_bulletin,
    make_item,
    make_post,
    make_stage,
    make_task,
    make_topic,
    make_work,
    make_workshop,
    opener,
)
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.search_queue import PUBLIC, SIGNED_IN, SearchOutbox, acl_county, acl_school, acl_user
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops import subscribers
from yanxiu.workshops.indexing import SOURCES, debate_principals, workshop_principals
from yanxiu.workshops.models import Right
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import posts, topics
from yanxiu.workshops.services.membership import add_member
from yanxiu.workshops.services.records import hand_in_reflection
from yanxiu.workshops.services.workshops import WorkshopDetails, change_workshop

pytestmark = pytest.mark.usefixtures("ctx")
BY_KIND = {source.kind: source for source in SOURCES}


@pytest.fixture
def world(cast, ctx):
    class World:
        people = {key: cast.user(key) for key in cast.people}

    with unit_of_work():
        World.hidden = make_workshop(World.people["leader"], [World.people["teacher"]])
        World.open = make_workshop(World.people["leader"], name="数学作业设计", join_mode="open")
        World.topic = make_topic(World.people["leader"], World.hidden, html="<p>借<b>箭</b>的导入</p>")
        World.post = make_post(World.people["teacher"], World.topic)
        World.activity = make_activity(World.people["leader"], World.hidden)
        World.task = make_task(World.people["leader"], World.hidden)
        World.work = make_work(World.people["teacher"], World.task)
        World.work.comment = "时间写得很准"
        World.past = make_activity(World.people["leader"], World.hidden, starts_at=now() - timedelta(hours=3))
        World.reflection = hand_in_reflection(World.people["teacher"], World.past, "<p>问题要少而真</p>")
        World.bulletin = make_bulletin(World.people["leader"], World.hidden, published=True)
        World.item = make_item(World.people["leader"], make_stage(World.people["leader"], World.hidden))
    return World


def principals_of(viewer):
    """Return the principals of a viewer as search computes them."""
    found = {PUBLIC, SIGNED_IN, acl_user(viewer.user_id), *workshop_principals(viewer)}
    found |= {*debate_principals(viewer)}
    found |= {acl_school(viewer.school_id), acl_county(viewer.county_id)}
    return found | {f"r{held.role}@{held.org_id}" for held in viewer.held}


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_principals_and_the_recheck_agree_for_everybody(world, cast, kind):
    source = BY_KIND[kind]
    documents = list(source.load(list(source.all_ids())))
    assert documents
    for key in cast.people:
        viewer = cast.viewer(key)
        by_principal = {d.object_id for d in documents if d.acl & principals_of(viewer)}
        assert by_principal == source.visible(viewer, [d.object_id for d in documents]), key


def test_the_inside_of_a_workshop_is_for_members_and_overseers(world, cast):
    seen = {key for key in cast.people if BY_KIND["topic"].visible(cast.viewer(key), [world.topic.id])}
    assert seen == {"leader", "teacher", "principal", "researcher", "admin"}


def test_what_is_said_about_a_work_and_a_reflection_is_for_few(world, cast):
    with unit_of_work():
        for key in ("colleague", "researcher", "villager"):
            add_member(world.hidden, cast.user(key).id, how="invitation")
        membership_of(world.hidden.id, cast.user("researcher").id).role = "mentor"
        helper = membership_of(world.hidden.id, cast.user("villager").id)
        helper.role, helper.rights = "facilitator", Right.MODERATE.value

    def readers(kind, number):
        return {key for key in cast.people if BY_KIND[kind].visible(cast.viewer(key), [number])}

    assert readers("work_comment", world.work.id) == {
        "leader",
        "teacher",
        "researcher",
        "villager",
        "principal",
        "admin",
    }
    # The researcher oversees the school too; a helper without the right does not read what others think.
    assert readers("reflection", world.reflection.id) == {"leader", "teacher", "researcher", "principal", "admin"}
    for kind in ("work_comment", "reflection"):
        test_principals_and_the_recheck_agree_for_everybody(world, cast, kind)
    (document,) = BY_KIND["work_comment"].load([world.work.id])
    assert (document.title, document.body) == (f"评语：{world.task.title}（李强）", "时间写得很准")


def test_a_topic_is_found_by_its_text_and_named_with_its_place(world):
    (document,) = BY_KIND["topic"].load([world.topic.id])
    assert (document.title, document.body, document.place) == (world.topic.title, "借箭的导入", world.hidden.name)
    assert document.url == f"/workshops/{world.hidden.id}/topics/{world.topic.id}"


def test_what_is_taken_back_is_no_document(world):
    with unit_of_work():
        posts.withdraw_post(world.people["teacher"], world.post)
    assert list(BY_KIND["post"].load([world.post.id])) == []
    assert list(BY_KIND["post"].all_ids()) == []
    with unit_of_work():
        topics.delete_topic(world.people["leader"], world.topic)
    assert list(BY_KIND["topic"].load([world.topic.id])) == []


def test_the_opener_is_found_as_its_topic_only(world):
    assert list(BY_KIND["post"].load([opener(world.topic).id])) == []


def queued():
    rows = db.session.scalars(db.select(SearchOutbox).order_by(SearchOutbox.id)).all()
    found = [(row.kind, row.object_id, row.urgent) for row in rows]
    with unit_of_work():
        db.session.execute(db.delete(SearchOutbox))
    return found


def test_every_change_reaches_the_queue_in_its_own_transaction(world):
    queued()
    teacher, leader = world.people["teacher"], world.people["leader"]
    with unit_of_work():
        posts.edit_post(teacher, world.post, "<p>改过</p>")
    assert queued() == [("post", world.post.id, False)]
    with unit_of_work():
        posts.edit_post(leader, opener(world.topic), "<p>改过正文</p>")
    assert queued() == [("topic", world.topic.id, False)]
    with unit_of_work():
        posts.withdraw_post(teacher, world.post)
    assert queued() == [("post", world.post.id, True)]
    with unit_of_work():
        topics.delete_topic(leader, world.topic)
    assert queued() == [("topic", world.topic.id, True), ("post", world.post.id, True)]


def test_a_new_title_reaches_the_answers_below_it(world, work):
    topic, first = world.topic, opener(world.topic)
    renamed, answer = ("topic", topic.id, False), ("post", world.post.id, False)
    queued()
    with unit_of_work():
        topics.pin_topic(world.people["leader"], topic, first, pinned=True)
    work()
    assert queued() == [renamed]
    with unit_of_work():
        topics.edit_topic(world.people["leader"], topic, first, "换了题目", first.html)
    assert queued() == [renamed]
    work()
    assert queued() == [answer]
    assert next(iter(BY_KIND["post"].load([answer[1]]))).title == "回复：换了题目"


def test_a_workshop_of_another_subject_takes_all_that_was_said_in_it_along(world, work, monkeypatch):
    monkeypatch.setattr(subscribers, "AT_ONCE", 2)
    hidden, leader, teacher = world.hidden, world.people["leader"], world.people["teacher"]
    with unit_of_work():
        others = [make_topic(leader, hidden, f"话题{n}") for n in range(3)]
        answers = [world.post, *(make_post(teacher, world.topic) for _ in range(4))]
    details = {"name": hidden.name, "subject": "数学", "stage": hidden.stage, "term": hidden.term}
    queued()
    with unit_of_work():
        change_workshop(leader, hidden, WorkshopDetails(**details))
    plain = [("workshop", hidden.id, True)]
    assert queued() == plain
    wanted = {("topic", topic.id, False) for topic in (world.topic, *others)}
    wanted |= {("post", post.id, False) for post in answers} | {("activity", world.activity.id, False)}
    wanted |= {
        ("task", world.task.id, False),
        ("bulletin", world.bulletin.id, False),
        ("term_item", world.item.id, False),
        ("activity", world.past.id, False),
        ("work_comment", world.work.id, False),
        ("reflection", world.reflection.id, False),
    }
    db.session.rollback()
    work()
    assert set(queued()) == wanted
    with unit_of_work():
        change_workshop(leader, hidden, WorkshopDetails(**details, theme="只换了主题"))
    work()
    assert queued() == plain


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_loading_many_costs_as_many_queries_as_loading_one(world, count_queries, kind):
    with unit_of_work():
        for number in range(12):
            other = make_workshop(world.people["leader"], name=f"工作坊{number}")
            make_post(world.people["leader"], make_topic(world.people["leader"], other))
    source = BY_KIND[kind]
    ids = list(source.all_ids())
    counts = []
    for wanted in (ids[:1], ids):
        db.session.expire_all()
        with count_queries() as seen:
            assert len(list(source.load(wanted))) == len(wanted)
        counts.append(seen.count)
    assert counts[1] <= counts[0] + 1
