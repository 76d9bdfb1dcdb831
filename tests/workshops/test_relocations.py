"""Moving, merging and splitting topics: numbers recomputed from the rows, addresses, marks, rights."""

import re

import pytest
from sqlalchemy import func, select

from tests.support.workshops import make_post, make_topic, make_workshop, opener
from tests.workshops.stage import FETCH, Room, page, picture
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.live import current_seq
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.tasks import Worker
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.models import Post, Topic, TopicVisit, Workshop
from yanxiu.workshops.queries import relocations as reads
from yanxiu.workshops.queries import threads
from yanxiu.workshops.services import posts, relocations


def counted(topic):
    """The topic's figures beside the same counted anew."""
    rows = db.session.scalars(select(Post).where(Post.topic_id == topic.id).order_by(Post.number)).all()
    standing = [post for post in rows if post.withdrawn_at is None]
    last = max(standing, key=lambda post: post.created_at)
    assert [post.number for post in rows] == list(range(1, len(rows) + 1))
    assert topic.last_number == len(rows)
    assert topic.replies_count == len([post for post in standing if post.number > 1])
    assert (topic.last_post_at, topic.last_poster_id) == (last.created_at, last.author_id)
    inside = {post.id: post for post in rows}
    for post in rows:
        assert post.parent_id is None or (
            inside[post.parent_id].number < post.number and inside[post.parent_id].number > 1
        )
        assert post.seq <= current_seq(f"topic:{topic.id}")
    return rows


def texts(rows):
    return [post.text for post in rows]


@pytest.fixture
def talk(cast, ctx):
    """Two topics with posts said in turns, an answer below an answered post, a like, a quote, one taken back."""

    class Talk:
        people = {key: cast.user(key) for key in cast.people}

    leader, teacher, colleague = (Talk.people[key] for key in ("leader", "teacher", "colleague"))
    with unit_of_work():
        Talk.workshop = make_workshop(leader, [teacher, colleague])
        Talk.first = make_topic(leader, Talk.workshop, "导入", "<p>一</p>")
        Talk.a = make_post(teacher, Talk.first, "<p>二</p>")
        Talk.second = make_topic(colleague, Talk.workshop, "导入怎么做", "<p>三</p>")
        Talk.b = make_post(colleague, Talk.first, "<p>四</p>", parent=Talk.a)
        Talk.c = make_post(teacher, Talk.second, "<p>五</p>", quote=opener(Talk.second))
        Talk.d = make_post(leader, Talk.second, "<p>六</p>", parent=Talk.c)
        Talk.e = make_post(colleague, Talk.first, "<p>七</p>")
        posts.withdraw_post(colleague, Talk.e)
        posts.like_post(leader, Talk.c)
    return Talk


def test_two_topics_become_one_by_time_whichever_was_named_first(talk):
    leader = talk.people["leader"]
    with unit_of_work():
        opening = opener(talk.second)
        kept = relocations.merge_topics(leader, talk.second, talk.first)
    assert kept.id == talk.first.id
    rows = counted(kept)
    assert texts(rows) == ["一", "二", "三", "四", "五", "六", "七"]
    assert (talk.b.parent_id, talk.d.parent_id, talk.c.quote_id) == (talk.a.id, talk.c.id, opening.id)
    assert db.session.get(Post, talk.c.id).likes_count == 1
    assert talk.second.deleted_at is not None
    assert reads.place_of(talk.workshop.id, talk.second.id).id == kept.id
    assert reads.began_in(kept.id).keys() == {opening.id}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.object_id, entry.data["count"]) == ("topic.merged", kept.id, 3)


def test_nothing_unread_is_hidden_by_merging(talk):
    teacher, colleague = talk.people["teacher"], talk.people["colleague"]
    with unit_of_work():
        posts.mark_seen(teacher.id, talk.first, 4)
        posts.mark_seen(teacher.id, talk.second, 1)
        posts.mark_seen(colleague.id, talk.first, 4)
        db.session.execute(
            TopicVisit.__table__.delete().where(
                TopicVisit.topic_id == talk.second.id, TopicVisit.user_id == colleague.id
            )
        )
    with unit_of_work():
        relocations.merge_topics(talk.people["leader"], talk.first, talk.second)
    # The teacher read 一 二 三 四, not the rest of the second topic; the colleague nothing of that one.
    assert threads.visit_of(talk.first.id, colleague.id).last_seen_number == 2
    seen = threads.visit_of(talk.first.id, teacher.id).last_seen_number
    order = texts(counted(talk.first))
    assert order[:seen] == ["一", "二", "三", "四", "五"][:seen]
    assert seen >= 4


def test_chosen_posts_become_a_topic_and_take_their_answers_along(talk):
    leader, teacher = talk.people["leader"], talk.people["teacher"]
    with unit_of_work():
        posts.mark_seen(teacher.id, talk.first, 2)
    with unit_of_work():
        made = relocations.split_topic(leader, talk.first, "  关系图 ", {talk.a.id, talk.e.id, 99_999})
    assert (made.title, made.author_id, made.excerpt) == ("关系图", teacher.id, "二")
    assert texts(counted(made)) == ["二", "四"]  # what was taken back cannot be chosen
    assert talk.b.parent_id is None  # it answers the text of the topic now
    assert texts(counted(talk.first)) == ["一", "七"]
    assert threads.visit_of(made.id, teacher.id).last_seen_number == 1
    assert threads.visit_of(talk.first.id, teacher.id).last_seen_number == 1
    waiting = {(row.kind, row.object_id) for row in db.session.scalars(select(SearchOutbox).where(SearchOutbox.urgent))}
    assert ("post", talk.a.id) in waiting
    with unit_of_work(), pytest.raises(InvalidError):
        relocations.split_topic(leader, talk.first, "再来", {opener(talk.first).id})


def test_a_topic_moves_and_comes_back(talk):
    leader = talk.people["leader"]
    with unit_of_work():
        elsewhere = make_workshop(leader, name="六年级语文工作坊")
        talk.first.pinned_at = talk.first.created_at
        before = current_seq(f"workshop:{talk.workshop.id}")
    with unit_of_work():
        relocations.move_topic(leader, talk.first, elsewhere)
        assert relocations.move_topic(leader, talk.first, elsewhere) is None, "no step to be undone"
    assert (talk.first.workshop_id, talk.first.pinned_at) == (elsewhere.id, None)
    assert reads.rows_gone(talk.workshop.id, before) == [talk.first.id]
    assert threads.find_topic(talk.workshop.id, talk.first.id) is None
    assert reads.place_of(talk.workshop.id, talk.first.id).id == talk.first.id
    with unit_of_work():
        relocations.move_topic(leader, talk.first, db.session.get(Workshop, talk.workshop.id))
    assert reads.rows_gone(talk.workshop.id, before) == []
    assert threads.find_topic(talk.workshop.id, talk.first.id) is not None
    with unit_of_work(), pytest.raises(ConflictError):
        talk.second.deleted_at = talk.second.created_at
        relocations.merge_topics(leader, talk.first, talk.second)


def test_forty_posts_merge_with_as_many_statements_as_three(cast, ctx, count_queries):
    leader = cast.user("leader")

    def merged(answers):
        with unit_of_work():
            workshop = make_workshop(leader)
            one, two = make_topic(leader, workshop), make_topic(leader, workshop, "另一个")
            for _ in range(answers):
                make_post(leader, two)
        with unit_of_work(), count_queries() as seen:
            relocations.merge_topics(leader, one, two)
        counted(db.session.get(Topic, one.id))
        return seen.count

    assert merged(3) == merged(40)


def test_old_addresses_lead_to_the_new_place(app, cast, client_for):
    room = Room(app, cast, answers=3)
    leader, teacher, colleague = client_for("leader"), client_for("teacher"), client_for("colleague")
    made = leader.post(f"{room.topic}/division", data={"title": "分出来的话题", "posts": str(room.p)}, headers=FETCH)
    target = made.json["redirect"]
    went = teacher.get(f"{room.topic}?at={room.p}")
    assert (went.status_code, went.location) == (302, f"{target}?at={room.p}")
    assert "由王丽从话题" in page(teacher, target)
    assert "分到了话题" in page(teacher, room.topic)
    # Whoever had the old page open learns of it and sends the answer to where it belongs.
    assert "重新载入" in page(colleague, f"{room.topic}/posts?since=0")
    liked = colleague.post(f"{room.topic}/posts/{room.p}/like", data={"on": "1"}, headers=FETCH)
    assert (liked.status_code, liked.location) == (308, f"{target}/posts/{room.p}/like")
    back = leader.post(f"{target}/merger", data={"topic_id": str(room.t)}, headers=FETCH)
    assert back.json["redirect"] == room.topic
    went = teacher.get(target)
    assert (went.status_code, went.location) == (302, room.topic)
    assert "从这里并入" in page(teacher, room.topic)
    assert client_for("outsider").get(target).status_code == 404


def test_a_topic_goes_only_where_one_is_in_the_team_and_who_spoke_is_told(app, cast, client_for, work):
    room = Room(app, cast)
    with app.app_context(), unit_of_work():
        mine = make_workshop(cast.user("leader"), name="六年级语文工作坊").id
        foreign = make_workshop(cast.user("colleague"), [cast.user("leader")], name="数学工作坊").id
    leader = client_for("leader")
    shown = leader.post(f"{room.home}/pictures", data={"file": (picture(), "板书.png")}, headers=FETCH).json["url"]
    leader.post(f"{room.topic}/posts", data={"html": f'<p><img src="{shown}"></p>', "format": "html"})
    assert leader.post(f"{room.topic}/relocation", data={"workshop_id": foreign}).status_code == 403
    assert "有 1 位发过言的老师不是那边的成员" in page(leader, f"{room.topic}/arrangement")
    moved = leader.post(f"{room.topic}/relocation", data={"workshop_id": mine})
    assert moved.location == f"/workshops/{mine}/topics/{room.t}"
    assert leader.get(room.topic).location == moved.location
    assert client_for("teacher").get(room.topic).status_code == 404
    text = page(leader, moved.location)
    assert "从另一个工作坊移来" in text
    carried = re.findall(rf'src="(/workshops/{mine}/pictures/\d+)"', text)
    assert leader.get(carried[0]).mimetype == "image/png"
    work()
    with app.app_context():
        Worker(app).run_until_idle()
        told = db.session.scalars(select(Notification).where(Notification.kind == "topic_left")).one()
        assert (told.user_id, told.url) == (cast.user("teacher").id, f"/workshops/{room.w}")
        assert (
            db.session.scalar(select(func.count()).select_from(Notification).where(Notification.kind == "topic_moved"))
            == 0
        )


def test_a_topic_that_went_into_another_is_not_brought_back_empty(talk, client_for):
    with unit_of_work():
        relocations.merge_topics(talk.people["leader"], talk.first, talk.second)
    home = f"/workshops/{talk.workshop.id}/topics"
    client = client_for("leader")
    assert "恢复" not in client.get(f"{home}?deleted={talk.second.id}").text
    assert client.post(f"{home}/{talk.second.id}/restoration").status_code == 404
    assert client.get(f"{home}/{talk.second.id}").location.endswith(f"/topics/{talk.first.id}")
