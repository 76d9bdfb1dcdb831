"""Suggestions while typing: one's own searches, popular ones, titles by characters, pinyin and first letters."""

import random
from threading import Event, Thread

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.search.test_spelling import EVERYBODY, PRINCIPALS_TRIED
from tests.support.accounts import make_person
from tests.support.engines import search_engine
from tests.support.eventually import eventually
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import IndexDocument, acl_workshop, enqueue_index
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.models import PopularQuery, TypedQuery
from yanxiu.search.noting import Note, Notes
from yanxiu.search.queries import recent_queries
from yanxiu.search.services import forget_queries, note_query
from yanxiu.search.text.completion import completes, completion_key
from yanxiu.search.text.terms import engine_document
from yanxiu.search.warming import Warming


def offered(client, typed: str, label: str | None = None) -> list[str]:
    items = client.get("/search/suggestions", query_string={"q": typed}).get_json()["items"]
    return [item["title"] for item in items if label is None or item["label"] == label]


def put_in(index_now, shelf, *titles, **fields) -> None:
    with unit_of_work():
        for title in titles:
            number = len(shelf.books) + 1
            shelf.put(number, title, **fields)
            enqueue_index("book", number)
    index_now()


def test_turning_to_a_search_box_loads_what_a_search_needs_once(app, ctx, client, index_now, caplog, monkeypatch):
    index_now()
    warming, loaded = Warming(app), Event()
    monkeypatch.setitem(app.extensions, "yanxiu_search_warming", warming)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setattr(warming, "run", lambda _viewer: loaded.set())
    client.get("/search/suggestions?q=草")
    assert not loaded.is_set()
    for address in ("/search/suggestions", "/search"):
        client.get(address)
        eventually(loaded.is_set)
    monkeypatch.setattr(warming, "run", None)  # a second time would be an error
    client.get("/search")
    Warming(app).run(Viewer())
    assert caplog.records == []


@pytest.mark.parametrize("typed", ["草船", "《草船", "caochuan", "caoch", "ccjj", "CC", "草船借箭第"])
def test_a_title_is_offered_by_its_beginning_however_it_is_typed(ctx, client, shelf, index_now, typed):
    put_in(index_now, shelf, "《草船借箭》第一课时", "借箭")
    assert offered(client, typed) == ["《草船借箭》第一课时"]


def test_one_letter_offers_nothing_and_a_stranger_s_title_is_nobody_s(ctx, client, shelf, index_now):
    put_in(index_now, shelf, "草船借箭", acl=frozenset({acl_workshop(7)}))
    assert offered(client, "c") == offered(client, "cc") == offered(client, "草") == []


def test_people_of_one_name_are_told_apart_by_their_school(app, client_for, cast, index_now):
    with app.app_context(), unit_of_work():
        for place in ("central", "village"):
            person = make_person(cast.place(place), "曾晓乐", username=f"zengxiaole{place}")
            enqueue_index("person", person.id)
    index_now()
    teacher = client_for("teacher")
    for typed in ("zengxiaole", "cengxiao", "zxl", "曾晓"):
        items = teacher.get("/search/suggestions", query_string={"q": typed}).get_json()["items"]
        assert {item["note"] for item in items if item["title"] == "曾晓乐"} == {"青山镇中心小学", "石桥村小学"}, typed
    assert "曾晓乐" in teacher.get("/search?q=zengxiaole").get_data(as_text=True)
    assert "名字或标题按“zxl”开头的" in teacher.get("/search?q=zxl").get_data(as_text=True)
    assert offered(client_for("stranger"), "zxl") == []


def test_what_somebody_looked_for_is_offered_again_to_them_alone(ctx, client_for, shelf, index_now):
    put_in(index_now, shelf, "三国教学设计", "阅读")
    teacher = client_for("teacher")
    for query in ("三国 教学", "没有的东西", "阅读&subject=语文", "阅读&page=2"):
        teacher.get(f"/search?q={query}")
    assert offered(teacher, "") == ["三国 教学"], "nothing found, filters and further pages are not kept"
    assert offered(teacher, "sgj", "搜过") == offered(teacher, "三国", "搜过") == ["三国 教学"]
    assert offered(client_for("colleague"), "") == []
    assert "最近搜过" in teacher.get("/search").get_data(as_text=True)
    assert teacher.post("/search/recent/removal").status_code == 302
    assert offered(teacher, "") == []


def test_what_five_people_of_the_county_typed_is_offered_if_it_finds_something(ctx, cast, client_for, shelf, index_now):
    put_in(index_now, shelf, "三国教学设计")
    put_in(index_now, shelf, "秘密计划", acl=frozenset({acl_workshop(7)}))
    county = cast.viewer("teacher").county_id
    people = ("leader", "teacher", "colleague", "villager", "outsider")
    for number, key in enumerate(people):
        assert offered(client_for("researcher"), "") == [], number
        with unit_of_work():
            for _ in range(3):
                note_query(cast.people[key].id, county, "三国教学")
                note_query(cast.people[key].id, county, "秘密")
    assert offered(client_for("researcher"), "", "很多人在找") == ["三国教学"], "the other finds nothing for them"
    assert offered(client_for("stranger"), "") == [], "another county"
    with unit_of_work():
        forget_queries(cast.user("leader"))
    assert offered(client_for("researcher"), "") == [], "four are too few"
    assert db.session.query(PopularQuery.people).filter_by(text="三国教学").scalar() == 4


def test_words_five_people_agreed_on_are_not_put_before_the_county(ctx, cast, client_for, shelf, index_now):
    put_in(index_now, shelf, "王老师的三国教学设计", "体罚")
    county = cast.viewer("teacher").county_id
    with unit_of_work():
        for key in ("leader", "teacher", "colleague", "villager", "outsider"):
            for text in ("王老师 体罚", "wls"):
                note_query(cast.people[key].id, county, text)
    assert offered(client_for("researcher"), "") == []


def test_a_link_from_elsewhere_is_no_search_of_one_s_own(ctx, client_for, shelf, index_now):
    put_in(index_now, shelf, "三国教学设计")
    teacher = client_for("teacher")
    assert teacher.get("/search?q=三国", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    assert offered(teacher, "", "搜过") == []
    teacher.get("/search?q=三国", headers={"Sec-Fetch-Site": "same-origin"})
    assert offered(teacher, "", "搜过") == ["三国"]


def test_what_was_found_is_shown_though_the_search_cannot_be_noted(ctx, client_for, shelf, index_now, monkeypatch):
    def refuse(*_arguments):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    put_in(index_now, shelf, "三国教学设计")
    teacher = client_for("teacher")
    monkeypatch.setattr("yanxiu.search.noting.note_queries", refuse)
    answer = teacher.get("/search?q=三国")
    assert answer.status_code == 200
    assert "教学设计" in answer.get_data(as_text=True)


def test_a_search_is_noted_after_its_page_was_sent_with_what_others_looked_for_meanwhile(app, cast, monkeypatch):
    monkeypatch.setattr("yanxiu.search.noting.MOMENT_S", 0.02)
    monkeypatch.setitem(app.config, "TESTING", False)
    with app.app_context():
        county = cast.viewer("teacher").county_id
    notes = Notes(app)
    with notes._lock:
        notes._busy = True  # as if the one who writes were about to look
    for who, text in ((cast.teacher, "三国"), (cast.teacher, "三国"), (cast.colleague, "三国"), (cast.leader, "水浒")):
        notes.add(Note(who.id, county, text))
    notes.forget(cast.leader.id)
    notes._run()
    assert not notes._busy
    with app.app_context():
        assert [(row.text, row.people) for row in db.session.query(PopularQuery)] == [("三国", 2)]
        assert recent_queries(cast.viewer("leader")) == []
    notes.add(Note(cast.leader.id, county, "水浒"))

    def noted() -> bool:
        with app.app_context():
            return recent_queries(cast.viewer("leader")) == ["水浒"]

    eventually(noted)


def test_who_forgets_what_he_looked_for_does_not_find_it_noted_afterwards(app, cast, monkeypatch):
    monkeypatch.setattr("yanxiu.search.noting.MOMENT_S", 0.0)
    monkeypatch.setitem(app.config, "TESTING", False)
    writes, may_end, ended = Event(), Event(), Event()

    def write(_notes):
        writes.set()
        may_end.wait(20)

    monkeypatch.setattr("yanxiu.search.noting.write", write)
    notes = Notes(app)
    notes.add(Note(cast.teacher.id, None, "三国"))
    assert writes.wait(20)
    forgetting = Thread(target=lambda: (notes.forget(cast.teacher.id), ended.set()))
    forgetting.start()
    assert not ended.wait(0.05)
    may_end.set()
    assert ended.wait(20)
    forgetting.join()
    eventually(lambda: not notes._busy)


def test_a_text_that_counts_for_nobody_any_more_is_gone(ctx, cast):
    county = cast.viewer("teacher").county_id
    with unit_of_work():
        note_query(cast.teacher.id, county, "王老师")
        note_query(cast.colleague.id, county, "三国")
        note_query(cast.teacher.id, county, "三国")
    with unit_of_work():
        forget_queries(cast.user("teacher"))
    assert [(row.text, row.people) for row in db.session.query(PopularQuery)] == [("三国", 1)]


def test_counts_are_changed_in_the_order_of_the_texts_and_only_for_rows_really_deleted(ctx, cast, monkeypatch):
    """Two searches at a time must neither wait for one another nor both take the same one off."""
    county, written = cast.viewer("teacher").county_id, []
    with unit_of_work():
        note_query(cast.teacher.id, county, "甲")
    monkeypatch.setattr("yanxiu.search.services.words.KEPT", 1)

    def listen(_connection, _cursor, statement, parameters, *_more):
        if statement.startswith(("INSERT INTO search_popular", "UPDATE search_popular")):
            written.append(
                next(
                    p
                    for p in (parameters.values() if isinstance(parameters, dict) else parameters)
                    if p in {"甲", "乙"}
                )
            )

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        with unit_of_work():
            note_query(cast.teacher.id, county, "乙")
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    assert written == ["乙", "甲"], "U+4E59 comes before U+7532"
    assert [(row.text, row.people) for row in db.session.query(PopularQuery)] == [("乙", 1)]


def test_only_the_newest_fifty_are_kept(ctx, cast):
    viewer = cast.viewer("teacher")
    for number in range(53):
        with clock.frozen(clock.now()), unit_of_work():
            note_query(cast.teacher.id, viewer.county_id, f"第{number}个")
    assert recent_queries(viewer)[0] == "第52个"
    assert db.session.query(TypedQuery).filter_by(user_id=viewer.user_id).count() == 50
    assert db.session.query(PopularQuery).filter(PopularQuery.people > 0).count() == 50


@pytest.fixture
def engine(tmp_path):
    with search_engine(tmp_path) as engine:
        yield engine


def test_suggested_titles_are_those_of_the_readers_own_documents(engine):
    """Random principals against brute force, with more titles than are looked at."""
    rng = random.Random(3)
    heads = ("三国", "三国", "教学")
    documents = [
        IndexDocument("resource", n, f"{rng.choice(heads)}{n:04}", "/", frozenset(rng.sample(sorted(EVERYBODY), 1)))
        for n in range(1, 601)
    ]
    engine.rebuild([[engine_document(document, "") for document in documents]], lambda: None)
    for _ in range(PRINCIPALS_TRIED):
        who, typed = (
            frozenset(rng.sample(sorted(EVERYBODY), rng.randint(0, 5))),
            rng.choice((*heads, "sg", "jiaox", "三国00", "三")),
        )
        mine = [d for d in documents if d.acl & who and completes(d.title, completion_key(typed))]
        looked_at = {d.object_id for d in sorted(mine, key=lambda d: d.title)[:200]}
        assert {number for _, number in engine.suggest(typed, who, 1000)} == looked_at
