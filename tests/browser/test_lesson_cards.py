"""An observed lesson goes into the library; its recording is there for as long as its teacher lets people watch."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.observations import make_lesson, make_ready_version
from yanxiu.core.unit_of_work import unit_of_work


def test_a_lesson_goes_into_the_library_and_its_recording_with_the_permission(app, cast, page_for):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        make_ready_version(lesson)
        address = f"/lessons/{lesson.id}"
    teacher = page_for("teacher")
    teacher.goto(address)
    teacher.get_by_role("link", name="放进资源库").click()
    expect(teacher.get_by_role("textbox", name="标题")).to_have_value("《草船借箭》第一课时")
    teacher.get_by_role("combobox", name="谁能看到").select_option("school")
    teacher.get_by_role("button", name="放进资源库").click()
    expect(teacher.get_by_text("课例已放进资源库")).to_be_visible()
    expect(teacher.locator("video.preview-media")).to_be_visible()
    colleague = page_for("colleague", 390)
    colleague.goto(teacher.url)
    expect(colleague.locator("video.preview-media")).to_be_visible()
    expect(colleague.locator("live-list[data-src$='/film']")).to_have_attribute("data-state", "live")
    teacher.goto(f"{address}/settings")
    teacher.get_by_label("仅受邀的人").check()
    teacher.get_by_role("button", name="保存").click()
    expect(teacher.get_by_text("课例信息已保存")).to_be_visible()
    expect(colleague.get_by_text("课堂录像没有给您看")).to_be_visible()
    expect(colleague.locator("video")).to_have_count(0)
