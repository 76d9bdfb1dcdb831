"""Many talk about a lesson at once: what is new is rendered once for all pages, and nobody is given what is another's."""

from __future__ import annotations

import contextvars
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.support.clients import CSRF
from tests.support.observations import some_comment
from tests.support.sockets import join
from yanxiu.core.db import db
from yanxiu.core.live import Changed, current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries import comments as comment_queries
from yanxiu.observations.queries import current_version, narrowing, recording_of
from yanxiu.web import tails as tails_module
from yanxiu.web.notices import Notices
from yanxiu.web.tails import Answer, Aside, Item, Tails, Turn, answer_of

PEOPLE = ("teacher", "colleague", "leader")


@pytest.fixture
def talk(app, cast, client_for, socket_for, new_lesson):
    return Talk(app, cast, client_for, socket_for, new_lesson())


class Talk:
    """A lesson whose page three people have open."""

    def __init__(self, app, cast, client_for, socket_for, lesson_id):
        self.app, self.cast, self.client_for, self.lesson_id = app, cast, client_for, lesson_id
        for key in PEOPLE:
            assert join(socket_for(key), f"lesson:{lesson_id}")["ok"]

    @property
    def seq(self):
        with self.app.app_context():
            return current_seq(f"lesson:{self.lesson_id}")

    def say(self, who="colleague", **details):
        with self.app.app_context(), unit_of_work():
            version = current_version(recording_of(self.lesson_id))
            return some_comment(self.cast.user(who), db.session.get_one(Lesson, self.lesson_id), version, **details).id

    def news(self, who, since, upto=None, **narrowed):
        address = f"/lessons/{self.lesson_id}/comments"
        query = {"since": since, "upto": self.seq if upto is None else upto, **narrowed}
        return self.client_for(who).get(address, query_string=query, headers={"X-Requested-With": "fetch"})

    def act(self, who, comment_id, what, **data):
        answer = self.client_for(who).post(f"/lessons/{self.lesson_id}/comments/{comment_id}{what}", data=data)
        assert answer.status_code == 303


def shown(answer):
    return [int(number) for number in re.findall(r'<article class="comment[^"]*" id="comment-(\d+)"', answer.text)]


def test_what_is_new_is_rendered_once_from_whatever_number_a_page_goes_on(talk, count_queries):
    before = talk.seq
    first, second = talk.say(), talk.say("leader")
    assert shown(talk.news("teacher", before)) == [first, second]
    third = talk.say()
    assert shown(talk.news("leader", before + 1)) == [second, third]
    upto = talk.seq
    with count_queries() as seen:
        answers = [talk.news(who, since, upto) for who in PEOPLE for since in (before, before + 1, before + 2)]
    assert seen.count == 0
    assert [shown(answer) for answer in answers] == 3 * [[first, second, third], [second, third], [third]]
    assert {answer.headers["X-Seq"] for answer in answers} == {str(upto)}
    packed = talk.client_for("teacher").get(
        f"/lessons/{talk.lesson_id}/comments?since={before}&upto={upto}", headers={"Accept-Encoding": "gzip"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(answers[0].data) / 3
    assert all(CSRF not in answer.text and 'name="csrf_token" value' not in answer.text for answer in answers)


def test_what_a_fetch_costs_does_not_depend_on_how_much_was_said(talk, count_queries):
    counts = []
    for number in (1, 30):
        before = talk.seq
        for _one in range(number):
            talk.say()
        upto = talk.seq
        with count_queries() as seen:
            assert len(shown(talk.news("teacher", before, upto))) == number
        counts.append(seen.count)
    assert counts[0] == counts[1] <= 14


@pytest.mark.parametrize("asks_first", ["colleague", "leader"])
def test_private_notes_never_lie_where_others_are_served_from(talk, count_queries, asks_first):
    before = talk.seq
    secret = talk.say("colleague", visibility="private", body="只有我自己知道的话")
    aside = talk.say("leader", visibility="teacher", body="只想对授课教师说")
    public = talk.say("colleague", body="大家都能看到")
    upto = talk.seq
    talk.news(asks_first, before, upto)
    expected = {"teacher": [aside, public], "colleague": [secret, public], "leader": [aside, public]}
    answers = {who: talk.news(who, before, upto) for who in PEOPLE}
    assert {who: shown(answer) for who, answer in answers.items()} == expected
    assert {answer.headers["X-Seq"] for answer in answers.values()} == {str(upto)}
    assert "只有我自己知道的话" not in answers["teacher"].text + answers["leader"].text
    assert "只想对授课教师说" not in answers["colleague"].text
    talk.act("colleague", secret, "/withdrawal")
    assert f"comment-{secret}" not in talk.news("leader", before).text, "taken back it leaves no trace either"
    assert f'data-gone="comment-{secret}"' in talk.news("colleague", before).text
    since, later = talk.seq, talk.say("leader")
    talk.news(asks_first, since)
    with count_queries() as seen:
        assert all(shown(talk.news(who, since, since + 1)) == [later] for who in PEOPLE)
    assert seen.count == 0, "what concerned only some of them lies behind"


def test_edits_ticks_and_withdrawals_come_after_what_was_said(talk):
    before = talk.seq
    edited, taken, ticked = (talk.say(body=f"第 {number} 句原话") for number in range(3))
    talk.news("leader", before)
    middle = talk.seq
    talk.act("colleague", edited, "", body="改过的话")
    talk.act("colleague", taken, "/withdrawal")
    talk.act("teacher", ticked, "/resolution", resolved="1")
    for since in (before, middle):
        answer = talk.news("leader", since)
        assert shown(answer) == [edited, ticked]
        assert f'data-gone="comment-{taken}"' in answer.text
        assert all(words in answer.text for words in ("改过的话", "已解决", "第 2 句"))
        assert "第 0 句" not in answer.text
        assert "第 1 句" not in answer.text
    talk.act("colleague", taken, "/restoration")
    assert shown(talk.news("teacher", middle)) == [edited, ticked, taken]


def test_a_narrowed_list_is_another_list(talk, monkeypatch):
    before = talk.seq
    question, other = talk.say(kind="question", body="#留白 为什么"), talk.say("leader", kind="highlight")
    upto = talk.seq
    assert shown(talk.news("teacher", before, upto)) == [question, other]
    narrowed = talk.news("leader", before, upto, kind="question")
    assert shown(narrowed) == [question]
    assert f'data-gone="comment-{other}"' in narrowed.text
    assert shown(talk.news("leader", before, upto, author=talk.cast.leader.id)) == [other]
    assert shown(talk.news("colleague", before, upto, tag="留白")) == [question]
    assert shown(talk.news("colleague", before, upto)) == [question, other]
    # Whoever has more tags of their own than are offered renders the same for the others.
    monkeypatch.setattr(narrowing, "MOST_TAGS", 1)
    for _twice in range(2):
        talk.say("leader", visibility="private", body="#我的")
    since, later = talk.seq, talk.say(body="#追问 好")
    assert all(shown(talk.news(who, since, tag="追问")) == [later] for who in ("leader", "teacher"))


def test_an_answer_that_cannot_hold_everything_says_so(talk, monkeypatch):
    monkeypatch.setattr(tails_module, "AT_ONCE", 2)
    monkeypatch.setattr(comment_queries, "CATCH_UP_LIMIT", 3)
    since, said = talk.seq, [talk.say("colleague" if number % 3 else "leader") for number in range(7)]
    hidden = talk.say("colleague", visibility="private")
    upto = talk.seq
    for who, wanted in (("colleague", [*said, hidden]), ("leader", said)):
        at, seen, more = since, [], True
        while more:
            answer = talk.news(who, at, upto)
            assert len(shown(answer)) <= 2
            seen += shown(answer)
            at, more = int(answer.headers["X-Seq"]), "X-More" in answer.headers
        assert (seen, at) == (wanted, upto)


def test_who_does_not_follow_is_asked_for_the_right_as_ever(talk, count_queries):
    before, _said = talk.seq, talk.say()
    upto = talk.seq
    talk.news("teacher", before, upto)
    assert talk.news("outsider", before, upto).status_code == 404
    assert talk.news("anonymous", before, upto).status_code == 401


def test_a_comment_costs_few_statements_however_many_were_made(talk, count_queries):
    client, counts = talk.client_for("colleague"), []
    sent = {"body": "好", "start_ms": "12000"}
    for _twice in range(3):
        with count_queries() as seen:
            answer = client.post(
                f"/lessons/{talk.lesson_id}/comments",
                data=sent | {"client_uuid": str(uuid4())},
                headers={"X-Requested-With": "fetch"},
            )
        assert answer.status_code == 200
        counts.append(seen.count)
    assert counts[1] == counts[2] <= 19


def test_answers_and_live_notes_sent_at_once_are_written_together(talk, client_for):
    thread, hidden = talk.say("leader"), talk.say("leader", visibility="private")
    lesson = f"/lessons/{talk.lesson_id}"
    addresses = (f"{lesson}/comments/{thread}/replies", f"{lesson}/live", f"{lesson}/comments/{hidden}/replies")

    def send(number):
        client = client_for("outsider" if number == 9 else ("colleague", "teacher")[number % 2])
        sent = {"body": f"第 {number} 句", "client_uuid": str(uuid4())}
        return contextvars.Context().run(
            client.post, addresses[number % 3], data=sent, headers={"X-Requested-With": "fetch"}
        )

    with ThreadPoolExecutor(max_workers=12) as pool:
        answers = list(pool.map(send, range(12)))
    assert [answer.status_code for answer in answers] == [200, 200, 404] * 3 + [404, 200, 404]
    with talk.app.app_context():
        rows = {row.id: row for row in db.session.query(TimedComment).all()}
    for number, answer in enumerate(answers):
        if answer.status_code == 200:
            row = rows[answer.get_json()["id"]]
            assert (row.body, row.parent_id, row.taken_at is None) == (
                f"第 {number} 句", thread if number % 3 == 0 else None, number % 3 == 0
            )  # fmt: skip
    assert len(rows) == 2 + 7


def test_what_comes_fast_is_told_together_and_the_last_number_is_never_lost():
    told, now = [], 0.0
    notices = Notices(told.append)
    notices.gather([("lesson", "comment")])
    throttle = notices._throttle
    throttle._clock, throttle.wake_in = lambda: now, lambda _seconds: None
    for seq in range(1, 40):
        notices.note(Changed("lesson:1", seq, "comment", 100 + seq))
        notices.note(Changed("lesson:1", 1000 + seq, "evaluation", 5)) if seq < 3 else None
    assert [event.seq for event in told] == [1, 1001, 1002], "the first at once, of other kinds each"
    now = 1.0
    throttle.do_what_is_due()
    assert [event.seq for event in told] == [1, 1001, 1002, 39]


def test_pages_wait_for_whoever_renders_and_not_for_one_that_failed(monkeypatch):
    tails, key = Tails(), ("lesson:1",)
    turn = tails.ask(key, 0, 2, user_id=7)
    assert isinstance(turn, Turn)
    assert turn.tail is not None
    tails.let_go(turn.tail)
    turn = tails.ask(key, 0, 2, user_id=8)
    assert isinstance(turn, Turn)
    assert turn.tail is not None
    tails.carry_on(turn.tail, [Item(1, 10, "一"), Item(2, 11, "二")], [Aside(2, frozenset({9}))], 2)
    assert tails.ask(key, 0, 2, user_id=7) == Answer("一\n二", 2, more=False)
    lent = tails.ask(key, 1, 2, user_id=9)
    assert isinstance(lent, Turn)
    assert lent.tail is None
    assert lent.lent.is_enough
    later = tails.ask(key, 1, 3, user_id=7)
    assert isinstance(later, Turn)
    assert later.lent.reached == 2, "only what is newer than that is rendered"
    tails.carry_on(later.tail, [Item(3, 10, "改")], [], 3)
    assert tails.ask(key, 0, 3, user_id=7) == Answer("二\n改", 3, more=False), "an old wording is given to nobody"
    before = tails_module._clock()
    monkeypatch.setattr(tails_module, "_clock", lambda: before + tails_module.KEEP_S + 1)
    assert isinstance(tails.ask(key, 0, 3, user_id=7), Turn), "and nothing for long"


def test_an_answer_ends_where_it_was_cut():
    items = [Item(number, number, str(number)) for number in range(1, tails_module.AT_ONCE + 2)]
    answer = answer_of(items, reached=500, newest=500)
    assert (answer.seq, answer.more) == (tails_module.AT_ONCE, True)
    assert answer_of(items[:5], reached=500, newest=500) == Answer("1\n2\n3\n4\n5", 500, more=False)


def test_comments_sent_at_once_are_each_written_once_under_their_authors_rights(talk, client_for):
    before = talk.seq

    def send(number):
        who = ("colleague", "leader", "outsider")[number % 3]
        sent = {
            "body": f"第 {number} 句",
            "start_ms": "120000000" if number == 4 else "12000",
            "client_uuid": str(uuid4()),
        }
        client, address = client_for(who), f"/lessons/{talk.lesson_id}/comments"
        return contextvars.Context().run(client.post, address, data=sent, headers={"X-Requested-With": "fetch"})

    with ThreadPoolExecutor(max_workers=12) as pool:
        answers = list(pool.map(send, range(12)))
    expected = [404 if number % 3 == 2 else 422 if number == 4 else 200 for number in range(12)]
    assert [answer.status_code for answer in answers] == expected
    said = {
        answer.get_json()["id"]: f"第 {number} 句" for number, answer in enumerate(answers) if answer.status_code == 200
    }
    news = talk.news("teacher", before)
    assert sorted(shown(news)) == sorted(said)
    assert len({answer.get_json()["seq"] for answer in answers if answer.status_code == 200}) == len(said) == 7
    with talk.app.app_context():
        authors = {one.id: (one.author.name, one.body) for one in db.session.query(TimedComment).all()}
        unread = db.session.query(Notification).filter_by(user_id=talk.cast.teacher.id, kind="comment").one()
        assert {number: body for number, (_name, body) in authors.items()} == said
        assert {name for name, _body in authors.values()} == {talk.cast.colleague.name, talk.cast.leader.name}
        assert unread.count == 7, "the teacher is told of each"
