"""Any state of a document can be had again, and who wrote what is known, however long ago it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pycrdt import Doc
from sqlalchemy import event

from tests.support.document_bench import Bench
from tests.support.lessonplans import make_plan
from tests.support.pen import texts_of
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.housekeeping import forget_expired
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.authorship import Authors, adopted
from yanxiu.lessonplans.collab.history import BrokenHistoryError, Entry, History, pack, unpack
from yanxiu.lessonplans.collab.ranges import text_ranges
from yanxiu.lessonplans.collab.store import Append
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import plain_text
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.models import PlanHistory
from yanxiu.lessonplans.services import note_shares, save_revision
from yanxiu.lessonplans.subscribers import count_shares
from yanxiu.lessonplans.timeline import MOST, steps_of


class Desk:
    """Two people write one paragraph in turn, straight into the log; what it said after each step is remembered."""

    def __init__(self, app, cast) -> None:
        with app.app_context(), unit_of_work():
            leader = cast.user("leader")
            self.plan_id = make_plan(
                leader, document=nodes.doc(nodes.section("g", "目标", "", nodes.paragraph("模板")))
            ).id
        self.app = app
        self.bench = Bench(app, self.plan_id)
        self.people = (cast.leader.id, cast.teacher.id)
        self.doc: Doc = Doc()
        self.doc.apply_update(self.bench.store.load(self.plan_id).snapshot)
        self.said: dict[int, str] = {0: self.text}

    @property
    def text(self) -> str:
        return "".join(part for text in texts_of(self.doc) for part, _marks in text.diff())

    def put(self, user_id: int, at: int, words: str, away: int = 0) -> None:
        """Insert words before character `at` and take `away` characters behind them."""
        fresh: Doc = Doc()
        fresh.apply_update(self.doc.get_update())
        before, text, plain = fresh.get_state(), texts_of(fresh)[0], self.text
        start = len(plain[:at].encode())
        with fresh.transaction():
            if away:
                del text[start : start + len(plain[at : at + away].encode())]
            text.insert(start, words)
        update = fresh.get_update(before)
        self.doc.apply_update(update)
        done = self.bench.store.append([Append(self.plan_id, [update], frozenset({user_id}))])
        self.said[done[self.plan_id].seq] = self.text

    def compact(self) -> None:
        self.bench.store.compact(self.plan_id)

    def count(self) -> dict[int, int]:
        with self.app.app_context():
            stored = queries.stored_document(self.plan_id)
            return dict(adopted(queries.authored(self.plan_id, stored.merged())))


@pytest.fixture
def desk(app, cast):
    return Desk(app, cast)


def test_every_state_can_be_had_again_after_any_number_of_compactions(app, desk):
    for step in range(12):
        desk.put(desk.people[step % 2], step, f"第{step}句🙂", away=step % 3)
        if step % 5 == 4:
            desk.compact()
    with app.app_context():
        history = queries.history_of(desk.plan_id)
    assert history.head == 12
    for seq, said in desk.said.items():
        document = json_from_state(history.state_at(seq))
        assert plain_text(document, with_titles=False).strip() == said.strip()


@pytest.mark.parametrize("place", [1, 2])
def test_a_compaction_while_a_document_is_read_takes_nothing_from_it(app, desk, place):
    for read in (queries.stored_document, queries.history_of, queries.history_of):
        desk.put(desk.people[0], 0, "写了")
        with app.app_context(), after_question(place, desk.compact):
            found = read(desk.plan_id)
        state = found.merged() if read is queries.stored_document else found.state_at(found.head)
        assert plain_text(json_from_state(state), with_titles=False).strip() == desk.text
        with app.app_context():
            assert not queries.stored_document(desk.plan_id).log


@contextmanager
def after_question(place: int, act: Callable[[], object]) -> Iterator[None]:
    """Do it when that many questions to the database were answered in this block."""
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT") and len(asked) < place:
            asked.append(statement)
            if len(asked) == place:
                act()

    event.listen(db.engine, "after_cursor_execute", hear)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", hear)


def test_a_character_is_its_writers_however_the_text_is_cut_up_and_resent(app, desk):
    wang, li = desk.people
    desk.put(wang, 0, "甲一二三四五")
    desk.put(li, 3, "乙写的🙂")
    desk.compact()
    desk.put(wang, 1, "", away=1)  # 一 goes
    assert desk.count() == {wang: 5, li: 4}
    # A device that sends everything once more does not become the author of it.
    desk.bench.store.append([Append(desk.plan_id, [desk.doc.get_update()], frozenset({li}))])
    assert desk.count() == {wang: 5, li: 4}
    assert "模板" in desk.text


def test_what_comes_back_with_a_version_stays_with_its_writers(app, desk, cast, client_for):
    wang, li = desk.people
    desk.put(wang, 0, "甲写了这一句")
    desk.put(li, 6, "乙写了那一句")
    with app.app_context(), unit_of_work():
        state = queries.stored_document(desk.plan_id).merged()
        save_revision(cast.user("leader"), queries.find_plan(desk.plan_id), state, "一稿", seq=2)
    desk.put(li, 0, "全部重写", away=14)
    assert desk.count() == {li: 4}
    done = client_for("leader").post(f"/lesson-plans/{desk.plan_id}/revisions/1/restoration")
    assert done.status_code == 302
    assert desk.count() == {wang: 6, li: 6}


def test_the_shares_of_a_version_are_counted_by_a_job_and_again_without_harm(app, desk, cast):
    desk.put(desk.people[1], 0, "乙写的 七个字")
    with app.app_context(), unit_of_work():
        plan = queries.find_plan(desk.plan_id)
        kept = save_revision(cast.user("leader"), plan, queries.stored_document(plan.id).merged(), "一稿", seq=1).id
    with app.app_context():
        for _ in range(2):
            count_shares({"revision_id": kept}, None)
            assert [(s.user_id, s.characters) for s in queries.shares_of(kept)] == [(desk.people[1], 6)]
        with unit_of_work():
            note_shares(kept, {})
        assert list(queries.shares_of(kept)) == []
        count_shares({"revision_id": kept + 1000}, None)


def test_old_steps_are_merged_and_neither_text_nor_authors_change(app, desk):
    with clock.frozen(clock.now() - timedelta(days=40)):
        for step in range(30):
            desk.put(desk.people[step % 2], step, f"{step}。")
        desk.compact()
    with clock.frozen(clock.now() + timedelta(days=1)):
        desk.put(desk.people[0], 0, "昨天")
    desk.compact()
    counted, text = desk.count(), desk.text
    with app.app_context():
        before = [len(s.data) for s in db.session.query(PlanHistory).order_by(PlanHistory.last_seq)]
        forget_expired()
        forget_expired()
        db.session.rollback()
        history = queries.history_of(desk.plan_id)
        after = [len(s.data) for s in db.session.query(PlanHistory).order_by(PlanHistory.last_seq)]
        grains = [
            s.grain_s for s in db.session.query(PlanHistory).order_by(PlanHistory.last_seq, PlanHistory.is_beginning)
        ]
    assert sorted(grains) == [0, 0, 600]
    assert sum(after) < sum(before)
    assert len(history.entries) <= 5
    assert plain_text(json_from_state(history.state_at(31)), with_titles=False).strip() == text
    assert desk.count() == counted


def test_packed_steps_come_back_as_they_were_and_damage_is_noticed():
    now = clock.now().replace(microsecond=123_000)
    entries = (Entry(5, 5, now, (3,), b"\x00\x00"), Entry(6, 9, now + timedelta(minutes=3), (), b"abc"))
    packed = pack(entries)
    assert unpack(packed) == entries
    for damaged in (packed[:-3], b"", packed[:4] + b"\xff" + packed[5:]):
        with pytest.raises(BrokenHistoryError):
            unpack(damaged)


def test_whoever_claims_a_character_first_keeps_it():
    authors = Authors()
    for client, first, until, user_id in ((1, 5, 10, 7), (1, 0, 20, 8), (1, 12, 15, 9), (2, 0, 3, 0), (2, 0, 5, 9)):
        authors.claim(client, first, until, user_id)
    assert authors.by_author() == {7: {1: [(5, 10)]}, 8: {1: [(0, 5), (10, 20)]}, 9: {2: [(3, 5)]}}


def test_only_running_text_is_listed_in_units_of_the_browser():
    doc: Doc = Doc()
    doc.apply_update(_state_of("字🙂"))
    assert [until - first for _client, first, until in text_ranges(doc.get_update())] == [3]


def _state_of(words: str) -> bytes:
    return state_from_json(nodes.doc(nodes.section("g", "目标", "写什么", nodes.paragraph(words), nodes.paragraph())))


def test_the_page_of_the_past_shows_any_step_and_who_wrote_what(desk, client_for):
    wang, li = desk.people
    with clock.frozen(clock.now() - timedelta(days=2)):
        desk.put(wang, 0, "甲写的五个字")
    desk.put(li, 0, "乙写的")
    client, address = client_for("leader"), f"/lesson-plans/{desk.plan_id}/history"
    page = client.get(address).text
    assert '<span class="wrote wrote-' in page
    assert "6 字" in page
    assert "乙写的" in page
    earlier = client.get(f"{address}?step=1", headers={"X-Requested-With": "fetch"}).text
    assert "<html" not in earlier
    assert "甲写的五个字" in earlier
    assert "乙写的" not in earlier
    assert "甲写的" not in client.get(f"{address}?at=0").text
    kept = client.post(f"{address}/1/revision", headers={"X-Requested-With": "fetch"}).json
    assert "乙写的" not in client.get(kept["redirect"]).text
    assert client.post(f"{address}/99/revision").status_code == 404


def test_nobody_claims_a_text_by_writing_the_mark_into_the_document(desk, client_for):
    wang, li = desk.people
    desk.put(li, 0, "李强写的")
    with desk.doc.transaction():
        texts_of(desk.doc)[0].format(0, 12, {"author": {"id": wang, "tone": 3}})
    desk.bench.store.append([Append(desk.plan_id, [desk.doc.get_update()], frozenset({wang}))])
    assert desk.count() == {li: 4}


def test_two_versions_and_what_is_there_now_are_compared_on_a_page(app, desk, cast, client_for):
    desk.put(desk.people[0], 0, "一稿的话")
    with app.app_context(), unit_of_work():
        plan = queries.find_plan(desk.plan_id)
        save_revision(cast.user("leader"), plan, queries.stored_document(plan.id).merged(), "一稿", seq=1)
    client, address = client_for("leader"), f"/lesson-plans/{desk.plan_id}/comparison"
    assert "没有不同" in client.get(address).text
    desk.put(desk.people[1], 2, "改过", away=1)
    page = client.get(f"{address}?from=1&to=now").text
    assert '<del><span class="visually-hidden">删去：</span>的</del>' in page
    assert '<ins><span class="visually-hidden">新增：</span>改过</ins>' in page
    assert "选两个不同的版本" in client.get(f"{address}?from=1&to=1").text
    assert client.get(f"{address}?from=7").status_code == 404
    for odd in ("abc", "²"):
        assert client.get(f"{address}?from={odd}").status_code == 422


def test_the_slider_has_few_enough_steps_however_long_the_writing():
    start = clock.now().replace(hour=1)
    entries = tuple(Entry(n, n, start + timedelta(minutes=3 * n), (n % 3,), b"\x00\x00") for n in range(1, 3000))
    steps = steps_of(History(b"\x00\x00", 0, start, entries))
    assert len(steps) <= MOST
    assert [steps[0].seq, steps[-1].seq] == [0, 2999]
    assert steps == sorted(steps, key=lambda step: step.seq)
