"""Links to a second of a recording and to a section of a plan: found, shown to whom they may concern, made from there."""

import pytest

from tests.support.lessonplans import make_plan
from tests.support.observations import make_lesson, make_ready_version
from tests.workshops.stage import Room, page
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.passages import Passage, passage_at, passages_in

HOST = "yanxiu.example.cn"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p><a href="/lessons/5?t=12">看这里</a></p>', [Passage("lesson", 5, 12)]),
        (f"<p>大家看https://{HOST}/lessons/5?a=1&amp;t=12，再说</p>", [Passage("lesson", 5, 12)]),
        (f"<p>http://{HOST}/lesson-plans/7#section-process</p>", [Passage("lesson_plan", 7, section="process")]),
        (f'<p><a href="http://{HOST}/lessons/5">http://{HOST}/lessons/5</a></p>', [Passage("lesson", 5)]),
        ("<p>https://elsewhere.example/lessons/5?t=12</p>", []),
        ("<p>/lessons/5?t=12 写在字里，没有网址</p>", []),
        (f"<p>http://{HOST}/lessons/5/settings http://{HOST}/lessons/5a</p>", []),
        (
            f"<p>http://{HOST}/lessons/5?t=99999 http://{HOST}/lessons/6?t=-1</p>",
            [Passage("lesson", 5), Passage("lesson", 6)],
        ),
        (f"<p>http://{HOST}/lesson-plans/7#section-%22&gt;</p>", [Passage("lesson_plan", 7)]),
    ],
)
def test_links_are_found_by_their_address_on_this_server(text, found):
    assert passages_in(text, HOST) == found


def test_an_address_comes_back_as_it_was_and_nothing_else_is_one():
    for address in ("/lessons/5?t=12", "/lessons/5", "/lesson-plans/7#section-process"):
        assert passage_at(address).path == address
    assert [passage_at(address) for address in ("", "https://a.example/lessons/5", "/lessons/5\n", "/admin")] == [
        None
    ] * 4


def test_a_card_shows_the_title_to_who_may_open_it_at_the_same_price_for_many(app, cast, client_for, count_queries):
    room = Room(app, cast, answers=0)
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), "《草船借箭》公开课")
        make_ready_version(lesson)
        plan = make_plan(cast.user("teacher"), "《草船借箭》第一课时")
        lesson_id, plan_id = lesson.id, plan.id
    teacher, colleague = client_for("teacher"), client_for("colleague")

    def say(number):
        links = (
            f"http://localhost/lessons/{lesson_id}?t={number} http://localhost/lesson-plans/{plan_id}#section-process"
        )
        assert teacher.post(f"{room.topic}/posts", data={"html": links}).status_code == 302

    say(12)
    page(teacher, room.topic)
    with count_queries() as few:
        mine = page(teacher, room.topic)
    assert f'href="/lessons/{lesson_id}?t=12"' in mine
    assert "课例《草船借箭》公开课" in mine
    assert "00:12" in mine
    assert "教案《草船借箭》第一课时 · 教学过程" in mine
    others = page(colleague, room.topic)
    assert "公开课" not in others
    assert 'class="passages"' not in others
    for number in range(13, 20):
        say(number)
    with count_queries() as many:
        page(teacher, room.topic)
    assert many.count <= few.count
    assert 'class="passage"' in page(teacher, f"{room.topic}/posts?since=0")
    assert 'class="passage"' not in page(colleague, f"{room.topic}/posts?since=0")


def test_from_the_player_and_the_plan_one_comes_to_a_new_topic_with_the_link_in_it(app, cast, client_for):
    room = Room(app, cast, answers=0)
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), workshop_id=room.w, visibility="workshop")
        make_ready_version(lesson)
        lesson_id = lesson.id
    teacher = client_for("teacher")
    text = page(teacher, f"/lessons/{lesson_id}")
    assert "复制此刻链接" in text
    assert f'href="{room.home}/topics/new?about=/lessons/{lesson_id}"' in text
    written = page(teacher, f"{room.home}/topics/new?about=/lessons/{lesson_id}%3Ft%3D12")
    assert f"http://localhost/lessons/{lesson_id}?t=12 </textarea>" in written
    assert "alert(1)" not in page(teacher, f"{room.home}/topics/new?about=javascript:alert(1)")
