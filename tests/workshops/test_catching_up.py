"""What changed while a page was away, when it is more than one answer holds."""

import pytest

from tests.support.together import together
from tests.support.workshops import make_post, make_topic
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Topic, TopicVisit, Workshop
from yanxiu.workshops.queries import threads
from yanxiu.workshops.services import posts


def caught_up(client, url: str) -> tuple[str, int]:
    """Ask as the page does until nothing more is announced; everything heard, and in how many answers."""
    seq, heard, answers = 0, "", 0
    while True:
        answer = client.get(f"{url}?since={seq}")
        assert int(answer.headers["X-Seq"]) > seq or answers
        seq, heard, answers = int(answer.headers["X-Seq"]), heard + answer.text, answers + 1
        if "X-More" not in answer.headers:
            return heard, answers


@pytest.mark.parametrize("kind", ["topic", "post"])
def test_the_page_is_told_to_ask_for_the_rest_at_once(app, cast, client_for, room, monkeypatch, kind):
    monkeypatch.setattr(threads, "CATCH_UP_LIMIT", 2)
    with app.app_context(), unit_of_work():
        teacher, workshop, topic = cast.user("teacher"), db.session.get(Workshop, room.w), db.session.get(Topic, room.t)
        if kind == "topic":
            made = [make_topic(teacher, workshop, f"话题{n}").id for n in range(4)]
        else:
            made = [make_post(teacher, topic).id for n in range(4)]
    url = f"{room.home}/topics/changes" if kind == "topic" else f"{room.topic}/posts"
    heard, answers = caught_up(client_for("colleague"), url)
    assert all(f'id="{kind}-{number}"' in heard for number in made)
    assert answers >= 3


def test_two_devices_that_read_everything_at_once_take_nothing_back(app, cast, room):
    def read_all():
        yield
        posts.mark_all_seen(cast.teacher.id, room.w)

    def answer():
        teacher, topic = cast.user("teacher"), db.session.get(Topic, room.t)
        yield
        make_post(teacher, topic)

    assert together(app, read_all) == ["done"]
    assert together(app, read_all, read_all, answer) == ["done"] * 3
    with app.app_context():
        seen = db.session.get(TopicVisit, (room.t, cast.teacher.id)).last_seen_number
        assert seen == db.session.get(Topic, room.t).last_number == 3
