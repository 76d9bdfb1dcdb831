"""Activities in the browser: at the door of a room with a bad line, and the host's list by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.eventually import eventually
from tests.support.workshops import make_activity, make_workshop
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.codes import code_of, step_of
from yanxiu.workshops.models import Activity, Attendance
from yanxiu.workshops.queries.records import record_of


@pytest.fixture
def meeting(app, cast):
    """Return the address of an activity that begins in five minutes."""
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
        made = make_activity(leader, workshop, starts_at=now() + timedelta(minutes=5))
        return f"/workshops/{workshop.id}/activities/{made.id}"


def code(app, meeting, ago=timedelta()):
    with app.app_context():
        activity, step = db.session.get(Activity, int(meeting.rsplit("/", 1)[1])), step_of(now() - ago)
        return code_of(activity.key, step), step


def rows(app):
    with app.app_context():
        return [(row.user_id, row.state) for row in db.session.scalars(db.select(Attendance))]


def test_a_sign_in_waits_ten_minutes_on_the_phone_without_a_line_and_is_noted_once(app, cast, page_for, meeting):
    host = page_for("leader")
    host.goto(f"{meeting}/attendance")
    expect(host.locator(".code-digits")).to_be_visible()
    expect(host.locator("live-list#names")).to_have_attribute("data-state", "live")
    phone = page_for("teacher", 390)
    phone.clock.install()
    phone.goto(f"{meeting}/sign-in")
    phone.context.set_offline(True)
    # What the screen showed ten minutes ago: by the clock of the phone they pass now.
    phone.get_by_label("签到码").fill(code(app, meeting, timedelta(minutes=10))[0])
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_text("签到已存在本机")).to_be_visible()
    phone.clock.fast_forward("10:00")
    assert rows(app) == []
    phone.context.set_offline(False)
    expect(phone.get_by_text("您已签到")).to_be_visible()
    expect(host.locator("#attendance-count")).to_contain_text("实到 1")
    phone.reload()
    assert rows(app) == [(cast.teacher.id, "present")]


@pytest.mark.service_worker
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


def test_what_the_host_ticks_without_a_line_survives_the_page_and_is_noted_once(app, cast, page_for, meeting):
    host = page_for("leader", 390)
    host.goto(f"{meeting}/attendance")
    expect(host.locator("[data-names][data-keeps=true]")).to_be_visible()
    host.context.set_offline(True)
    line = host.locator(f"#name-{cast.teacher.id}")
    line.get_by_role("button", name="迟到").click()
    expect(line).to_contain_text("已存在本机，联网后自动提交")
    expect(line.get_by_role("button", name="迟到")).to_have_attribute("aria-pressed", "true")
    context = host.context
    host.close()
    assert rows(app) == []
    context.set_offline(False)
    again = context.new_page()
    for _ in "ab":
        again.goto(f"{meeting}/attendance")
        expect(again.locator("#attendance-count")).to_contain_text("迟到 1")
    expect(again.locator("[data-waits]")).to_have_count(0)
    assert rows(app) == [(cast.teacher.id, "late")]


def opened(page, meeting):
    page.goto(f"{meeting}/record")
    expect(page.locator("[data-plan-page][data-ready=true]")).to_be_visible()
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "saved")
    return page


def write(page, section, words):
    page.locator(f"#section-{section} .plan-section-body p").first.click()
    page.keyboard.press("End")
    page.keyboard.insert_text(words)


def kept(app, meeting):
    with app.app_context():
        record = record_of(int(meeting.rsplit("/", 1)[1]))
        return record.html if record is not None else ""


def test_two_write_the_record_at_once_see_one_another_and_the_activity_shows_it(app, page_for, meeting, work):
    one, other = opened(page_for("teacher"), meeting), opened(page_for("colleague", 390), meeting)
    reader = page_for("leader")
    reader.goto(meeting)
    expect(reader.locator("#activity-record")).to_contain_text("还没有人写记录")
    write(one, "outcome", "导入先算一笔账。")
    expect(other.locator("#section-outcome")).to_contain_text("导入先算一笔账。")
    expect(other.locator(".collaboration-carets__label")).to_have_text("李强")
    write(other, "process", "先说课，再共议。")
    expect(one.locator("#section-process")).to_contain_text("先说课，再共议。")
    one.context.set_offline(True)
    write(one, "outcome", "再看地图。")
    expect(one.locator("[data-plan-state]")).to_have_attribute("data-state", "offline")
    write(other, "outcome", "学生会问箭从哪儿来。")
    one.context.set_offline(False)
    for page in (one, other):
        for words in ("再看地图。", "学生会问箭从哪儿来。"):
            expect(page.locator("#section-outcome")).to_contain_text(words)
        expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "saved")
    one.close()
    other.close()
    eventually(lambda: (work(), "再看地图。" in kept(app, meeting))[1])
    for words in ("再看地图。", "学生会问箭从哪儿来。", "先说课，再共议。"):
        expect(reader.locator("#activity-record")).to_contain_text(words)
