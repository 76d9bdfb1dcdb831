"""Finding a plan in the lists of 备课."""

from __future__ import annotations

import pytest

from tests.support.lessonplans import make_plan
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.queries import find_member


@pytest.fixture
def plans(app, cast) -> None:
    """Two of `teacher`, one of `leader` that `teacher` writes in, and one more of `leader` for the school."""
    with app.app_context(), unit_of_work():
        teacher, leader = cast.user("teacher"), cast.user("leader")
        make_plan(teacher, "草船借箭", unit="古典名著")
        make_plan(teacher, "分数的意义", subject="数学")
        joined = make_plan(leader, "景阳冈")
        services.invite_member(leader, joined, teacher, "writer")
        services.mark_seen(find_member(joined.id, teacher.id))
        make_plan(leader, "猴王出世", visibility="school", stage="初中")


ALL = {"草船借箭", "分数的意义", "景阳冈", "猴王出世"}


def shown(client_for, query: str) -> set[str]:
    page = client_for("teacher").get(f"/lesson-plans?{query}").text
    return {title for title in ALL if f">{title}</a>" in page}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"草船借箭", "分数的意义", "景阳冈"}),
        ("q=草船", {"草船借箭"}),
        ("q=名著", {"草船借箭"}),
        ("q=王丽", {"景阳冈"}),
        ("q=%25", set()),
        ("q=草船+名著", {"草船借箭"}),
        ("q=草船+分数", set()),
        ("subject=数学", {"分数的意义"}),
        ("subject=没有这一科", {"草船借箭", "分数的意义", "景阳冈"}),
        ("whose=own", {"草船借箭", "分数的意义"}),
        ("whose=joined", {"景阳冈"}),
        ("show=shared&stage=初中", {"猴王出世"}),
        ("show=shared&stage=小学", {"景阳冈"}),
        ("show=shared&whose=school", {"猴王出世"}),
        ("show=shared&whose=county", set()),
    ],
)
def test_a_list_is_narrowed_by_words_subject_stage_and_place(client_for, plans, query, titles):
    assert shown(client_for, query) == titles


def test_what_was_looked_for_stays_in_the_fields_and_an_empty_answer_says_so(client_for, plans):
    page = client_for("teacher").get("/lesson-plans?q=没有的课&subject=数学").text
    assert 'value="没有的课"' in page
    assert '<option value="数学" selected>' in page
    assert "没有符合条件的教案" in page
