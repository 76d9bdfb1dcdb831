"""Tasks in the browser: writing that survives a closed tab and a broken line, and marking by keyboard alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.workshops import make_task, make_work, make_workshop
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Submission, SubmissionCopy, Task, WorkshopMember


@pytest.fixture
def task(app, cast):
    """Return the address of a task for two members."""
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
        return f"/workshops/{workshop.id}/tasks/{make_task(cast.user('leader'), workshop).id}"


def test_half_written_work_survives_a_closed_tab_and_is_sent_once_when_the_line_is_back(app, context_for, task):
    with app.app_context(), unit_of_work():
        db.session.execute(db.update(Task).values(asks_files=False))  # words only: there is no file to keep
    context = context_for("teacher", 390)
    page = context.new_page()
    page.goto(task)
    page.get_by_role("textbox", name="正文").click()
    expect(page.locator(".composer-text")).to_be_visible()
    page.locator(".composer-text").press_sequentially("导入先算一笔账")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    page.close()
    again = context.new_page()
    again.clock.install()
    again.goto(task)
    expect(again.locator(".composer-text")).to_have_text("导入先算一笔账")
    context.set_offline(True)
    again.locator("#hand-in").get_by_role("button", name="提交作业").click()
    expect(again.locator("#hand-in")).to_have_attribute("data-state", "offline")
    again.clock.fast_forward("10:00")
    context.set_offline(False)
    expect(again.get_by_text("截止之前可以修改")).to_be_visible()
    with app.app_context():
        assert db.session.scalars(db.select(SubmissionCopy.text)).all() == ["导入先算一笔账"]


def test_the_leader_marks_one_after_the_other_without_a_mouse(app, cast, page_for, task, errors):
    number = int(task.rsplit("/", 1)[1])
    with app.app_context(), unit_of_work():
        found = db.session.get_one(Task, number)
        works = [make_work(cast.user(key), found).id for key in ("teacher", "colleague")]
    page = page_for("leader")
    page.goto(task)
    page.get_by_role("link", name="开始批改").click()
    expect(page.get_by_label("得分")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="周敏的作业")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="李强的作业")).to_be_visible()
    page.get_by_label("得分").fill("92")
    page.keyboard.press("Tab")
    page.keyboard.type("jk 不是换页，是评语")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="周敏的作业")).to_be_visible()
    page.get_by_label("得分").fill("101")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("请填 0 到 100 之间的整数")).to_be_visible()
    page.get_by_label("得分").fill("88")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="交来的作业")).to_be_visible()
    with app.app_context():
        marked = {row.id: (row.score, row.comment) for row in db.session.scalars(db.select(Submission))}
    errors[:] = [error for error in errors if "422" not in error]
    assert marked == {works[0]: (92, "jk 不是换页，是评语"), works[1]: (88, "")}


def test_a_pressed_reminder_says_so_at_once_and_wakes_when_taken_back(app, page_for, task):
    with app.app_context(), unit_of_work():
        db.session.execute(db.update(WorkshopMember).values(joined_at=now() - timedelta(days=1)))
    page = page_for("leader")
    page.goto(task)
    form = page.locator("form[data-done]")
    form.get_by_role("button", name="提醒还没有交的 2 位老师").click()
    expect(form.get_by_role("button", name="已提醒", exact=True)).to_be_disabled()
    page.get_by_role("button", name="撤销").click()
    expect(form.get_by_role("button", name="提醒还没有交的 2 位老师")).to_be_enabled()
