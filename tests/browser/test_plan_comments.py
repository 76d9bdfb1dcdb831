"""Comments on the words of a plan in real pages: selecting, hearing of it live, and what editors do to the words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.nodes import doc, paragraph, section
from yanxiu.lessonplans.services import invite_member

TEXT = doc(section("goals", "教学目标", "", paragraph("默读课文，圈出关键句。"), paragraph("说说理由。")))


@pytest.fixture
def plan_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher])
        plan = make_plan(leader, visibility="workshop", workshop_id=workshop.id, document=TEXT)
        invite_member(leader, plan, cast.user("villager"), "reader")
        return plan.id


def opened(page: Page, plan_id: int) -> Page:
    page.goto(f"/lesson-plans/{plan_id}")
    expect(page.locator("[data-plan-comments][data-ready=true]")).to_be_attached()
    expect(page.locator("#plan-comments")).to_have_attribute("data-state", "live")
    return page


def select(page: Page, text: str) -> None:
    """Select these words, as a drag of the mouse does."""
    page.evaluate(
        """text => {
          const { editor } = document.querySelector("[data-plan-page]").planPage;
          editor.state.doc.descendants((node, at) => {
            const found = node.isText ? node.text.indexOf(text) : -1;
            if (found >= 0) editor.commands.setTextSelection({ from: at + found, to: at + found + text.length });
          });
          editor.view.focus();
        }""",
        text,
    )


def commented(page: Page) -> str:
    return "".join(page.locator("#plan-text .commented").all_text_contents())


def test_a_comment_stays_with_its_words_whatever_editors_do_to_them(page_for, plan_id):
    reader, writer = opened(page_for("villager", 390), plan_id), opened(page_for("teacher"), plan_id)
    select(reader, "圈出关键句")
    reader.locator(".comment-here").click()
    reader.locator("#plan-comment-body").press_sequentially("@")
    reader.keyboard.press("Escape")  # closes the names, not the sheet
    reader.locator("#plan-comment-body").fill("@王丽 换成画线更快")
    reader.get_by_role("button", name="发表批注").click()
    thread = writer.locator(".plan-comment", has_text="换成画线更快")
    expect(thread).to_be_visible()
    expect(writer.locator("#plan-text .commented")).to_have_text("圈出关键句")
    assert violations(reader) == violations(writer) == []
    # Enter in the middle of the words, then the second half cut and put elsewhere.
    select(writer, "关键句")
    writer.keyboard.press("ArrowLeft")
    writer.keyboard.press("Enter")
    expect(reader.locator("#plan-text .commented")).to_have_text(["圈出", "关键句"])
    select(writer, "关键句")
    writer.keyboard.press("Control+x")
    expect(writer.locator("#plan-text .commented")).to_have_text("圈出")
    select(writer, "圈出")
    writer.keyboard.press("Control+c")
    select(writer, "说说理由")
    writer.keyboard.press("ArrowRight")
    writer.keyboard.press("Control+v")
    expect(writer.locator("#plan-text")).to_contain_text("说说理由圈出")
    assert commented(writer) == "圈出"  # a copy is not what was commented on
    thread.locator("[data-to-text]").click()
    writer.keyboard.press("Delete")
    expect(thread.get_by_text("原文已删除")).to_be_visible()
    expect(reader.locator(".plan-comment [data-lost]")).to_be_visible()


def test_by_keyboard_from_words_to_comment_and_back(page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    select(page, "默读课文")
    page.keyboard.press("Control+Alt+c")
    page.keyboard.type("先朗读，@李")
    page.keyboard.press("Enter")
    expect(page.locator("#plan-comment-body")).to_have_value("先朗读，@李强 ")
    page.reload()
    expect(page.locator("[data-comment-quote]")).to_have_text("默读课文")
    expect(page.locator("#plan-text .commented")).to_have_text("默读课文")
    page.locator("#plan-comment-body").press("Control+Enter")
    thread = page.locator(".plan-comment", has_text="先朗读")
    expect(thread).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#plan-text")).to_be_focused()
    thread.get_by_role("button", name="解决").click()
    expect(thread).to_be_hidden()
    page.get_by_role("button", name="全部").click()
    expect(thread).to_contain_text("已解决")
    expect(page.locator("[data-comments-count]")).to_have_text("")
    select(page, "说说理由")
    page.locator("[data-comments-open]").click()
    expect(page.locator("#plan-comment-body")).to_be_focused()
    expect(page.locator("[data-comment-quote]")).to_have_text("说说理由")
