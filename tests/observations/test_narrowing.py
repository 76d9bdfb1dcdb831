"""Comments of a lesson narrowed by person, kind and #tag: the page, its further pages, and what comes later."""

from __future__ import annotations

import pytest

from tests.support.observations import some_comment
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.narrowing import tags_in


@pytest.mark.once
def test_tags_are_words_behind_a_hash():
    assert tags_in("这里 #追问 得好，＃Wait1 也是。#追问 #") == ["追问", "wait1"]
    assert tags_in("第3#题") == ["题"]
    assert tags_in("没有") == []


def test_the_list_holds_what_was_asked_for_and_later_only_what_fits(app, cast, client_for, new_lesson, count_queries):
    lesson_id = new_lesson()
    with app.app_context(), unit_of_work():
        lesson, version = db.session.get_one(Lesson, lesson_id), current_version(recording_of(lesson_id))
        some_comment(cast.user("colleague"), lesson, version, body="甲 #追问", kind="highlight")
        some_comment(cast.user("colleague"), lesson, version, body="乙", kind="question")
        some_comment(cast.user("principal"), lesson, version, body="丙 #追问法 #候答", kind="question", start_ms=30_000)
        some_comment(cast.user("principal"), lesson, version, body="丁 #秘密", visibility="private")
        people = {key: cast.user(key).id for key in ("colleague", "principal")}
    teacher, url = client_for("teacher"), f"/lessons/{lesson_id}"

    def shown(query: str) -> set[str]:
        page = teacher.get(f"{url}?{query}").text
        listed = page[page.index('id="comments"') :]
        return {word for word in "甲乙丙丁" if f'<p class="comment-body">{word}' in listed}

    assert shown("") == {"甲", "乙", "丙"}
    assert shown(f"author={people['colleague']}") == {"甲", "乙"}
    assert shown("kind=question") == {"乙", "丙"}
    assert shown("tag=追问") == {"甲"}  # not the longer word
    assert shown(f"kind=question&author={people['principal']}&tag=候答") == {"丙"}
    assert shown("tag=秘密") == set()
    assert shown("kind=nothing&author=x") == {"甲", "乙", "丙"}
    page = teacher.get(f"{url}?kind=question").text
    assert "秘密" not in page
    assert f"{url}/comments?kind=question" in page
    assert "没有符合的点评" in teacher.get(f"{url}?tag=没有").text
    with app.app_context(), unit_of_work():
        lesson, version = db.session.get_one(Lesson, lesson_id), current_version(recording_of(lesson_id))
        some_comment(cast.user("colleague"), lesson, version, body="戊", kind="highlight")
        some_comment(cast.user("colleague"), lesson, version, body="己", kind="question")
        numbers = {one.body: one.id for one in db.session.query(TimedComment)}
    later = teacher.get(f"{url}/comments?kind=question&since=0").text
    assert f'id="comment-{numbers["己"]}"' in later
    assert f'id="comment-{numbers["戊"]}"' not in later
    assert f'data-gone="comment-{numbers["戊"]}"' in later
    with count_queries() as all_of_them:
        teacher.get(url)
    with count_queries() as narrowed:
        teacher.get(f"{url}?kind=question&tag=追问")
    assert narrowed.count <= all_of_them.count
