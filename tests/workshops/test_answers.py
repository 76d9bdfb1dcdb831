"""Questions: the kind in the form, accepting one answer, the lists of what waits and what is solved."""

import pytest
from sqlalchemy import select

from tests.support.workshops import make_post, make_topic, make_workshop
from tests.workshops.stage import FETCH, page
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.models import AcceptedAnswer, Topic, Workshop
from yanxiu.workshops.queries import answers, threads
from yanxiu.workshops.services import posts
from yanxiu.workshops.services.answers import accept_answer, unaccept_answer
from yanxiu.workshops.services.kinds import Shape, shape_topic


@pytest.fixture
def asked(cast, ctx):
    """A question of a teacher with two answers of a colleague."""

    class Asked:
        people = {key: cast.user(key) for key in ("leader", "teacher", "colleague")}

    with unit_of_work():
        Asked.workshop = make_workshop(Asked.people["leader"], [Asked.people["teacher"], Asked.people["colleague"]])
        Asked.topic = make_topic(Asked.people["teacher"], Asked.workshop, "预习单怎么设计")
        shape_topic(Asked.people["teacher"], Asked.topic, Shape(kind="question"))
        Asked.first, Asked.second = (
            make_post(Asked.people["colleague"], Asked.topic, f"<p>办法{n}</p>") for n in (1, 2)
        )
    return Asked


def listed(asked, sort):
    return [topic.id for topic in threads.topics_page(asked.workshop.id, sort).items]


def told():
    return list(db.session.scalars(select(Notification.user_id).where(Notification.kind == "answer_accepted")))


def test_one_answer_is_accepted_and_its_author_is_told(asked):
    teacher, colleague = asked.people["teacher"], asked.people["colleague"]
    assert listed(asked, "waiting") == [asked.topic.id]
    with unit_of_work():
        before = asked.first.seq
        accept_answer(teacher, asked.first)
        accept_answer(teacher, asked.second)
    assert answers.accepted_post_id(asked.topic.id) == asked.second.id
    assert asked.first.seq > before
    assert listed(asked, "solved") == [asked.topic.id]
    assert listed(asked, "waiting") == []
    assert told() == [colleague.id]
    with unit_of_work():
        unaccept_answer(teacher, asked.first)
        assert answers.accepted_post_id(asked.topic.id) == asked.second.id
        unaccept_answer(teacher, asked.second)
    assert listed(asked, "waiting") == [asked.topic.id]


def test_an_answer_taken_back_solves_nothing(asked):
    with unit_of_work():
        accept_answer(asked.people["leader"], asked.first)
        posts.withdraw_post(asked.people["colleague"], asked.first)
    assert answers.accepted_post_id(asked.topic.id) is None
    assert listed(asked, "waiting") == [asked.topic.id]
    with unit_of_work(), pytest.raises(ConflictError, match="撤回"):
        accept_answer(asked.people["leader"], asked.first)


def test_the_form_asks_for_the_kind_and_the_page_shows_what_was_accepted(app, cast, room, client_for):
    form = {"kind": "question", "title": "预习单怎么设计", "html": "学生不会提问"}
    teacher, leader = client_for("teacher"), client_for("leader")
    assert teacher.post(f"{room.home}/topics", data=form | {"kind": "?"}, headers=FETCH).status_code == 422
    where = teacher.post(f"{room.home}/topics", data=form, headers=FETCH).get_json()["redirect"]
    with app.app_context(), unit_of_work():
        topic = db.session.scalar(select(Topic).where(Topic.kind == "question"))
        answer = make_post(cast.user("colleague"), topic, "<p>让学生先写三个问题</p>").id
    assert page(leader, where).count("让学生先写三个问题") == 1
    done = leader.post(f"{where}/posts/{answer}/acceptance", data={"on": "1"}, headers=FETCH)
    assert done.get_json()["ok"] is True
    shown = page(client_for("colleague"), where)
    assert shown.count("让学生先写三个问题") == 2
    assert shown.index("采纳的回答") < shown.index('id="threads"')
    assert "已采纳" in page(teacher, f"{where}/posts?since=0")
    assert "已解决" in page(teacher, f"{room.home}/topics/changes?since=0")
    assert "问答 · 待采纳" not in page(teacher, f"{room.home}/topics?sort=solved")
    refused = teacher.post(f"{room.topic}/posts/{room.p}/acceptance", data={"on": "1"}, headers=FETCH)
    assert refused.status_code == 404


@pytest.mark.once
def test_many_questions_cost_no_more_queries_than_one(app, cast, room, client_for, count_queries):
    client, counts = client_for("teacher"), []
    for number in (1, 20):
        with app.app_context(), unit_of_work():
            workshop = db.session.get(Workshop, room.w)
            for n in range(number):
                topic = make_topic(cast.user("teacher"), workshop, f"问题{number}-{n}")
                shape_topic(cast.user("teacher"), topic, Shape(kind="question"))
                accept_answer(cast.user("leader"), make_post(cast.user("colleague"), topic))
        page(client, f"{room.home}/topics")
        with count_queries() as seen:
            page(client, f"{room.home}/topics")
        counts.append(seen.count)
    assert counts[0] == counts[1]
    with app.app_context():
        assert db.session.query(AcceptedAnswer).count() == 21
