"""The two front pages: what waits for me, and what everybody may see."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.support.notifications import tell
from tests.support.observations import make_lesson
from tests.support.resources import make_resource, make_upload
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.home.views import SHORTCUTS, greeting

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_visitors_see_public_resources_and_nothing_else(app, cast, client):
    with app.app_context():
        make_resource(cast.user("teacher"), "公开的教案", visibility="public")
        for visibility in ("county", "school", "private"):
            make_resource(cast.user("teacher"), f"不公开的教案 {visibility}", visibility=visibility)
    page = client.get("/").get_data(as_text=True)
    assert "公开的教案" in page
    assert "不公开的教案" not in page
    assert "登录" in page


def test_the_dashboard_shows_what_waits_and_what_was_left_unfinished(app, cast, client_for):
    client = client_for("teacher")
    page = client.get("/").get_data(as_text=True)
    assert "没有等着处理的事" in page
    with app.app_context():
        tell(cast.teacher.id, cast.leader.id)
        make_upload(cast.user("teacher"), "没写完.docx")
    page = client.get("/").get_data(as_text=True)
    assert "王丽回复了您" in page
    assert "1 份文件还没发布" in page
    assert "没有等着处理的事" not in page


def test_the_dashboard_takes_a_constant_number_of_queries(app, cast, client_for, count_queries):
    client = client_for("teacher")
    client.get("/")
    with app.app_context():
        make_resource(cast.user("colleague"), subject="语文")
        tell(cast.teacher.id, cast.leader.id)
    with count_queries() as few:
        client.get("/")
    with app.app_context():
        for number in range(12):
            make_resource(cast.user("colleague"), f"第{number}份", subject="语文")
            tell(cast.teacher.id, cast.leader.id, number=number + 2)
    with count_queries() as many:
        client.get("/")
    assert many.count == few.count


def test_every_shortcut_leads_to_a_page(client_for):
    client = client_for("teacher")
    page = client.get("/").get_data(as_text=True)
    place = page[page.index('id="shortcuts"') :]
    shortcuts = re.findall(r'<a class="button wide" href="([^"]+)">', place)
    assert [text for _endpoint, text, _icon in SHORTCUTS if text in place] == ["新建教案", "新建课例", "上传资源"]
    assert [client.get(url).status_code for url in shortcuts] == [200] * len(SHORTCUTS)


def test_who_manages_finds_the_management_at_hand(client_for):
    link = '<a class="button wide" href="/admin">'
    assert link in client_for("admin").get("/").text
    assert link not in client_for("teacher").get("/").text


def test_my_lessons_are_among_what_goes_on(app, cast, client_for):
    with app.app_context(), unit_of_work():
        make_lesson(cast.user("teacher"), title="我上的《景阳冈》")
        make_lesson(cast.user("colleague"), title="同事上的课")
    page = client_for("teacher").get("/").get_data(as_text=True)
    going_on = page[page.index('id="going-on"') :]
    assert "我上的《景阳冈》" in going_on
    assert "同事上的课" not in page


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "早上好"), (11, "早上好"), (12, "下午好"), (18, "晚上好"), (2, "晚上好")]
)
def test_the_greeting_follows_the_clock_of_the_teachers(hour, words):
    assert greeting(datetime(2026, 3, 4, hour, tzinfo=SHANGHAI)) == words
