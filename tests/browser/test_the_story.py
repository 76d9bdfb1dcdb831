"""The product's main job, played by four people in four browsers, at both sizes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work

QUESTION = "《草船借箭》导入怎么设计"
ANSWER = "先让学生用自己的话说说对诸葛亮的印象"


@pytest.fixture
def workshop(app, cast) -> int:
    """The workshop of 王丽 with three members; returns its id."""
    with app.app_context(), unit_of_work():
        members = [cast.user(key) for key in ("teacher", "colleague", "villager")]
        return make_workshop(cast.user("leader"), members).id


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_the_main_job(page_for, workshop, width):
    leader, teacher, villager = (page_for(key, width) for key in ("leader", "teacher", "villager"))
    a_topic_is_posted_and_answered(workshop, leader, teacher, villager)


def a_topic_is_posted_and_answered(workshop: int, leader: Page, teacher: Page, villager: Page) -> None:
    """A leader posts a topic; members see it appear without reloading and answer."""
    for member in (teacher, villager):
        member.goto(f"/workshops/{workshop}/topics")
        expect(member.locator("live-list[data-state=live]")).to_be_attached()
    leader.goto(f"/workshops/{workshop}/topics")
    leader.get_by_role("link", name="发布话题").first.click()
    leader.get_by_label("标题").fill(QUESTION)
    leader.get_by_role("textbox", name="正文").fill("请大家谈谈，五分钟以内怎么引入。")
    leader.get_by_role("button", name="发布话题").click()
    expect(leader.get_by_role("heading", name=QUESTION)).to_be_visible()
    for member in (teacher, villager):
        member.get_by_role("link", name=QUESTION).click()
        expect(member.locator("live-list[data-state=live]")).to_be_attached()
    answer(teacher, ANSWER)
    for reader in (leader, villager):
        expect(reader.get_by_text(ANSWER)).to_be_visible()
    answer(villager, "我们村小可以先放一段评书")
    expect(leader.get_by_text("我们村小可以先放一段评书")).to_be_visible()


def answer(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="回复").fill(text)
    page.get_by_role("button", name="发表回复").or_(page.get_by_role("button", name="回复", exact=True)).last.click()
    expect(page.get_by_text(text).first).to_be_visible()
