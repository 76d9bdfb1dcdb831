"""The library once it is filled: newer versions, filters with many values, lists that are taken along."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.axe import sideways_overflow, violations
from tests.support.documents import docx_bytes
from tests.support.resources import make_resource

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_newer_version_is_paused_found_again_after_a_reload_and_takes_the_note_as_it_stands(page_for, app, cast):
    with app.app_context():
        address = f"/resources/{make_resource(cast.user('teacher'), title='草船借箭').id}"
    better = {"name": "草船借箭_试讲后.docx", "mimeType": WORD, "buffer": docx_bytes("先读后问。")}
    page = page_for("teacher", 390)
    page.goto(f"{address}/edit")
    form = page.locator("#version")
    note, summary = form.get_by_label("改了什么"), form.locator("[data-summary]")
    expect(form.get_by_text("也可以把文件拖到这里")).to_be_visible()
    page.route("**/uploads/versions/*", lambda route: None if route.request.method == "PATCH" else route.continue_())
    note.fill("改了导入")
    form.get_by_label("新文件").set_input_files(better)
    form.get_by_role("button", name="上传新版本").click()
    form.get_by_role("button", name="暂停“草船借箭_试讲后.docx”").click()
    expect(form.get_by_role("listitem")).to_contain_text("已暂停")
    assert not sideways_overflow(page)
    assert not violations(page)
    page.unroute("**/uploads/versions/*")
    page.reload()
    expect(form.get_by_role("listitem")).to_contain_text("再选一次同一个文件")
    expect(note).to_have_value("改了导入")
    note.fill("改了导入和板书")
    form.get_by_label("新文件").set_input_files(better)
    form.get_by_role("button", name="上传新版本").click()
    expect(summary).to_contain_text("1 个已成为新版本")
    expect(note).to_have_value("")
    form.get_by_role("link", name="去看看").click()
    newest = page.get_by_role("listitem").filter(has_text="第 2 版").last
    expect(newest).to_contain_text("现在的")
    expect(newest).to_contain_text("改了导入和板书")


def test_on_a_phone_the_filters_are_folded_and_the_list_begins_on_the_first_screen(page_for, app, cast):
    with app.app_context():
        for number in range(3):
            make_resource(cast.user("teacher"), title=f"草船借箭{number}", kind="plan", subject="语文")
    page = page_for("colleague", 390)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/resources?kind=plan")
    fold = page.locator("details", has=page.get_by_role("form", name="筛选资源", include_hidden=True))
    expect(fold.locator("summary")).to_have_text("筛选（已选 1 项）")
    expect(page.get_by_label("学科", exact=True)).to_be_hidden()
    expect(page.get_by_text("共 3 份")).to_be_in_viewport()
    expect(page.get_by_role("link", name="草船借箭2")).to_be_in_viewport()
    page.goto("/resources")
    expect(page.get_by_text("共 3 份")).to_be_in_viewport()
    page.goto("/resources?kind=plan")
    fold.locator("summary").press("Enter")
    page.get_by_label("级别").select_option("fine")
    page.get_by_label("学科", exact=True).select_option("语文")
    assert not violations(page)
    assert not sideways_overflow(page)
    page.get_by_role("button", name="筛选").press("Enter")
    expect(fold.locator("summary")).to_have_text("筛选（已选 3 项）")
    expect(page.get_by_text("没有符合条件的资源")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(fold.locator("summary")).to_be_hidden()
    page.get_by_label("级别").select_option("")
    expect(page.get_by_text("共 3 份")).to_be_visible()
