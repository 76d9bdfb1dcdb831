"""Kept searches: who is told of what, once, and only of what they may open."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import SIGNED_IN, acl_school, enqueue_index, register_sources
from yanxiu.core.unit_of_work import current_unit_of_work, unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.search import telling
from yanxiu.search.indexer import engine_of
from yanxiu.search.models import SavedSearch, SavedSearchHit
from yanxiu.search.queries import saved
from yanxiu.search.queries.saved import DAILY, WEEKLY
from yanxiu.search.queries.shown import visible_now
from yanxiu.search.services import MAX_SAVED, next_look
from yanxiu.search.telling import look

EVERYBODY = frozenset({SIGNED_IN})


@pytest.fixture
def put(shelf, index_now) -> Callable[..., None]:
    def put_in(*titles: str, **fields: object) -> None:
        with unit_of_work():
            for title in titles:
                number = len(shelf.books) + 1
                shelf.put(number, title, **{"acl": EVERYBODY, **fields})
                enqueue_index("book", number)
        index_now()

    return put_in


def keep(client, name: str, text: str, often: str = "now", **more: str):
    return client.post("/search/saved", data={"name": name, "q": text, "often": often, **more})


def inbox(user_id: int) -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(Notification).where(Notification.user_id == user_id).order_by(Notification.id))
    return [(row.headline, row.count) for row in rows if row.kind == "search_found"]


def news(client, saved_id: int) -> list[tuple[str, bool]]:
    """Titles on the page of news, and whether each is marked."""
    html = client.get(f"/search/saved/{saved_id}/news").get_data(as_text=True)
    found = re.findall(r'<h3 class="item-title"><a href="[^"]*">(.*?)</a>(.*?)</h3>', html)
    return [(re.sub("<[^>]+>", "", title), ">新<" in mark) for title, mark in found]


def look_now(app) -> list[int]:
    engine_of(app).look_again()
    return [look(engine_of(app), one) for one in db.session.scalars(select(SavedSearch.id).order_by(SavedSearch.id))]


def test_new_things_are_told_once_and_shown_marked(ctx, app, cast, client_for, put, work):
    put("三年级教案 小数", "四年级教案", "三年级听评课")
    teacher, me = client_for("teacher"), cast.teacher.id
    assert keep(teacher, "教案 三年级", "教案 三年级").status_code == 302
    with clock.frozen(datetime(2027, 3, 1, 2, tzinfo=UTC)):
        assert look_now(app) == [0], "what was there is not new"
        put("三年级教案 分数", "三年级教学设计 面积", "五年级教案", "三年级评课")
    with clock.frozen(datetime(2027, 3, 1, 2, 1, tzinfo=UTC)):
        work()
    assert inbox(me) == [("「教案 三年级」", 2)], "one message; 教学设计 says 教案 too, what lacks a word is none"
    assert look_now(app) == [0], "never twice"
    saved_id = db.session.scalar(select(SavedSearch.id))
    page = teacher.get("/search/saved").get_data(as_text=True)
    assert "2</span>&nbsp;份新的" in page
    fresh = [("三年级教学设计 面积", True), ("三年级教案 分数", True)]
    assert sorted(news(teacher, saved_id)) == sorted(fresh)
    assert {mark for _, mark in news(teacher, saved_id)} == {False}, "seen a moment ago"
    with clock.frozen(datetime(2027, 3, 9, tzinfo=UTC)):
        assert news(teacher, saved_id) == []
    put("三年级教案 时分秒")
    look_now(app)
    assert inbox(me) == [("「教案 三年级」", 3)], "the unread message counts on"


def test_nobody_is_told_of_what_they_may_not_open(ctx, app, cast, client_for, put, shelf):
    put("三国旧课")
    assert keep(client_for("teacher"), "三国", "三国").status_code == 302
    put("三国校内", acl=frozenset({acl_school(cast.villager.organization_id)}))
    put("三国收回")
    shelf.hidden.add(len(shelf.books))
    assert look_now(app) == [0]
    shelf.hidden.clear()
    assert look_now(app) == [1], "now it may be opened"
    shelf.hidden.add(len(shelf.books))
    assert news(client_for("teacher"), db.session.scalar(select(SavedSearch.id))) == [], "gone again since"
    assert "份新的" not in client_for("teacher").get("/search/saved").get_data(as_text=True), "it waits for nobody"
    assert look_now(app) == [0]
    with unit_of_work():
        cast.user("teacher").is_active = False
    put("三国新课")
    assert look_now(app) == [0]


def test_one_search_that_fails_is_in_nobody_s_way(ctx, app, client_for, put, work, monkeypatch):
    put("旧课")
    assert keep(client_for("teacher"), "三国", "三国").status_code == 302
    assert keep(client_for("teacher"), "唐诗", "唐诗").status_code == 302
    first, second = db.session.scalars(select(SavedSearch.id).order_by(SavedSearch.id)).all()

    def wanted_but(one: SavedSearch):
        if one.id == first:
            raise ValueError("this search cannot be read")
        return saved.wanted_of(one)

    monkeypatch.setattr(telling, "wanted_of", wanted_but)
    with clock.frozen(datetime(2027, 3, 1, 2, tzinfo=UTC)):
        put("三国唐诗")
    with clock.frozen(datetime(2027, 3, 1, 2, 1, tzinfo=UTC)):
        work()
    assert db.session.scalars(select(SavedSearchHit.saved_id)).all() == [second]


def test_texts_are_read_before_the_transaction_that_asks_who_may_see(ctx, app, client_for, put, shelf, monkeypatch):
    put("旧课")
    assert keep(client_for("teacher"), "三国", "三国").status_code == 302
    put("三国", "三国演义")
    read = []

    def load(ids):
        read.append(current_unit_of_work() is not None)
        yield from shelf.load(ids)

    def narrow(*asked):
        shelf.hidden.add(2)
        return visible_now(*asked)

    register_sources([replace(shelf.source, load=load)])
    monkeypatch.setattr(telling, "visible_now", narrow)
    assert look_now(app) == [1], "one was taken back between the look and the telling"
    assert read
    assert not any(read), "never whole texts while others wait to write"


def test_what_is_in_a_look_s_way_is_not_new_when_it_comes_back(ctx, app, cast, client_for, put, shelf, monkeypatch):
    monkeypatch.setattr(saved, "LOOKED_AT", 2)
    for day in (1, 2, 3):
        put(f"三国第{day}课", date=datetime(2026, 1, day, tzinfo=UTC))
    assert keep(client_for("teacher"), "三国", "三国").status_code == 302
    with unit_of_work():
        del shelf.books[3]
        enqueue_index("book", 3, deleted=True)
    put("唐诗")
    assert look_now(app) == [0], "the first lesson moved up into sight, that is all"
    put("三国第四课", date=datetime(2026, 1, 4, tzinfo=UTC))
    assert look_now(app) == [1]


def test_a_search_is_paused_renamed_deleted_and_there_are_thirty_at_most(ctx, app, cast, client_for, put):
    put("三国")
    teacher = client_for("teacher")
    for number in range(MAX_SAVED):
        assert keep(teacher, f"搜索{number}", f"三国 第{number}课").status_code == 302
    answer = keep(teacher, "再来一个", "唐诗")
    assert answer.status_code == 409
    assert "最多存 30 个搜索" in answer.get_data(as_text=True)
    first = db.session.scalars(select(SavedSearch).order_by(SavedSearch.id)).first()
    address = f"/search/saved/{first.id}"
    for name, refusal in (
        ("", "请给这个搜索起个名字"),
        ("搜索7", "您已有一个搜索叫这个名字"),
        ("长" * 41, "最多 40 个字"),
    ):
        assert refusal in teacher.post(address, data={"name": name, "often": "daily"}).get_data(as_text=True)
    change = {"name": "<b>改过名</b>", "often": "weekly", "paused": "y"}
    assert teacher.post(address, data=change).status_code == 302
    put("三国 第0课")
    assert not any(look_now(app))
    page = teacher.get("/search/saved").get_data(as_text=True)
    assert "&lt;b&gt;改过名&lt;/b&gt;" in page
    assert "已暂停" in page
    assert teacher.post(address, data={"name": "改过名", "often": "weekly"}).status_code == 302
    assert look_now(app)[0] == 1, "what came meanwhile"
    assert "改过名" in teacher.get("/search", query_string={"q": "三国 第0课"}).get_data(as_text=True)
    assert teacher.post(f"{address}/removal").status_code == 302
    assert teacher.get(f"{address}/news").status_code == 404
    db.session.rollback()
    assert db.session.scalars(select(SavedSearchHit)).all() == []
    assert keep(teacher, "搜索7", "唐诗").status_code == 409
    assert "这个搜索已经存过了" in keep(teacher, "又一个", "三国 第5课").get_data(as_text=True)


def test_a_page_of_kept_searches_needs_as_many_queries_for_many_as_for_one(client_for, put, ctx, count_queries):
    put("三国")
    teacher = client_for("teacher")
    keep(teacher, "一", "三国")
    teacher.get("/search/saved")
    with count_queries() as few:
        teacher.get("/search/saved")
    for number in range(6):
        keep(teacher, f"搜索{number}", f"三国 第{number}课")
    with count_queries() as many:
        teacher.get("/search/saved")
    assert many.count == few.count


def test_daily_and_weekly_ones_are_looked_at_in_the_morning():
    friday = datetime(2026, 11, 27, 1, tzinfo=UTC)
    assert next_look(DAILY, friday) == datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert next_look(WEEKLY, friday) == datetime(2026, 11, 29, 23, tzinfo=UTC), "Monday at seven in China"
    assert next_look(WEEKLY, datetime(2026, 11, 29, 23, tzinfo=UTC)) == datetime(2026, 12, 6, 23, tzinfo=UTC)
