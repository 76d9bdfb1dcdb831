"""Three people write one plan in real pages."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.queries import find_plan
from yanxiu.lessonplans.services import delete_plan


@pytest.fixture
def plan_id(app, cast) -> int:
    """A plan of the workshop: `leader`, `teacher` and `colleague` write it."""
    with app.app_context(), unit_of_work():
        leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
        workshop = make_workshop(leader, [teacher, colleague])
        return make_plan(leader, visibility="workshop", workshop_id=workshop.id).id


def opened(page: Page, plan_id: int) -> Page:
    page.goto(f"/lesson-plans/{plan_id}")
    expect(page.locator("[data-plan-page][data-ready=true]")).to_be_visible()
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "saved")
    return page


def write(page: Page, section: str, text: str) -> None:
    place = page.locator(f"#section-{section} .plan-section-body p").first
    place.click()
    page.keyboard.press("End")
    page.keyboard.insert_text(text)


def document(page: Page) -> str:
    return page.evaluate("JSON.stringify(document.querySelector('[data-plan-page]').planPage.editor.getJSON())")


def saved(page: Page) -> None:
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "saved")


def test_three_teachers_write_one_plan_and_see_each_other(page_for, plan_id):
    pages = [
        opened(page_for(key, width), plan_id)
        for key, width in (("leader", 1280), ("teacher", 390), ("colleague", 1280))
    ]
    write(pages[0], "standard", "落实单元要素：了解阅读名著的方法。")
    write(pages[1], "learners", "学生对三国人物有兴趣，读原著有困难。")
    write(pages[2], "textbook", "课文改编自《三国演义》第四十六回。")
    for page in pages:
        for words in ("落实单元要素", "读原著有困难", "第四十六回"):
            expect(page.locator("#plan-text")).to_contain_text(words)
        saved(page)
    eventually(lambda: len({document(page) for page in pages}) == 1)
    labels = pages[0].locator(".collaboration-carets__label")
    expect(labels).to_have_count(2)
    assert sorted(labels.all_inner_texts()) == ["周敏", "李强"]
    expect(pages[0].locator("[data-plan-here]")).to_contain_text("李强")


def test_what_was_written_is_there_without_scripts(page_for, plan_id, client_for):
    page = opened(page_for("teacher"), plan_id)
    write(page, "goals", "能说出草船借箭的起因、经过和结果。")
    saved(page)
    assert "能说出草船借箭的起因" in client_for("colleague").get(f"/lesson-plans/{plan_id}").text
    assert json.loads(document(page))["type"] == "doc"


def test_a_new_plan_appears_in_the_workshop_without_reloading(app, cast, page_for, plan_id):
    with app.app_context():
        workshop_id = find_plan(plan_id).workshop_id
    page = page_for("colleague")
    page.goto(f"/workshops/{workshop_id}/lesson-plans")
    expect(page.locator("live-list[data-state=live]")).to_be_visible()
    with app.app_context(), unit_of_work():
        make_plan(cast.user("teacher"), "《景阳冈》第二课时", visibility="workshop", workshop_id=workshop_id)
    expect(page.get_by_role("link", name="《景阳冈》第二课时")).to_be_visible()
    with app.app_context(), unit_of_work():
        delete_plan(cast.user("leader"), find_plan(plan_id))
    expect(page.get_by_role("link", name="《草船借箭》第一课时")).to_have_count(0)
