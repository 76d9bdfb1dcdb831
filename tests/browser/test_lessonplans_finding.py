"""Finding one's way in a plan: find and replace, outline and counts, 专注, keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_lessonplans import opened, saved, write
from tests.browser.test_lessonplans_editor import plan_id, shared
from tests.browser.test_lessonplans_trust import text
from tests.support.eventually import eventually

__all__ = ["plan_id"]


def test_replacing_everywhere_is_one_step_and_leaves_others_words_alone(page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(page, "goals", "诸葛量借箭，诸葛量定计。")
    page.keyboard.press("Control+f")
    bar = page.get_by_role("search", name="在正文里查找和替换")
    bar.get_by_label("查找", exact=True).fill("诸葛量")
    expect(bar.get_by_role("status")).to_have_text("1 / 2")
    write(other, "board", "诸葛量")
    expect(bar.get_by_role("status")).to_have_text("1 / 3")
    bar.get_by_label("查找", exact=True).press("Enter")
    expect(bar.get_by_role("status")).to_have_text("2 / 3")
    bar.get_by_label("替换为").fill("诸葛亮")
    bar.get_by_role("button", name="全部替换").click()
    expect(bar.get_by_role("status")).to_have_text("替换了 3 处")
    eventually(lambda: text(other).count("诸葛亮") == 3)
    bar.get_by_label("查找", exact=True).press("Escape")
    expect(bar).to_be_hidden()
    expect(page.locator("#plan-text")).to_be_focused()
    page.keyboard.press("Control+z")
    eventually(lambda: text(page).count("诸葛量") == 3 and "借箭" in text(page))
    shared(page, other)


@pytest.mark.parametrize("width", [1280, 390])
def test_outline_counts_focus_and_keys(page_for, plan_id, width):
    page = opened(page_for("leader", width), plan_id)
    write(page, "goals", "读懂 课文")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Alt+3")
    page.keyboard.insert_text("课时一")
    outline = page.locator("[data-outline]")
    expect(outline.get_by_role("link", name="课时一")).to_be_attached()
    expect(outline.get_by_role("link", name="教学目标").locator(".outline-count")).to_have_text("7")
    expect(page.locator(".outline-whole")).to_have_text("全文 19 字")
    page.keyboard.press("Control+/")
    keys = page.get_by_role("dialog", name="快捷键")
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="知道了").click()
    page.get_by_role("button", name="专注，只看正文").click()
    expect(page.locator("[data-plan-panel]")).to_be_hidden()
    expect(page.locator("[data-plan-state]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-plan-panel]")).to_be_visible()
    page.locator("#section-process td").first.click()
    expect(page.get_by_role("button", name="在上面加一行")).to_be_in_viewport()
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("button", name="撤销")).to_be_focused()
    saved(page)
