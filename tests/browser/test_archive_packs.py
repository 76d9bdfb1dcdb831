"""归档包: the page says by itself how far the worker is, what came of it, and file by file what a check found."""

from __future__ import annotations

import io
import zipfile

from playwright.sync_api import Page, expect

from tests.support.axe import sideways_overflow, violations
from tests.support.observations import make_lesson
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import LessonPhase


def test_a_pack_is_made_and_a_copy_of_it_checked_without_touching_the_page(app, cast, page_for, work, tmp_path):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"), visibility="school")
        lesson.phase = LessonPhase.ARCHIVED
        at = f"/lessons/{lesson.id}/papers"
    page, phone = page_for("teacher"), page_for("teacher", 390)
    for one in (page, phone):
        one.goto(at)
        expect(one.locator("#packs")).to_have_attribute("data-state", "live")
    page.get_by_role("button", name="制作归档包").click()
    expect(page.locator("#packs progress")).to_be_visible()
    expect(phone.locator("#packs")).to_contain_text("在排队")
    work()
    for one in (page, phone):
        expect(one.locator("#packs h3")).to_have_text("归档包已做好")
        expect(one.locator("#packs progress")).to_have_count(0)

    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载归档包").click()
    mine = tmp_path / "手里的.zip"
    with zipfile.ZipFile(fetched.value.path()) as whole, zipfile.ZipFile(mine, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, whole.read(name) if name != "参加的人.csv" else io.BytesIO(b"?").read())
    page.get_by_role("link", name="核对手里的一份").click()
    expect(page.locator("#checks")).to_have_attribute("data-state", "live")
    expect(page.locator("[data-with-script]")).to_be_visible()
    page.get_by_label("下载过的归档包（压缩包，.zip）").set_input_files(mine)
    page.route(
        "**/uploads/packs/*",
        lambda route: route.abort("internetdisconnected") if route.request.method == "PATCH" else route.fallback(),
    )
    page.get_by_role("button", name="上传核对").click()
    expect(page.locator("[data-arrivals]")).to_contain_text("网络断开了")
    # The page is closed in the middle of it; another day the same file goes on and is checked in the background.
    page.reload()
    expect(page.locator("[data-arrivals]")).to_contain_text("上次还没轮到它")
    page.unroute("**/uploads/packs/*")
    page.get_by_label("下载过的归档包（压缩包，.zip）").set_input_files(mine)
    page.get_by_role("button", name="上传核对").click()
    expect(page.locator("#checks progress")).to_be_visible()
    expect(page.locator("[data-arrivals] li")).to_have_count(0)
    expect(phone.locator(".pack-check progress")).to_be_visible()
    work()
    for one in (page, phone):
        expect(one.locator(".pack-check")).to_contain_text("不符 1 个，缺少 0 个，多出 0 个")
        look_at(one)
    phone.get_by_role("link", name="逐个文件看结果").click()
    page.get_by_role("link", name="逐个文件看结果").click()
    for one in (page, phone):
        expect(one.get_by_role("region", name="不同的文件").get_by_role("row")).to_have_count(2)
        expect(one.get_by_role("region", name="不同的文件")).to_contain_text("参加的人.csv")
        look_at(one)


def look_at(page: Page) -> None:
    assert violations(page) == []
    assert sideways_overflow(page) == 0
