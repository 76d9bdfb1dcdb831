"""Undoing a merger, a split and a move within a day: everything stands as before, and what was written meanwhile is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.workshops import make_item, make_post, make_stage, make_topic, make_workshop, opener
from tests.workshops.stage import FETCH, Room, page
from tests.workshops.test_relocations import counted
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import (
    AcceptedAnswer,
    Post,
    TermItem,
    Topic,
    TopicKind,
    TopicRelocation,
    TopicRequirement,
    TopicVisit,
)
from yanxiu.workshops.queries import relocations as reads
from yanxiu.workshops.services import posts, relocations, requirements, topics, undoing
from yanxiu.workshops.services.answers import accept_answer
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.requirements import Asked, require_of_members
from yanxiu.workshops.services.reshaping import reshape_topic


@pytest.fixture
def talk(cast, ctx):
    """Two topics with posts said in turns and an answer below an answered post."""

    class Talk:
        people = {key: cast.user(key) for key in cast.people}

    leader, teacher, colleague = (Talk.people[key] for key in ("leader", "teacher", "colleague"))
    with unit_of_work():
        Talk.workshop = make_workshop(leader, [teacher, colleague])
        Talk.first = make_topic(leader, Talk.workshop, "导入", "<p>一</p>")
        Talk.a = make_post(teacher, Talk.first, "<p>二</p>")
        Talk.second = make_topic(colleague, Talk.workshop, "导入怎么做", "<p>三</p>")
        Talk.b = make_post(colleague, Talk.first, "<p>四</p>", parent=Talk.a)
        Talk.opener_id = opener(Talk.second).id
        Talk.c = make_post(teacher, Talk.second, "<p>五</p>")
    return Talk


def shape(topic):
    return [(post.id, post.number, post.parent_id) for post in counted(topic)]


def undo(talk, step):
    return undoing.undo_step(talk.people["leader"], reads.find_step(step.target_id, step.id), talk.workshop)


def last_step():
    return db.session.scalars(select(TopicRelocation).order_by(TopicRelocation.id.desc())).first()


def reminded():
    jobs = db.session.scalars(select(Job).where(Job.kind == requirements.REMINDER))
    return {job.payload["topic_id"] for job in jobs}


def seen(topic):
    rows = db.session.execute(
        select(TopicVisit.user_id, TopicVisit.last_seen_number).where(TopicVisit.topic_id == topic.id)
    )
    return {row.user_id: row.last_seen_number for row in rows}


def test_a_merger_is_undone_and_answers_written_since_stay_with_what_they_answer(talk):
    leader, teacher = talk.people["leader"], talk.people["teacher"]
    with unit_of_work():
        shape_topic(talk.people["colleague"], talk.second, Shape(kind=TopicKind.QUESTION.value))
        accept_answer(leader, talk.c)
        require_of_members(leader, talk.second, Asked(posts=1))
        db.session.get(TopicRequirement, talk.second.id).due_at = clock.now() + timedelta(days=9)
        item = make_item(leader, make_stage(leader, talk.workshop), kind="topic", target_id=talk.second.id)
    before, read = (shape(talk.first), shape(talk.second)), seen(talk.second)
    with unit_of_work():
        kept = relocations.merge_topics(leader, talk.first, talk.second)
    assert (kept.id, kept.kind) == (talk.first.id, "question")
    assert (db.session.get(TopicRequirement, kept.id).posts, db.session.get(TermItem, item.id).target_id) == (
        1,
        kept.id,
    )
    assert reminded() == {kept.id}
    with unit_of_work():
        late = make_post(teacher, kept, "<p>六</p>", parent=db.session.get(Post, talk.c.id))
        other = make_post(teacher, kept, "<p>七</p>", parent=db.session.get(Post, talk.a.id))
    with unit_of_work():
        undo(talk, last_step())
    assert reminded() == {talk.first.id, talk.second.id}
    first, second = db.session.get(Topic, talk.first.id), db.session.get(Topic, talk.second.id)
    assert shape(first) == [*before[0], (other.id, len(before[0]) + 1, talk.a.id)]
    assert shape(second) == [*before[1], (late.id, len(before[1]) + 1, talk.c.id)]
    assert (first.kind, second.kind, second.deleted_at) == ("discussion", "question", None)
    assert seen(second) == read
    assert db.session.get(TopicRequirement, first.id) is None
    assert db.session.get(TopicRequirement, second.id).posts == 1
    assert db.session.get(TermItem, item.id).target_id == second.id
    assert reads.steps_of(first.id) == reads.steps_of(second.id) == []
    assert "topic.undone" in db.session.scalars(select(AuditEntry.action)).all()
    with unit_of_work(), pytest.raises(ConflictError, match="已经撤销"):
        undo(talk, db.session.scalars(select(TopicRelocation).where(TopicRelocation.kind == "merge")).one())


def test_a_topic_does_not_come_back_with_a_text_that_was_withdrawn(talk):
    with unit_of_work():
        kept = relocations.merge_topics(talk.people["leader"], talk.first, talk.second)
        posts.withdraw_post(talk.people["colleague"], db.session.get(Post, talk.opener_id))
    with unit_of_work(), pytest.raises(ConflictError, match="先恢复再撤销"):
        undo(talk, last_step())
    assert (kept.deleted_at, len(shape(kept))) == (None, 5)


def ask(talk, topic, post=None):
    shape_topic(talk.people["leader"], topic, Shape(kind=TopicKind.QUESTION.value))
    if post is not None:
        accept_answer(talk.people["leader"], post)


def accepted():
    return dict(db.session.execute(select(AcceptedAnswer.topic_id, AcceptedAnswer.post_id)).all())


def test_an_accepted_answer_stays_with_its_post_and_one_taken_back_is_in_nobodys_way(talk):
    with unit_of_work():
        ask(talk, talk.first, talk.a)
        ask(talk, talk.second, talk.c)
        posts.withdraw_post(talk.people["teacher"], talk.c)
    with unit_of_work():
        kept = relocations.merge_topics(talk.people["leader"], talk.first, talk.second)
    assert accepted() == {kept.id: talk.a.id}
    with unit_of_work():
        undo(talk, last_step())
    assert accepted() == {talk.first.id: talk.a.id}
    with unit_of_work():
        posts.withdraw_post(talk.people["teacher"], db.session.get(Post, talk.a.id))
        reshape_topic(talk.people["leader"], talk.first, Shape(kind=TopicKind.DISCUSSION.value))
    assert (talk.first.kind, accepted()) == ("discussion", {})


def test_a_topic_that_comes_back_is_a_plain_one_where_five_are_pinned(talk, monkeypatch):
    leader = talk.people["leader"]
    monkeypatch.setattr(topics, "MAX_PINNED", 1)
    with unit_of_work():
        topics.pin_topic(leader, talk.second, opener(talk.second), pinned=True)
        relocations.merge_topics(leader, talk.first, talk.second)
        topics.pin_topic(leader, talk.first, opener(talk.first), pinned=True)
    with unit_of_work():
        undo(talk, last_step())
    assert (talk.first.pinned_at is None, talk.second.deleted_at, talk.second.pinned_at) == (False, None, None)


def test_a_split_is_undone_and_posts_stand_under_what_they_stood_under(talk):
    leader = talk.people["leader"]
    before = shape(talk.first)
    with unit_of_work():
        made = relocations.split_topic(leader, talk.first, "新话题", [talk.b.id])
    with unit_of_work():
        late = make_post(talk.people["teacher"], made, "<p>六</p>")
        for topic in (talk.first, made):
            require_of_members(leader, topic, Asked(posts=2))
    with unit_of_work(), pytest.raises(ConflictError, match="都有回帖要求"):
        undo(talk, last_step())
    with unit_of_work():
        require_of_members(leader, db.session.get(Topic, talk.first.id), Asked())
    with unit_of_work():
        undo(talk, last_step())
    first, made = db.session.get(Topic, talk.first.id), db.session.get(Topic, made.id)
    assert shape(first) == [*before, (late.id, len(before) + 1, None)]
    assert made.deleted_at is not None
    assert db.session.get(TopicRequirement, first.id).posts == 2
    assert reads.place_of(talk.workshop.id, made.id).id == first.id, "its address leads back"


def test_only_the_last_step_is_undone_and_only_for_a_day(talk):
    leader = talk.people["leader"]
    with unit_of_work():
        relocations.merge_topics(leader, talk.first, talk.second)
        merged = last_step()
    with unit_of_work():
        relocations.split_topic(leader, talk.first, "新话题", [talk.b.id])
    with unit_of_work(), pytest.raises(ConflictError, match="后来又整理过"):
        undo(talk, merged)
    with (
        clock.frozen(clock.now() + timedelta(days=1)),
        unit_of_work(),
        pytest.raises(ConflictError, match="超过了一天"),
    ):
        undo(talk, last_step())
    with unit_of_work():
        undo(talk, last_step())
    with unit_of_work():
        undo(talk, merged)
    assert {len(shape(db.session.get(Topic, topic.id))) for topic in (talk.first, talk.second)} == {3, 2}


def test_two_questions_that_are_both_solved_are_not_merged(talk):
    with unit_of_work():
        for topic, post in ((talk.first, talk.a), (talk.second, talk.c)):
            shape_topic(talk.people["leader"], topic, Shape(kind=TopicKind.QUESTION.value))
            accept_answer(talk.people["leader"], post)
    with unit_of_work(), pytest.raises(InvalidError, match="取消其中一个的采纳"):
        relocations.merge_topics(talk.people["leader"], talk.first, talk.second)


def test_the_page_offers_it_and_a_moved_topic_comes_back_as_an_announcement(app, cast, client_for):
    room = Room(app, cast)
    with app.app_context(), unit_of_work():
        elsewhere = make_workshop(cast.user("leader"), name="六年级语文工作坊").id
        topic = db.session.get(Topic, room.t)
        topics.pin_topic(cast.user("leader"), topic, opener(topic), pinned=True)
        posts.like_post(cast.user("leader"), db.session.get(Post, room.p))
    leader = client_for("leader")
    answer = leader.post(f"{room.topic}/relocation", data={"workshop_id": elsewhere}, headers=FETCH).get_json()
    there = f"/workshops/{elsewhere}/topics/{room.t}"
    assert answer["undo"]["url"] in page(leader, f"{there}/arrangement")
    assert client_for("teacher").post(answer["undo"]["url"], headers=FETCH).status_code == 404
    back = leader.post(answer["undo"]["url"], headers=FETCH).get_json()
    assert (back["toast"], back["redirect"]) == ("已撤销", room.topic)
    assert "谈谈" in page(client_for("teacher"), room.topic)
    with app.app_context():
        assert db.session.get(Topic, room.t).pinned_at is not None
    assert leader.get(there).location.endswith(room.topic)
    assert "/reversal" not in page(leader, f"{room.topic}/arrangement")
