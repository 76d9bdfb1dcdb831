"""Whose letter is whose, where equal ones stand side by side and where several decide on the same at once."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from playwright.sync_api import Page

from tests.browser.test_lessonplans import opened
from tests.browser.test_lessonplans_editor import EDITOR
from tests.browser.test_lessonplans_suggesting import line, reads
from tests.support.deaf import DEAF
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.nodes import doc, paragraph, section


@pytest.fixture
def plan_id(app, cast) -> int:
    """A plan of the workshop with one line: `leader` and `teacher` write it."""
    text = doc(section("goals", "教学目标", "", paragraph("默读课文，了解内容")))
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher])
        return make_plan(leader, document=text, visibility="workshop", workshop_id=workshop.id).id


def put(page: Page, letter: str, at: int) -> None:
    page.evaluate(f"{EDITOR}.view.dispatch({EDITOR}.state.tr.insertText('{letter}', {2 + at}))")


def suggesting(page: Page) -> None:
    page.get_by_role("button", name="修订：增删的文字先作建议").click()


def decide(pages: Iterable[Page], *labels: str) -> None:
    for page, label in zip(pages, labels, strict=True):
        page.get_by_role("region", name="修订").get_by_role("button", name=label, exact=True).click()


def hear(pages: Iterable[Page], words: str) -> None:
    for page in pages:
        page.evaluate("window.hear()")
    for page in pages:
        reads(page, words)


def test_each_letter_stays_with_who_typed_it_and_nothing_between_two_decisions_is_written_anew(page_for, plan_id):
    leader, teacher = pages = opened(page_for("leader"), plan_id), opened(page_for("teacher"), plan_id)
    suggesting(leader)
    put(leader, "默", 0)
    suggesting(leader)
    reads(teacher, "[+默]默读课文，了解内容")
    for page in pages:
        page.evaluate(DEAF)
    # 默默: the colleague's own one, beside the suggested one, which both refuse and of which only one knows of the other letter.
    put(teacher, "默", 0)
    assert line(teacher) == "默[+默]默读课文，了解内容"
    decide(pages, "收回", "不接受")
    assert [line(page) for page in pages] == ["默读课文，了解内容", "默默读课文，了解内容"]
    hear(pages, "默默读课文，了解内容")

    suggesting(leader)
    for at in (2, 6):
        leader.evaluate(f"{EDITOR}.view.dispatch({EDITOR}.state.tr.delete({2 + at}, {3 + at}))")
        put(leader, "题", 10)
    suggesting(leader)
    said = line(leader)
    assert said == "默默[-读]课文，[-了]解内容[+题题]"
    reads(teacher, said)
    for page in pages:
        page.evaluate(DEAF)
    decide(pages, "全部接受", "全部接受")
    hear(pages, "默默课文，解内容题题")
