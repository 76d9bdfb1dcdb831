"""A topic with 5,000 posts: as many queries as one with five, and every floor at hand."""

import uuid

import pytest
from sqlalchemy import insert, update

from tests.workshops.stage import Room, page
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Post, Topic

MANY = 5000


@pytest.fixture
def long_room(app, cast):
    """A topic in which four of five posts answer the topic itself and every fifth answers the post before it."""
    few, room = Room(app, cast, answers=4), Room(app, cast, answers=0)
    with app.app_context(), unit_of_work():
        authors = [cast.user(key).id for key in ("teacher", "colleague")]
        words = {"topic_id": room.t, "html": "<p>看法</p>", "text": "看法"}
        ids = range(room.opener + 1, room.opener + MANY)
        rows = [
            {
                **words,
                "id": post_id,
                "number": number,
                "author_id": authors[number % 2],
                "client_uuid": str(uuid.uuid4()),
                "parent_id": post_id - 1 if number % 5 == 0 else None,
            }
            for number, post_id in enumerate(ids, start=2)
        ]
        db.session.execute(insert(Post), rows)
        topic = update(Topic).where(Topic.id == room.t)
        db.session.execute(topic.values(last_number=MANY, replies_count=MANY - 1))
    room.few = few  # made before: the rows above bring their own ids, of which a database's counter does not know
    return room


def test_five_thousand_posts_cost_as_many_queries_as_five_and_every_floor_is_one_step_away(
    app, cast, client_for, long_room, count_queries
):
    client, few = client_for("teacher"), long_room.few

    def cost(url):
        page(client, url)
        with count_queries() as seen:
            text = page(client, url)
        return seen.count, text

    queries, _text = cost(few.topic)
    last = long_room.opener + MANY - 1
    middle = long_room.opener + 2499
    addresses = {
        long_room.topic: long_room.opener,
        f"{long_room.topic}?at={last}": last,
        f"{long_room.topic}?at={middle}": middle,
    }
    for url, shown in addresses.items():
        found, text = cost(url)
        assert found <= queries + 3, url  # where one enters, the first unread, and the start of its thread
        assert len(text) < 200_000, url
        assert f'id="post-{shown}"' in text, url
    there = client.get(f"{long_room.topic}?floor=2499")
    assert there.location == f"{long_room.topic}?at={middle}#post-{middle}"
    for asked in ("at=last", f"floor={MANY * 2}"):
        assert client.get(f"{long_room.topic}?{asked}").location.endswith(f"?at={last}#post-{last}")
    client.post(f"{long_room.topic}/visit", data={"number": 2499})
    text = page(client, f"{long_room.topic}?at=unread")
    assert f'id="post-{long_room.opener + 2500}"' in text
    assert "跳到" in text
    assert client.get(f"{long_room.topic}?floor=abc").status_code == 200
