"""Words typed in a paragraph that somebody else changes as a whole at the same time: they stay, once, where they belong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_lessonplans import opened, saved, write
from tests.browser.test_lessonplans_trust import go_offline, text
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work


@pytest.fixture
def plan_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        leader, teacher = (cast.user(key) for key in ("leader", "teacher"))
        workshop = make_workshop(leader, [teacher])
        return make_plan(leader, visibility="workshop", workshop_id=workshop.id).id


def paragraphs(page: Page, section: str) -> list[str]:
    """The blocks of a section as `tag: words`."""
    blocks = page.locator(f"#section-{section} .plan-section-body :is(p, h3, h4)")
    words = (
        "[...one.childNodes].filter(node => !/caret/.test(node.className || '')).map(node => node.textContent).join('')"
    )
    kind = "one.closest('li') ? 'li' : one.tagName.toLowerCase()"
    return blocks.evaluate_all(f"all => all.map(one => `${{{kind}}}: ${{{words}}}`)")


def put_caret(page: Page, section: str, words: str, at: int) -> None:
    """Into the paragraph that begins with `words`, after its character `at`."""
    line = page.locator(f"#section-{section} .plan-section-body :is(p, h3, h4)").filter(has_text=words).first
    line.click()
    page.keyboard.press("Home")
    for _ in range(at):
        page.keyboard.press("ArrowRight")


def test_words_stay_when_their_paragraph_becomes_another_meanwhile(context_for, page_for, plan_id):
    leader = opened(page_for("leader"), plan_id)
    context = context_for("teacher")
    teacher = opened(context.new_page(), plan_id)
    write(leader, "learners", "学生喜欢三国")
    leader.keyboard.press("Enter")
    leader.keyboard.type("只看过动画")
    write(leader, "standard", "抄写词语")
    write(leader, "preparation", "学习单")
    eventually(lambda: "学习单" in text(teacher) and "抄写词语" in text(teacher))
    saved(leader)
    go_offline(context, teacher)
    put_caret(teacher, "learners", "学生喜欢三国", 2)
    teacher.keyboard.type("大多")
    put_caret(teacher, "learners", "只看过动画", 5)
    teacher.keyboard.type("，没读过书")
    put_caret(teacher, "standard", "抄写词语", 4)
    teacher.keyboard.type("各两遍")
    put_caret(teacher, "preparation", "学习单", 0)
    teacher.keyboard.type("每人一份")
    put_caret(leader, "learners", "学生喜欢三国", 0)
    leader.keyboard.press("Control+Alt+3")
    put_caret(leader, "learners", "只看过动画", 0)
    leader.keyboard.press("Backspace")
    put_caret(leader, "standard", "抄写词语", 0)
    leader.keyboard.press("Control+Shift+8")
    put_caret(leader, "preparation", "学习单", 3)
    leader.keyboard.press("Shift+Home")
    leader.keyboard.press("Delete")
    saved(leader)
    context.set_offline(False)
    eventually(lambda: "每人一份" in text(leader) and "各两遍" in text(leader) and "没读过书" in text(leader))
    saved(teacher)
    for page in (leader, teacher):
        eventually(lambda page=page: paragraphs(page, "learners") == ["h3: 学生大多喜欢三国只看过动画，没读过书"])
        eventually(lambda page=page: paragraphs(page, "standard") == ["li: 抄写词语各两遍"])
        eventually(lambda page=page: paragraphs(page, "preparation") == ["p: 每人一份"])
    expect(teacher.get_by_text("您的字接在了原处").first).to_be_visible()


def test_what_was_deleted_stays_deleted_and_what_was_typed_meanwhile_stands_alone(context_for, page_for, plan_id):
    leader = opened(page_for("leader"), plan_id)
    context = context_for("teacher")
    teacher = opened(context.new_page(), plan_id)
    write(teacher, "learners", "学生喜欢三国")
    teacher.keyboard.press("Enter")
    teacher.keyboard.type("只看过动画")
    eventually(lambda: "只看过动画" in text(leader))
    saved(teacher)
    go_offline(context, teacher)
    teacher.keyboard.type("片")
    leader.locator("#section-learners .plan-section-body p").first.click()
    leader.keyboard.press("Control+a")
    leader.keyboard.press("Delete")
    saved(leader)
    leader.close()
    context.set_offline(False)
    expect(teacher.get_by_text("您的字另起一段留了下来").first).to_be_visible()
    saved(teacher)
    again = opened(page_for("leader"), plan_id)
    for page in (again, teacher):
        eventually(lambda page=page: [words for words in paragraphs(page, "learners") if words != "p: "] == ["p: 片"])


def test_who_moved_a_paragraph_takes_along_what_comes_in_late(context_for, page_for, plan_id):
    context = context_for("leader")
    leader = opened(context.new_page(), plan_id)
    teacher = opened(page_for("teacher"), plan_id)
    write(teacher, "learners", "学生喜欢三国")
    write(teacher, "standard", "抄写词语")
    teacher.keyboard.press("Control+Shift+8")
    eventually(lambda: paragraphs(leader, "standard") == ["li: 抄写词语"])
    go_offline(context, leader)
    put_caret(leader, "learners", "学生喜欢三国", 0)
    leader.keyboard.press("Control+Shift+8")
    put_caret(leader, "standard", "抄写词语", 0)
    leader.keyboard.press("Control+Shift+8")
    put_caret(teacher, "learners", "学生喜欢三国", 2)
    teacher.keyboard.type("大多")
    # Words in a paragraph that is as new as they are, in a list that is gone when they arrive.
    put_caret(teacher, "standard", "抄写词语", 4)
    teacher.keyboard.press("Enter")
    teacher.keyboard.type("订正错字")
    saved(teacher)
    teacher.close()
    context.set_offline(False)
    eventually(lambda: paragraphs(leader, "learners") == ["li: 学生大多喜欢三国"], timeout=10)
    eventually(lambda: paragraphs(leader, "standard") == ["p: 抄写词语", "p: 订正错字"])
    saved(leader)
    again = opened(page_for("teacher"), plan_id)
    assert paragraphs(again, "learners") == ["li: 学生大多喜欢三国"]
    assert paragraphs(again, "standard") == ["p: 抄写词语", "p: 订正错字"]
