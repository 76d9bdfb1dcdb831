"""The host deals perspectives; whoever watches or notes sees at once what is theirs, and says what belongs to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.observations import make_lesson
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.services.lessons import invite_member


@pytest.fixture
def lesson_id(app, cast) -> int:
    """A lesson of 李强 to which a host and two observers were asked."""
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        for key, role in (("principal", "host"), ("colleague", "observer"), ("leader", "observer")):
            invite_member(cast.user("teacher"), lesson, cast.user(key), role)
        return lesson.id


def test_perspectives_are_dealt_dragged_claimed_and_noted_under(page_for, lesson_id, cast):
    host, phone = page_for("principal"), page_for("colleague", 390)
    host.goto(f"/lessons/{lesson_id}/perspectives")
    for name in ("倾听", "对话", "思考"):
        host.get_by_label(name, exact=True).check()
    host.get_by_role("button", name="加上选中的视角").click()
    expect(host.locator("[data-coverage]")).to_contain_text("3 个没人看")
    matrix = host.locator("[data-matrix]")
    expect(matrix).to_have_attribute("data-state", "live")
    phone.goto(f"/lessons/{lesson_id}/live")
    expect(phone.locator("[data-perspectives]")).to_have_attribute("data-state", "live")
    expect(phone.locator("#own-perspectives")).to_contain_text("还没有分给您视角")

    host.get_by_role("button", name="轮流分配").click()
    expect(host.locator("[data-coverage]")).to_contain_text("都有人看")
    mine = phone.locator("#own-perspectives h3")
    expect(mine).to_have_text([re.compile("倾听"), re.compile("思考")])
    names = {key: cast.people[key].name for key in ("colleague", "leader")}
    cell = matrix.get_by_role("button", name=f"思考：{names['colleague']}看")
    column = matrix.locator(f"td[data-person='{cast.people['leader'].id}']").first
    cell.drag_to(column)
    expect(matrix.get_by_role("button", name=f"思考：{names['leader']}看")).to_have_attribute("aria-pressed", "true")
    expect(cell).to_have_attribute("aria-pressed", "false")
    expect(mine).to_have_count(1)
    host.keyboard.press("Tab")
    matrix.get_by_role("button", name=f"对话：{names['leader']}看").press("Enter")
    expect(host.locator("[data-coverage]")).to_contain_text("1 个没人看")
    assert violations(host) == []

    # On the phone: the one perspective is chosen already, and the note stands under it.
    expect(phone.get_by_label("倾听", exact=True)).to_be_checked()
    phone.get_by_label("看到了什么").fill("第二排四个人都在看发言的同学")
    phone.get_by_role("button", name="证据").click()
    expect(phone.get_by_role("status").filter(has_text="都已提交")).to_be_visible()
    assert violations(phone) == []
    assert sideways_overflow(phone) == 0
    expect(host.locator("#perspective-matrix tbody tr").first.get_by_role("link")).to_have_text("1")
    phone.goto(f"/lessons/{lesson_id}/perspectives")
    expect(phone.locator("[data-matrix]")).to_have_attribute("data-state", "live")
    phone.get_by_role("button", name="我来看这个：对话").click()
    expect(host.locator("[data-coverage]")).to_contain_text("都有人看")
    assert violations(phone) == []
    assert sideways_overflow(phone) == 0

    # What was found is one's own until the lesson is discussed; a draft waits on the device.
    phone.goto(f"/lessons/{lesson_id}/report")
    field = phone.get_by_label("您的观察结果与建议").first
    field.fill("听得住，记得少")
    expect(phone.get_by_text("草稿已存本机")).to_be_visible()
    phone.reload()
    expect(field).to_have_value("听得住，记得少")
    phone.get_by_role("button", name="保存观察结果").first.click()
    expect(phone.get_by_text("观察结果已保存")).to_be_visible()
    assert violations(phone) == []
    assert sideways_overflow(phone) == 0
    host.goto(f"/lessons/{lesson_id}/report")
    expect(host.get_by_text("写好了 1 份，议课开始后大家都能看到")).to_be_visible()
    expect(host.get_by_text("听得住，记得少")).to_have_count(0)
    host.get_by_label("听完大家的观察").fill("多给后排机会")
    host.get_by_role("button", name="保存总体结论").click()
    expect(host.get_by_text("总体结论已保存")).to_be_visible()
    assert violations(host) == []


def test_a_perspective_is_kept_on_a_phone_lent_to_the_school_and_taken_into_a_lesson(page_for, lesson_id):
    phone, host = page_for("colleague", 390), page_for("teacher")
    phone.goto("/perspectives")
    look_at(phone)
    phone.get_by_label("看哪里").fill("动笔的学生")
    phone.get_by_label("看什么").fill("讨论前先写了字的有几个人\n写的人和没写的人，谁先开口")
    phone.get_by_label("用什么记").select_option("st")
    phone.get_by_role("button", name="存进我的视角").click()
    phone.get_by_role("button", name="给本校老师用").click()
    expect(phone.locator("#kept")).to_contain_text("本校在用")
    look_at(phone)

    host.goto("/perspectives")
    host.get_by_role("button", name="存一份自己的").click()
    expect(host.locator("#kept")).to_contain_text("讨论前先写了字的有几个人")
    look_at(host)
    host.goto(f"/lessons/{lesson_id}/perspectives")
    mine = host.get_by_role("group", name="从我的视角中选")
    mine.get_by_label("动笔的学生").check()
    host.get_by_role("button", name="加上选中的视角").click()
    expect(host.locator("[data-coverage]")).to_contain_text("1 个没人看")
    expect(mine.get_by_label("动笔的学生")).to_be_disabled()
    look_at(host)
    host.set_viewport_size({"width": 390, "height": 844})
    look_at(host)


def look_at(page: Page) -> None:
    assert violations(page) == []
    assert sideways_overflow(page) == 0
