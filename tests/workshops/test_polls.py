"""Polls: one ballot each, changed until the end, figures when they may be seen, and names nowhere in an anonymous one."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from tests.support.sockets import join
from tests.support.workshops import make_topic, make_workshop
from tests.workshops.stage import FETCH, page
from yanxiu.core import clock
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.live import current_seq
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Poll, PollBallot, Topic, Workshop
from yanxiu.workshops.queries import polls as queries
from yanxiu.workshops.services import polls
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.polls import PollDetails
from yanxiu.workshops.subscribers import close_poll

BOARD = ("关系图", "时间轴", "思维导图")


@pytest.fixture
def ballot_box(cast, ctx):
    """Makes a topic with a poll in a workshop of three."""

    class Box:
        people = {key: cast.user(key) for key in ("leader", "teacher", "colleague")}

        def poll(self, **details):
            leader = self.people["leader"]
            with unit_of_work():
                workshop = make_workshop(leader, [self.people["teacher"], self.people["colleague"]])
                self.topic = make_topic(leader, workshop, "板书用哪一种")
                shape = Shape(kind="poll", poll=PollDetails(options=BOARD, **details))
                shape_topic(leader, self.topic, shape)
                shape_topic(leader, self.topic, shape)
            return queries.poll_of(self.topic.id)

        def vote(self, key, poll, *places):
            with unit_of_work():
                chosen = [poll.options[place].id for place in places]
                polls.cast_vote(self.people[key], self.topic, poll, chosen)

    return Box()


def counts(poll):
    return [line.count for line in queries.tally_of(poll)]


def test_everybody_has_one_ballot_and_may_change_it(ballot_box):
    poll = ballot_box.poll(max_choices=2)
    before = current_seq(f"topic:{ballot_box.topic.id}")
    ballot_box.vote("teacher", poll, 0, 1)
    ballot_box.vote("teacher", poll, 0, 1)
    assert current_seq(f"topic:{ballot_box.topic.id}") == before + 1
    ballot_box.vote("colleague", poll, 1)
    assert queries.tally_of(poll)[1].names == ("李强", "周敏"), "by pinyin, as all lists of people"
    ballot_box.vote("teacher", poll, 2)
    assert counts(poll) == [0, 1, 1]
    assert queries.count_voters(poll) == 2
    assert queries.tally_of(poll)[2].names == (ballot_box.people["teacher"].name,)
    for wrong, said in (((), "请先选择"), ((0, 1, 2), "最多选 2 项")):
        with pytest.raises(InvalidError, match=said):
            ballot_box.vote("teacher", poll, *wrong)
    with unit_of_work(), pytest.raises(InvalidError):
        polls.cast_vote(ballot_box.people["teacher"], ballot_box.topic, poll, [10**6])


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"options": ("一个",)}, "poll_options"),
        ({"options": ("同", "同")}, "poll_options"),
        ({"options": tuple(f"第{n}个" for n in range(11))}, "poll_options"),
        ({"options": BOARD, "max_choices": 4}, "poll_max"),
        ({"options": BOARD, "closes_at": now() - timedelta(minutes=1)}, "poll_closes_at"),
    ],
)
def test_a_poll_that_cannot_be_is_refused_beside_its_field(ballot_box, details, field):
    ballot_box.poll()
    with unit_of_work(), pytest.raises(InvalidError) as refused:
        polls.open_poll(ballot_box.people["leader"], ballot_box.topic, PollDetails(**details))
    assert refused.value.field == field


def test_its_time_ends_a_poll_and_the_key_to_its_ballots_is_gone(ballot_box):
    end = now() + timedelta(hours=1)
    poll = ballot_box.poll(anonymous=True, closes_at=end)
    job = db.session.scalar(select(Job).where(Job.kind == polls.CLOSE))
    ballot_box.vote("teacher", poll, 1)
    teacher = ballot_box.people["teacher"]
    assert queries.choices_of(queries.ballot_of(poll, teacher.id)) == {poll.options[1].id}
    close_poll(job.payload, None)
    assert queries.poll_of(ballot_box.topic.id).closed_at is None
    with clock.frozen(end + timedelta(seconds=2)):
        with pytest.raises(ConflictError, match="截止"):
            ballot_box.vote("colleague", poll, 0)
        close_poll(job.payload, None)
    poll = queries.poll_of(ballot_box.topic.id)
    assert (poll.ballot_key, queries.ballot_of(poll, teacher.id), counts(poll)) == ("", None, [0, 1, 0])


def test_an_anonymous_ballot_holds_nothing_of_its_voter(ballot_box):
    poll = ballot_box.poll(anonymous=True)
    ballot_box.vote("teacher", poll, 0)
    ballot_box.vote("teacher", poll, 2)
    assert queries.count_voters(poll) == 1
    teacher = ballot_box.people["teacher"]
    row = db.session.execute(text("select * from poll_ballot")).mappings().one()
    assert row["voter_id"] is None
    assert not {str(teacher.id), teacher.username, teacher.name} & {str(value) for value in row.values()}
    assert [line.names for line in queries.tally_of(poll)] == [(), (), ()]
    assert queries.named_ballots(poll) == []


FORM = {
    "kind": "poll",
    "title": "板书用哪一种",
    "html": "请各位选一选",
    "poll_options": "关系图\n\n 时间轴 \n思维导图",
    "poll_max": "1",
    "poll_names": "named",
    "poll_results": "voted",
}


def test_figures_are_shown_when_they_may_be_and_the_list_of_names_goes_to_excel(app, cast, room, client_for):
    leader, teacher, colleague = (client_for(key) for key in ("leader", "teacher", "colleague"))
    refused = teacher.post(f"{room.home}/topics", data=FORM | {"poll_options": "一个"}, headers=FETCH)
    assert (refused.status_code, refused.get_json()["field"]) == (422, "poll_options")
    where = teacher.post(f"{room.home}/topics", data=FORM, headers=FETCH).get_json()["redirect"]
    with app.app_context():
        options = [option.id for option in queries.poll_of(int(where.rsplit("/", 1)[1])).options]
    assert teacher.post(f"{where}/poll", data={"choice": "x"}, headers=FETCH).status_code == 422
    assert teacher.post(f"{where}/poll", data={"choice": options[1]}, headers=FETCH).get_json()["ok"] is True
    assert "1 票 · 100%" in page(teacher, where)
    shown = page(colleague, f"{where}/posts?since=0")
    assert "1 人已投" in shown
    assert "1 票" not in shown
    assert cast.teacher.name not in shown.split('id="kind-panel"')[1]
    assert colleague.get(f"{where}/poll").status_code == 403
    book = load_workbook(io.BytesIO(leader.get(f"{where}/poll?format=xlsx").data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3)]
    assert rows[0][1] == cast.teacher.name
    assert rows[0][3:] == ["", "✓", ""]
    assert rows[1][3:] == [0, 1, 0]
    assert colleague.post(f"{where}/poll/closing", headers=FETCH).status_code == 403
    assert teacher.post(f"{where}/poll/closing", headers=FETCH).get_json()["ok"] is True
    assert "1 票" in page(colleague, where)
    assert colleague.post(f"{where}/poll", data={"choice": options[0]}, headers=FETCH).status_code == 403
    assert "投票" in page(colleague, f"{room.home}/topics")


def test_nobody_gets_a_list_of_an_anonymous_poll(app, cast, room, client_for):
    leader = client_for("leader")
    form = FORM | {"poll_names": "anonymous", "poll_results": "closed"}
    where = leader.post(f"{room.home}/topics", data=form, headers=FETCH).get_json()["redirect"]
    assert leader.get(f"{where}/poll").status_code == 404
    assert client_for("admin").get(f"{where}/poll?format=xlsx").status_code == 404
    assert "截止以后能看到结果" in page(leader, where)


def test_what_somebody_voted_is_in_nobody_elses_fragment(app, cast, room, client_for, socket_for):
    with app.app_context(), unit_of_work():
        topic = make_topic(cast.user("leader"), db.session.get(Workshop, room.w), "板书")
        shape_topic(cast.user("leader"), topic, Shape(kind="poll", poll=PollDetails(options=BOARD)))
        number, option, seq = topic.id, queries.poll_of(topic.id).options[0].id, current_seq(f"topic:{topic.id}")
    for key in ("teacher", "colleague"):
        assert join(socket_for(key), f"topic:{number}")["ok"]
    where = f"{room.home}/topics/{number}"
    teacher = client_for("teacher")
    teacher.post(f"{where}/poll", data={"choice": option}, headers=FETCH)
    news = f"{where}/posts?since={seq}&upto={seq + 1}"
    assert "1 票" in page(teacher, news)
    assert "1 票" not in page(client_for("colleague"), news)


@pytest.mark.once
def test_a_page_costs_the_same_with_one_ballot_and_with_three(app, cast, room, client_for, count_queries):
    client, seen_queries = client_for("leader"), []
    with app.app_context(), unit_of_work():
        topic = make_topic(cast.user("leader"), db.session.get(Workshop, room.w), "板书")
        shape_topic(cast.user("leader"), topic, Shape(kind="poll", poll=PollDetails(options=BOARD, results="always")))
        number = topic.id
    for keys in (("leader",), ("teacher", "colleague")):
        with app.app_context(), unit_of_work():
            topic, poll = db.session.get(Topic, number), db.session.get(Poll, number)
            for key in keys:
                polls.cast_vote(cast.user(key), topic, poll, [poll.options[0].id])
        page(client, f"{room.home}/topics/{number}")
        with count_queries() as seen:
            page(client, f"{room.home}/topics/{number}")
        seen_queries.append(seen.count)
    assert seen_queries[0] == seen_queries[1]
    with app.app_context():
        assert db.session.query(PollBallot).count() == 3
