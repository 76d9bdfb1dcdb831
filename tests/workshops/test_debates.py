"""Debates: sides, a view before reading the others', and every door that must stay shut until then."""

import io
import re

import pytest
from sqlalchemy import select

from tests.support.workshops import make_post, make_topic
from tests.workshops.stage import FETCH, page, picture
from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.indexing import SOURCES, debate_principals, workshop_principals
from yanxiu.workshops.models import (
    Debate,
    DebateMove,
    DebateStand,
    Post,
    PostSide,
    Topic,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.periods import period_of
from yanxiu.workshops.queries import debates as queries
from yanxiu.workshops.queries.bulletin_facts import facts_of
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import debates, relocations
from yanxiu.workshops.services.debates import DebateDetails
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.posts import edit_post
from yanxiu.workshops.services.topics import lock_topic
from yanxiu.workshops.subscribers import REINDEX

SECRET = "预习单能让弱的孩子先走一步"
FORM = {
    "kind": "debate",
    "title": "要不要先预习",
    "html": "请说出您的看法",
    "debate_a": "先预习",
    "debate_b": "不预习",
    "views_first": "y",
}


class Hall:
    """A debate of the leader in which the teacher has stated a view, with a file; by ids."""

    def __init__(self, room, client_for, **changes):
        leader, teacher = client_for("leader"), client_for("teacher")
        self.where = leader.post(f"{room.home}/topics", data=FORM | changes, headers=FETCH).get_json()["redirect"]
        view = {"html": SECRET, "side": "a", "files": (io.BytesIO("理由".encode()), "理由.txt")}
        self.said = teacher.post(f"{self.where}/posts", data=view, headers=FETCH).get_json()
        self.id = int(self.where.rsplit("/", 1)[1])
        found = db.session.execute(select(Post.id, Post.number).where(Post.topic_id == self.id)).all()
        self.opener, self.post = (row.id for row in sorted(found, key=lambda row: row.number))


@pytest.fixture
def hall(app, room, client_for):
    with app.app_context():
        return Hall(room, client_for)


def test_nothing_of_the_others_is_sent_before_a_view_is_stated(app, cast, hall, client_for):
    with app.app_context(), unit_of_work():
        edit_post(cast.user("teacher"), db.session.get(Post, hall.post), f"<p>{SECRET}！</p>")
        file_id = db.session.get(Post, hall.post).attachments[0].id
    colleague, post = client_for("colleague"), f"{hall.where}/posts/{hall.post}"
    for url in (hall.where, f"{hall.where}?at={hall.post}", f"{hall.where}?quote={hall.post}#reply"):
        shown = page(colleague, url)
        assert SECRET not in shown
        assert f"post-{hall.post}" not in shown
        assert not re.search(r"\d+ 人</p>", shown)
    assert SECRET not in page(colleague, f"{hall.where}/posts?since=0")
    for url in (f"{post}/answers", f"{post}/edits", f"{hall.where}/attachments/{file_id}"):
        assert colleague.get(url).status_code == 404
    for url, data in ((f"{post}/like", {"on": "1"}), (f"{post}/withdrawal", {}), (f"{post}/edit", {"html": "x"})):
        assert colleague.post(url, data=data, headers=FETCH).status_code == 404
    for name in ("parent_id", "quote_id"):
        sneaky = {"html": "同意", "side": "b", name: str(hall.post)}
        assert colleague.post(f"{hall.where}/posts", data=sneaky, headers=FETCH).status_code == 404
    assert SECRET in page(client_for("leader"), hall.where)
    assert SECRET in page(client_for("researcher"), f"{hall.where}/posts?since=0")


def test_stating_a_view_opens_the_debate_and_shows_the_sides(app, cast, hall, client_for):
    assert hall.said["redirect"].endswith(hall.where)
    colleague = client_for("colleague")
    missing = colleague.post(f"{hall.where}/posts", data={"html": "我看不必"}, headers=FETCH)
    assert (missing.status_code, missing.get_json()["field"]) == (422, "side")
    done = colleague.post(f"{hall.where}/posts", data={"html": "我看不必", "side": "b"}, headers=FETCH).get_json()
    assert "现在可以看到" in done["toast"]
    repeated = {"html": "我看不必", "side": "b", "opens": "1"}
    assert "redirect" in colleague.post(f"{hall.where}/posts", data=repeated, headers=FETCH).get_json()
    shown = page(colleague, hall.where)
    assert SECRET in shown
    assert shown.count('<p class="num">1 人</p>') == 2
    assert "您在这一方" in shown
    again = colleague.post(f"{hall.where}/posts", data={"html": "再说一句", "side": "a"}, headers=FETCH).get_json()
    assert "redirect" not in again
    moved = colleague.post(f"{hall.where}/side", data={"side": "a"}, headers=FETCH).get_json()
    assert moved["toast"] == "您改站“先预习”"
    assert "从反方改到正方" in page(client_for("teacher"), hall.where)
    with app.app_context():
        mine = select(PostSide.side).join(Post, Post.id == PostSide.post_id).where(Post.author_id == cast.colleague.id)
        assert list(db.session.scalars(mine)) == ["b", "b", "b"]
        assert queries.tally_of(hall.id) == queries.Tally(2, 0)
        assert db.session.query(DebateMove).count() == 1


def test_a_sealed_debate_tells_in_no_list_who_answered_and_shows_no_picture_of_theirs(app, cast, hall, client_for):
    teacher, colleague = client_for("teacher"), client_for("colleague")
    home = hall.where.rsplit("/topics/", 1)[0]
    addresses = [teacher.post(f"{home}/pictures", data={"file": (picture(), "板书.png")}).json["url"] for _ in "ab"]
    for address in addresses:  # the second takes the place of the first, which stays in what the post said before
        html = f'<p>请看板书</p><img src="{address}" alt="">'
        teacher.post(f"{hall.where}/posts/{hall.post}/edit", data={"html": html, "format": "html"}, headers=FETCH)
    row = re.compile(rf'id="topic-{hall.id}".*?</article>', re.S)

    def lists(client):
        pages = (f"{home}/topics", home, f"{home}/topics/changes?since=0")
        return [row.search(page(client, url)).group() for url in pages]

    name, poster = cast.teacher.name, f'data-last-poster="{cast.teacher.id}"'
    for shown in lists(colleague):
        assert name not in shown
        assert poster not in shown
        assert 'data-last-number="1"' in shown
        assert "表态以后可见" in shown
    news = page(colleague, "/").split("要不要先预习")[-1].split("</li>")[0]
    assert name not in news
    for shown in lists(client_for("leader")):
        assert name in shown
        assert poster in shown
    assert [colleague.get(address).status_code for address in addresses] == [404, 404]
    assert [client_for(key).get(addresses[0]).status_code for key in ("teacher", "leader")] == [200, 200]
    with app.app_context():
        workshop = db.session.get(Workshop, int(home.rsplit("/", 1)[1]))
        told = facts_of(workshop, period_of({})).talks
        assert {talk.text for talk in told if talk.topic.id == hall.id} == {FORM["html"]}, (
            "an issue quotes only the question"
        )
        assert {talk.answers for talk in told if talk.topic.id == hall.id} == {0}, "nor does it say how many answered"
    report = page(client_for("leader"), f"{home}/insights/report")
    assert re.search(r"讨论最热的话题.{0,200}要不要先预习(?!（)", report, re.S)
    colleague.post(f"{hall.where}/posts", data={"html": "我看不必", "side": "b"}, headers=FETCH)
    assert [colleague.get(address).status_code for address in addresses] == [200, 200]
    assert all(">2</span>" in shown for shown in lists(colleague))


def test_search_knows_the_seal_and_the_lock_lifts_it(app, cast, hall, client_for):
    posts = next(source for source in SOURCES if source.kind == "post")
    with app.app_context():
        people = {key: viewer_of(find_user(cast.user(key).id)) for key in ("leader", "teacher", "colleague")}

        def finders():
            document = next(iter(posts.load([hall.post])))
            principals = {key: {*workshop_principals(v), *debate_principals(v)} for key, v in people.items()}
            by_acl = {key for key, found in principals.items() if document.acl & found}
            assert by_acl == {key for key, viewer in people.items() if posts.visible(viewer, [hall.post])}
            return by_acl

        assert finders() == {"leader", "teacher"}
        with unit_of_work():  # who left is not known by what they said
            workshop_id = db.session.get(Topic, hall.id).workshop_id
            db.session.delete(membership_of(workshop_id, cast.teacher.id))
        assert finders() == {"leader"}
        with unit_of_work():
            db.session.add(WorkshopMember(workshop_id=workshop_id, user_id=cast.teacher.id, role="member"))
        with unit_of_work():
            topic = db.session.get(Topic, hall.id)
            lock_topic(cast.user("leader"), topic, db.session.get(Post, hall.opener), locked=True)
        assert finders() == {"leader", "teacher", "colleague"}
        queued = db.session.scalars(select(Job.payload).where(Job.kind == REINDEX)).all()
        assert {"topic_id": hall.id} in queued
    assert SECRET in page(client_for("colleague"), hall.where)


def test_an_open_debate_is_read_by_all_and_its_leader_may_stay_neutral(app, cast, room, client_for):
    with app.app_context():
        hall = Hall(room, client_for, views_first="")
        assert db.session.get(Debate, hall.id).views_first is False
    assert SECRET in page(client_for("colleague"), hall.where)
    hosting = client_for("leader").post(f"{hall.where}/posts", data={"html": "请接着说"}, headers=FETCH)
    assert hosting.get_json()["ok"] is True
    with app.app_context():
        assert queries.stand_of(hall.id, cast.leader.id) is None


def test_sides_have_names_and_a_debate_is_not_taken_apart(app, cast, hall, room, client_for):
    leader = client_for("leader")
    for change, field in (({"debate_a": " "}, "debate_a"), ({"debate_b": "先预习"}, "debate_b")):
        refused = leader.post(f"{room.home}/topics", data=FORM | change, headers=FETCH)
        assert (refused.status_code, refused.get_json()["field"]) == (422, field)
    with app.app_context(), unit_of_work():
        topic, colleague = db.session.get(Topic, hall.id), cast.user("colleague")
        with pytest.raises(InvalidError, match="不能拆分"):
            relocations.split_topic(cast.user("leader"), topic, "另一个", [hall.post])
        with pytest.raises(ConflictError, match="先发言"):
            debates.change_side(colleague, topic, "b")


@pytest.mark.once
def test_a_debate_costs_the_same_with_few_posts_and_with_many(app, cast, room, client_for, count_queries):
    client, counts = client_for("leader"), []
    with app.app_context(), unit_of_work():
        topic = make_topic(cast.user("leader"), db.session.get(Workshop, room.w), "要不要先预习")
        shape_topic(cast.user("leader"), topic, Shape(kind="debate", debate=DebateDetails("先预习", "不预习")))
        number = topic.id
    for posts in (2, 12):
        with app.app_context(), unit_of_work():
            topic = db.session.get(Topic, number)
            for key in ("teacher", "colleague") * posts:
                debates.state_view(cast.user(key), topic, make_post(cast.user(key), topic), "a")
            debates.change_side(cast.user("teacher"), topic, "b" if posts == 2 else "a")
        page(client, f"{room.home}/topics/{number}")
        with count_queries() as seen:
            page(client, f"{room.home}/topics/{number}")
        counts.append(seen.count)
    assert counts[0] == counts[1]
    with app.app_context():
        assert db.session.query(DebateStand).count() == 2
