"""Changing the kind of a published topic and its rules: anything before somebody took part, then only what takes nothing away."""

from datetime import timedelta

import pytest

from tests.support.workshops import make_post
from tests.workshops.stage import FETCH, Room, page
from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Debate, Poll, Topic
from yanxiu.workshops.queries.polls import poll_of
from yanxiu.workshops.services.debates import state_view
from yanxiu.workshops.services.polls import cast_vote

POLL = {"kind": "poll", "poll_options": "周三\n周四", "poll_max": "1", "poll_names": "named", "poll_results": "always"}
DEBATE = {"kind": "debate", "debate_a": "先预习", "debate_b": "不预习", "views_first": "1"}


@pytest.fixture
def quiet(app, cast):
    return Room(app, cast, answers=0)


@pytest.fixture
def change(client_for, quiet):
    """Sends the form of a change; returns what was refused, by field."""

    def send(**form):
        said = {"title": "定时间", "html": "请各位谈谈。"}
        answer = client_for("leader").post(f"{quiet.topic}/edit", data=said | form, headers=FETCH).get_json()
        return {} if answer["ok"] else {answer["field"]: answer["message"]}

    return send


def test_before_anybody_took_part_everything_may_change(app, client_for, quiet, change):
    assert change(**POLL) == {}
    assert 'value="poll" checked' in page(client_for("leader"), f"{quiet.topic}/edit")
    assert change(**POLL | {"poll_options": "周一\n周二\n周三", "poll_names": "anonymous"}) == {}
    with app.app_context():
        poll = poll_of(quiet.t)
        assert ([option.text for option in poll.options], poll.anonymous) == (["周一", "周二", "周三"], True)
    assert change(**POLL | {"poll_options": "只有一个"}) == {"poll_options": "请写 2 到 10 个选项，一行一个"}
    assert change(**DEBATE) == {}
    with app.app_context():
        assert (db.session.get(Topic, quiet.t).kind, db.session.get(Poll, quiet.t)) == ("debate", None)
    assert change(kind="discussion") == {}
    with app.app_context():
        assert db.session.get(Debate, quiet.t) is None
    assert change() == {}, "a form without a kind leaves it alone"


def test_after_the_first_vote_options_come_and_time_grows_and_nothing_else(app, cast, client_for, quiet, change):
    change(**POLL)
    with app.app_context(), unit_of_work():
        poll = poll_of(quiet.t)
        cast_vote(cast.user("teacher"), db.session.get(Topic, quiet.t), poll, [poll.options[0].id])
    assert "已经有老师参与" in page(client_for("leader"), f"{quiet.topic}/edit")
    soon = (now().astimezone(LOCAL_ZONE) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    refused = {
        "poll_options": {"poll_options": "周三上午\n周四"},
        "poll_max": {"poll_max": "2"},
        "poll_names": {"poll_names": "anonymous"},
        "poll_results": {"poll_results": "closed"},
        "poll_closes_at": {"poll_closes_at": soon},
        "kind": {"kind": "discussion"},
    }
    for field, form in refused.items():
        assert [*change(**POLL | form)] == [field]
    assert change(**POLL | {"poll_options": "周三\n周四\n周五"}) == {}
    with app.app_context():
        poll = poll_of(quiet.t)
        assert [option.text for option in poll.options] == ["周三", "周四", "周五"]
    assert "1 票 · 100%" in page(client_for("colleague"), quiet.topic)


def test_after_the_first_view_the_sides_stay_and_the_seal_may_be_opened(app, cast, client_for, quiet, change):
    change(**DEBATE)
    with app.app_context(), unit_of_work():
        topic = db.session.get(Topic, quiet.t)
        state_view(cast.user("teacher"), topic, make_post(cast.user("teacher"), topic, "<p>我站前一边</p>"), "a")
    assert [*change(**DEBATE | {"debate_b": "都行"})] == ["debate_b"]
    assert [*change(**POLL)] == ["kind"]
    assert "我站前一边" not in page(client_for("colleague"), quiet.topic)
    open_now = {name: value for name, value in DEBATE.items() if name != "views_first"}
    assert change(**open_now) == {}
    assert "我站前一边" in page(client_for("colleague"), quiet.topic)
    assert [*change(**DEBATE)] == ["views_first"]
