"""Two requests in the same moment: one ballot, one stand, one accepted answer."""

from functools import partial

import pytest

from tests.support.together import together
from tests.support.workshops import make_post, make_topic
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import AcceptedAnswer, DebateStand, PollBallot, PollChoice, Post, PostSide, Topic, Workshop
from yanxiu.workshops.queries.polls import poll_of
from yanxiu.workshops.services.answers import accept_answer
from yanxiu.workshops.services.debates import DebateDetails, checked_side, state_view
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.polls import PollDetails, cast_vote


@pytest.fixture
def race(app):
    return partial(together, app)


@pytest.fixture
def made(app, cast, room):
    """Makes a topic of a kind; returns its id."""

    def make(**shape):
        with app.app_context(), unit_of_work():
            topic = make_topic(cast.user("leader"), db.session.get(Workshop, room.w), "同时")
            shape_topic(cast.user("leader"), topic, Shape(**shape))
            return topic.id

    return make


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_vote_sent_twice_at_once_is_one_ballot(app, cast, race, made, anonymous):
    number = made(kind="poll", poll=PollDetails(("甲", "乙"), anonymous=anonymous))

    def vote(place):
        topic, poll, teacher = db.session.get(Topic, number), poll_of(number), cast.user("teacher")
        option = poll.options[place].id
        yield
        cast_vote(teacher, topic, poll, [option])

    assert race(partial(vote, 0), partial(vote, 1)) == ["done", "done"]
    with app.app_context():
        assert db.session.query(PollBallot).filter_by(topic_id=number).count() == 1
        assert db.session.query(PollChoice).count() == 1


def test_two_first_views_at_once_are_for_one_side(app, cast, race, made):
    number = made(kind="debate", debate=DebateDetails("先预习", "不预习"))

    def state(side):
        topic, teacher = db.session.get(Topic, number), cast.user("teacher")
        side = checked_side(teacher, topic, side, may_stay_neutral=False)
        yield
        state_view(teacher, topic, make_post(teacher, topic), side)

    assert race(partial(state, "a"), partial(state, "b")) == ["done", "done"]
    with app.app_context():
        stand = db.session.query(DebateStand).filter_by(topic_id=number).one()
        assert {row.side for row in db.session.query(PostSide)} == {stand.side}


def test_two_answers_accepted_at_once_leave_one(app, cast, race, made):
    number = made(kind="question")
    with app.app_context(), unit_of_work():
        answers = [make_post(cast.user("teacher"), db.session.get(Topic, number)).id for _ in range(2)]

    def accept(post_id):
        post, leader = db.session.get(Post, post_id), cast.user("leader")
        yield
        accept_answer(leader, post)

    assert race(*(partial(accept, post_id) for post_id in answers)) == ["done", "done"]
    with app.app_context():
        assert db.session.query(AcceptedAnswer).filter_by(topic_id=number).count() == 1
