"""Noting a lesson on a phone while the line is away, and finding the notes on the recording."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.support.axe import sideways_overflow, violations
from tests.support.clients import CSRF, session_cookie
from tests.support.eventually import eventually
from tests.support.observations import make_clip, make_lesson, upload_clip
from yanxiu.core.unit_of_work import unit_of_work

REFUSED = re.compile(r"/live: Failed to load resource.*(400|422)")


@pytest.fixture
def lesson_id(app, cast) -> int:
    """A lesson of 李强 without a recording, for his school."""
    with app.app_context(), unit_of_work():
        return make_lesson(cast.user("teacher"), visibility="school").id


def now_s(page) -> float:
    return page.evaluate("document.getElementById('lesson-video').currentTime")


def back_online(page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def sit_down(page, client, secret: str = CSRF) -> None:
    """Somebody signs in with this browser, in another tab; with a `secret` of their own the forms here are not theirs."""
    with client.session_transaction() as session:
        session["csrf_token"] = secret
    page.context.add_cookies([{"name": "yanxiu", "value": session_cookie(client), "url": page.url}])


def test_notes_of_a_classroom_without_a_line_find_their_place(
    page_for, lesson_id, tmp_path, work, client_for, device_for, cast, errors
):
    phone = page_for("colleague", 390)
    phone.goto(f"/lessons/{lesson_id}/live")
    expect(phone.locator(".live-form")).to_have_attribute("data-ready", "")
    assert violations(phone) == []
    phone.get_by_label("看到了什么").fill("导入用了一幅图")
    phone.get_by_role("button", name="亮点").click()
    mine = phone.locator("[data-live-list] li")
    expect(phone.get_by_role("status").filter(has_text="都已提交")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_label("看到了什么").fill("第三组没有人记录")
    phone.get_by_role("button", name="疑问").click()
    phone.get_by_role("button", name="打铃").click()
    expect(phone.get_by_text("2 条存在本机，联网后自动提交")).to_be_visible()
    expect(mine).to_have_count(3)
    assert sideways_overflow(phone) == 0

    upload_clip(client_for("teacher"), lesson_id, make_clip(tmp_path / "课堂实录.mp4", seconds=12))
    work()
    teacher = page_for("teacher")
    teacher.goto(f"/lessons/{lesson_id}")
    expect(teacher.locator("#comments")).to_have_attribute("data-state", "live")
    by_clock = teacher.locator("#live-notes .comment")
    expect(by_clock).to_have_count(1)
    sit_down(phone, device_for("leader"), "d" * 40)
    with phone.expect_response(lambda answer: answer.request.method == "GET" and answer.url.endswith("/live")):
        phone.context.set_offline(False)
    sit_down(phone, device_for("colleague"))
    back_online(phone)
    expect(phone.get_by_text("都已提交")).to_be_visible(timeout=20_000)
    expect(by_clock.and_(teacher.locator(f"[data-author='{cast.people['colleague'].id}']"))).to_have_count(3)
    phone.evaluate(
        """([viewer, lesson, uuid]) => localStorage.setItem(`note:${viewer}:${lesson}:${uuid}`, JSON.stringify({lesson, uuid,
           kind: "highlight", body: "手机的钟慢了", visibility: "everybody", label: "亮点", at: Date.now() - 46 * 86400000}))""",
        [str(cast.people["colleague"].id), str(lesson_id), str(uuid4())],
    )
    # A page before the present one had left it there.
    phone.reload()
    expect(mine.filter(has_text="手机的钟慢了")).to_contain_text("抄下来")
    phone.reload()
    expect(mine.filter(has_text="手机的钟慢了")).to_contain_text("抄下来")
    expect(phone.locator("[data-live-state]")).to_have_text("1 条没有提交成功")
    errors[:] = [error for error in errors if not REFUSED.search(error)]
    expect(by_clock).to_have_count(3)
    teacher.evaluate("document.getElementById('lesson-video').currentTime = 9")
    eventually(lambda: abs(now_s(teacher) - 9) < 0.1)
    by_clock.filter(has_text="打铃").get_by_role("button", name="就是现在的画面").click()
    placed = teacher.locator("#comments .comment", has_text="打铃")
    expect(placed.locator(".timecode")).to_have_text("00:09")
    expect(by_clock).to_have_count(0)
    teacher.evaluate("document.getElementById('lesson-video').currentTime = 2")
    placed.locator(".timecode").click()
    eventually(lambda: abs(now_s(teacher) - 9) < 0.1)
    pins = teacher.locator("[data-pins] button")
    expect(pins.first).to_be_visible()
    assert violations(teacher) == []


def test_sweeps_are_counted_without_a_line_and_sent_later(page_for, lesson_id, errors):
    phone = page_for("colleague", 390)
    phone.goto(f"/lessons/{lesson_id}/sweeps")
    expect(phone.locator(".sweep-form")).to_have_attribute("data-ready", "")
    assert violations(phone) == []
    phone.get_by_label("全班人数").fill("40")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="闲聊多一人").click()
    phone.get_by_role("button", name="闲聊多一人").click()
    expect(phone.locator("[data-sweep-rate]")).to_have_text("95.0%")
    phone.get_by_role("button", name="记下这一次").dblclick()
    waiting = phone.locator("[data-sweep-waiting] li")
    expect(waiting).to_contain_text("投入率 95.0% 存在本机")
    expect(phone.locator("[data-sweep-number]")).to_have_text("第 2 次，共 10 次")
    expect(waiting).to_have_count(1)

    def pressed_again() -> bool:
        """Once a second press can be meant as one."""
        phone.get_by_role("button", name="记下这一次").click()
        return waiting.count() == 2

    eventually(pressed_again)
    phone.context.set_offline(False)
    back_online(phone)
    expect(waiting).to_have_count(0)
    results = phone.locator("#sweep-results")
    expect(results).to_contain_text("97.5%")
    expect(results.locator("tbody tr")).to_have_count(2)
    expect(phone.locator("[data-sweep-number]")).to_have_text("第 3 次，共 10 次")
    assert violations(phone) == []
    assert sideways_overflow(phone) == 0
    errors[:] = [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error]
