"""The plan of a term in the browser: dragged with a pointer, moved by keyboard, seen by others at once."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.workshops import make_item, make_stage, make_workshop
from yanxiu.core.clock import today
from yanxiu.core.unit_of_work import unit_of_work


@pytest.fixture
def plan(app, cast) -> str:
    """Return the address of a plan with two stages, of which the first holds three items."""
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher")])
        first = make_stage(leader, workshop, "启动与选题", today() - timedelta(days=7), today() + timedelta(days=14))
        make_stage(leader, workshop, "集体备课与磨课", today() + timedelta(days=15), today() + timedelta(days=40))
        for title in ("读课标", "写初案", "议初案"):
            make_item(leader, first, title)
        return f"/workshops/{workshop.id}/plan"


def titles(page, stage: int):
    return page.locator(".plan-stage").nth(stage).locator(".item-title")


def test_an_item_is_dragged_into_the_next_stage_and_others_see_it(page_for, plan):
    member, leader = page_for("teacher"), page_for("leader", 390)
    member.goto(plan)
    leader.goto(plan)
    for page in (member, leader):
        expect(page.locator("live-list#plan")).to_have_attribute("data-state", "live")
    grip = leader.locator(".plan-item [data-plan-grip]").first
    grip.scroll_into_view_if_needed()
    start = grip.bounding_box()
    target = leader.get_by_role("heading", name="集体备课与磨课").bounding_box()
    leader.mouse.move(start["x"] + 10, start["y"] + 10)
    leader.mouse.down()
    leader.mouse.move(start["x"] + 12, start["y"] + 40, steps=3)
    leader.mouse.move(start["x"] + 12, target["y"] + target["height"], steps=5)
    leader.mouse.up()
    expect(leader.get_by_text("顺序已保存")).to_be_visible()
    for page in (leader, member):
        expect(titles(page, 1)).to_have_text(["读课标"])
        expect(titles(page, 0)).to_have_text(["写初案", "议初案"])
    expect(member.locator("[data-plan-grip]")).to_have_count(0)


def test_a_stage_is_dragged_over_the_one_before_it(page_for, plan):
    leader = page_for("leader")
    leader.goto(plan)
    expect(leader.locator("live-list#plan")).to_have_attribute("data-state", "live")
    start = leader.locator(".plan-stage-head [data-plan-grip]").last.bounding_box()
    target = leader.get_by_role("heading", name="启动与选题").bounding_box()
    leader.mouse.move(start["x"] + 10, start["y"] + 10)
    leader.mouse.down()
    leader.mouse.move(start["x"] + 12, start["y"] - 20, steps=3)
    leader.mouse.move(start["x"] + 12, target["y"], steps=5)
    leader.mouse.up()
    expect(leader.get_by_text("顺序已保存")).to_be_visible()
    expect(leader.locator(".plan-stage h2")).to_have_text(["集体备课与磨课", "启动与选题"])
    leader.reload()
    expect(leader.locator(".plan-stage h2")).to_have_text(["集体备课与磨课", "启动与选题"])


def test_an_item_is_moved_by_keyboard_and_keeps_the_focus(page_for, plan):
    page = page_for("leader")
    page.goto(plan)
    page.get_by_role("button", name="上移：议初案").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(titles(page, 0)).to_have_text(["读课标", "议初案", "写初案"])
    expect(page.get_by_role("button", name="上移：议初案")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(titles(page, 0)).to_have_text(["议初案", "读课标", "写初案"])


def test_what_is_taken_out_is_brought_back_from_the_notice(page_for, plan):
    page = page_for("leader", 390)
    page.goto(plan)
    page.get_by_label("写初案的操作").click()
    page.get_by_role("button", name="移出计划").click()
    expect(titles(page, 0)).to_have_text(["读课标", "议初案"])
    page.get_by_role("button", name="撤销").click()
    expect(titles(page, 0)).to_have_text(["读课标", "写初案", "议初案"])
