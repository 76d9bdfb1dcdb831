"""Activities in the browser: at the door of a room with a bad line, and the host's list by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.workshops import make_activity, make_workshop
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.codes import code_of, step_of
from yanxiu.workshops.models import Activity, Attendance


@pytest.fixture
def meeting(app, cast):
    """Return the address of an activity that begins in five minutes."""
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
        made = make_activity(leader, workshop, starts_at=now() + timedelta(minutes=5))
        return f"/workshops/{workshop.id}/activities/{made.id}"


def code(app, meeting):
    with app.app_context():
        activity = db.session.get(Activity, int(meeting.rsplit("/", 1)[1]))
        return code_of(activity.key, step_of(now())), step_of(now())


def rows(app):
    with app.app_context():
        return [(row.user_id, row.state) for row in db.session.scalars(db.select(Attendance))]


def test_a_sign_in_without_a_line_waits_on_the_phone_and_is_noted_once(app, cast, page_for, meeting):
    host = page_for("leader")
    host.goto(f"{meeting}/attendance")
    expect(host.locator(".code-digits")).to_be_visible()
    expect(host.locator("live-list#names")).to_have_attribute("data-state", "live")
    phone = page_for("teacher", 390)
    phone.goto(f"{meeting}/sign-in")
    phone.context.set_offline(True)
    phone.get_by_label("签到码").fill(code(app, meeting)[0])
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_text("签到已存在本机")).to_be_visible()
    assert rows(app) == []
    phone.context.set_offline(False)
    expect(phone.get_by_text("您已签到")).to_be_visible()
    expect(host.locator("#attendance-count")).to_contain_text("实到 1")
    phone.reload()
    assert rows(app) == [(cast.teacher.id, "present")]


def test_a_scanned_code_is_kept_by_the_page_that_stands_in_without_a_network(app, cast, page_for, meeting):
    phone = page_for("teacher", 390)
    phone.goto(meeting)
    assert phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    digits, step = code(app, meeting)
    phone.context.set_offline(True)
    phone.goto(f"{meeting}/sign-in?code={digits}&t={step}")
    expect(phone.get_by_text("签到已存在本机")).to_be_visible()
    phone.context.set_offline(False)
    phone.goto("/")
    expect(phone.get_by_text("已签到：出席")).to_be_visible()
    assert rows(app) == [(cast.teacher.id, "present")]


def test_the_host_ticks_names_by_keyboard_and_takes_it_back(app, cast, page_for, meeting):
    host = page_for("leader")
    host.goto(f"{meeting}/attendance")
    host.get_by_placeholder("按姓名查找").fill(cast.teacher.name)
    expect(host.locator(".name-line:visible")).to_have_count(1)
    host.keyboard.press("ArrowDown")
    host.keyboard.press("3")
    expect(host.get_by_role("button", name="请假").locator("visible=true")).to_have_attribute("aria-pressed", "true")
    expect(host.locator("#attendance-count")).to_contain_text("请假 1")
    host.locator(".toast").get_by_role("button", name="撤销").click()
    expect(host.locator("#attendance-count")).to_contain_text("请假 0")
    assert rows(app) == [(cast.teacher.id, "")]


def test_two_write_the_record_at_once_and_see_one_another(page_for, meeting):
    one, other = page_for("teacher"), page_for("colleague", 390)
    for page in (one, other):
        page.goto(f"{meeting}/record")
    one.get_by_label("研讨内容").fill("导入先算一笔账。")
    expect(other.get_by_label("研讨内容")).to_have_value("导入先算一笔账。")
    other.get_by_label("研讨内容").press("Control+End")
    other.get_by_label("研讨内容").press_sequentially("\n学生会问箭从哪儿来。")
    other.get_by_label("活动主题").fill("借箭")
    expect(one.get_by_label("活动主题")).to_have_value("借箭")
    expect(one.get_by_label("研讨内容")).to_have_value("导入先算一笔账。\n学生会问箭从哪儿来。")
    one.context.set_offline(True)
    one.get_by_label("研讨内容").fill("导入先算两笔账。\n学生会问箭从哪儿来。")
    other.get_by_label("研讨内容").fill("导入不算账。\n学生会问箭从哪儿来。")
    other.get_by_role("button", name="保存记录").click()
    one.context.set_offline(False)
    expect(one.get_by_text("同事刚改过这一栏的同一处")).to_be_visible()
    one.get_by_role("button", name="两份都留").click()
    expect(other.get_by_label("研讨内容")).to_have_value(
        "导入不算账。\n学生会问箭从哪儿来。\n导入先算两笔账。\n学生会问箭从哪儿来。"
    )
