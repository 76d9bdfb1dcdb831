"""One new post and many open pages: it is rendered once, and only for those who follow the list."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.support.sockets import hang_up, join
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.core.db import db
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web import bursts
from yanxiu.workshops.models import Topic
from yanxiu.workshops.services.posts import like_post

PEOPLE = ("leader", "teacher", "colleague")


@dataclass(frozen=True)
class Place:
    """A topic by its numbers: the rows belong to a transaction that has ended."""

    id: int
    workshop_id: int

    def row(self):
        return db.session.get(Topic, self.id)

    def news(self, since, upto):
        return f"/workshops/{self.workshop_id}/topics/{self.id}/posts?since={since}&upto={upto}"


@pytest.fixture
def topic(app, cast):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user(key) for key in PEOPLE[1:]])
        return Place(make_topic(cast.user("leader"), workshop).id, workshop.id)


@pytest.fixture
def news(app, cast, topic):
    """Somebody answers; returns the address every page asks now."""
    with app.app_context():
        since = current_seq(f"topic:{topic.id}")
        with unit_of_work():
            make_post(cast.user("teacher"), topic.row(), "<p>一条新回复</p>")
    return topic.news(since, since + 1)


def follow(socket_for, key, topic):
    socket = socket_for(key)
    assert join(socket, f"topic:{topic.id}")["ok"]
    return socket


def test_all_who_follow_get_it_and_only_the_first_costs_queries(client_for, socket_for, count_queries, topic, news):
    for key in PEOPLE:
        follow(socket_for, key, topic)
    first = client_for("leader").get(news)
    with count_queries() as seen:
        answers = [client_for(key).get(news) for key in PEOPLE]
    assert seen.count == 0
    for answer in answers:
        assert answer.data == first.data
        assert answer.headers["X-Seq"] == first.headers["X-Seq"]
        assert "一条新回复" in answer.text
        assert "Content-Security-Policy" in answer.headers


def test_those_who_come_while_it_is_rendered_wait_for_it(client_for, socket_for, count_queries, topic, news):
    for key in PEOPLE:
        follow(socket_for, key, topic)
    with count_queries() as seen, ThreadPoolExecutor(max_workers=12) as pool:
        asked = [pool.submit(contextvars.Context().run, client_for(PEOPLE[n % 3]).get, news) for n in range(12)]
        texts = {answer.result().text for answer in asked}
    assert len(texts) == 1
    assert sum("FROM post " in statement for statement in seen.statements) <= 2, "rendered once: threads and parents"


def test_who_does_not_follow_is_asked_for_the_right_as_ever(client_for, socket_for, topic, news):
    follow(socket_for, "leader", topic)
    assert client_for("leader").get(news).status_code == 200
    assert client_for("outsider").get(news).status_code == 404
    assert client_for("anonymous").get(news, headers={"X-Requested-With": "fetch"}).status_code == 401


def test_who_hung_up_or_was_put_out_is_served_from_there_no_more(client_for, socket_for, count_queries, topic, news):
    socket = follow(socket_for, "teacher", topic)
    client_for("teacher").get(news)
    socket.call("leave", {"topic": f"topic:{topic.id}"}, namespace="/live")
    with count_queries() as seen:
        client_for("teacher").get(news)
    assert seen.count > 0
    hang_up(socket)


def test_what_came_later_is_not_hidden_by_what_lies_there(app, cast, client_for, socket_for, topic, news):
    follow(socket_for, "leader", topic)
    client_for("leader").get(news)
    with app.app_context(), unit_of_work():
        make_post(cast.user("colleague"), topic.row(), "<p>又一条</p>")
    address, _, upto = news.rpartition("=")
    assert "又一条" in client_for("leader").get(f"{address}={int(upto) + 1}").text


def test_a_post_with_thumbs_differs_by_viewer_and_is_rendered_for_each(app, cast, client_for, socket_for, topic):
    for key in ("leader", "teacher"):
        follow(socket_for, key, topic)
    with app.app_context():
        since = current_seq(f"topic:{topic.id}")
        with unit_of_work():
            post = make_post(cast.user("teacher"), topic.row())
            like_post(cast.user("leader"), post)
        upto = current_seq(f"topic:{topic.id}")
    news = topic.news(since, upto)
    pressed = [client_for(key).get(news).text.count('aria-pressed="true"') for key in ("leader", "teacher")]
    assert pressed == [1, 0]


def test_nobody_waits_for_one_that_failed(monkeypatch):
    shelf = bursts.Shelf()
    assert shelf.take(("topic:1", 0), 1) == (None, True)
    shelf.give_up(("topic:1", 0))
    assert shelf.take(("topic:1", 0), 1) == (None, True)
    shelf.put(("topic:1", 0), 1, "<p>有了</p>")
    found, is_maker = shelf.take(("topic:1", 0), 1)
    assert (found.html, is_maker) == ("<p>有了</p>", False)
    monkeypatch.setattr(bursts, "_clock", lambda: found.begun + bursts.KEEP_S)
    assert shelf.take(("topic:1", 0), 1) == (None, True), "a burst is over after a moment"


def test_what_somebody_was_given_does_not_change_under_their_hands():
    """The number up to which a fragment goes and its HTML belong together: else a page would skip a post for good."""
    shelf = bursts.Shelf()
    assert shelf.take(("topic:1", 0), 1) == (None, True)
    shelf.put(("topic:1", 0), 1, "<p>一</p>")
    given, _is_maker = shelf.take(("topic:1", 0), 1)
    shelf.put(("topic:1", 0), 2, "<p>一</p><p>二</p>")
    later, _is_maker = shelf.take(("topic:1", 0), 2)
    assert (given.reached, given.html) == (1, "<p>一</p>")
    assert (later.reached, later.html) == (2, "<p>一</p><p>二</p>")
