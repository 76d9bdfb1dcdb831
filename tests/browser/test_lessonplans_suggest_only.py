"""Somebody who may comment on a plan and suggest changes in it, beside the one who writes it, in real pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_lessonplans import opened, saved
from tests.browser.test_lessonplans_editor import EDITOR, stored
from tests.browser.test_lessonplans_suggesting import PASTE_PICTURE, first_lines, line, reads, select
from tests.browser.test_lessonplans_trust import compose
from tests.support.axe import violations
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.html import render_html, render_proposed
from yanxiu.lessonplans.document.nodes import doc, paragraph, section, table, tasks
from yanxiu.lessonplans.document.suggesting import as_accepted
from yanxiu.lessonplans.queries import find_plan
from yanxiu.lessonplans.sockets import recheck_documents

SWITCH = "修订：增删的文字先作建议"


@pytest.fixture
def plan_id(app, cast) -> int:
    """`leader` writes it; `teacher` may comment and suggest."""
    goals = section("goals", "教学目标", "", paragraph("默读课文，了解内容"), paragraph("第二条"))
    text = doc(
        goals, section("process", "教学过程", "", table(["环节", "教师"], [["读", "听"]]), tasks((False, "带书")))
    )
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher")])
        card = {"workshop_id": workshop.id, "workshop_writes": False, "readers_propose": True}
        return make_plan(leader, document=text, visibility="workshop", **card).id


def test_who_may_not_write_suggests_and_who_writes_decides(app, page_for, plan_id):
    leader, teacher = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    expect(teacher.get_by_text("您可以提出修订，由主备人采纳")).to_be_visible()
    switch = teacher.get_by_role("button", name=SWITCH)
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(teacher.locator(".toast")).to_contain_text("您在这份教案里只提修订")
    expect(switch).to_have_attribute("aria-pressed", "true")
    select(teacher, 5, 7)
    compose(teacher, ["s", "shuo", "shuo qing"], "说清", lambda: None)
    reads(leader, "默读课文，[-了解][+说清]内容")
    saved(teacher)
    # A box or a table is for those who write; nothing of it leaves the page.
    expect(teacher.get_by_role("button", name="插入表格")).to_be_disabled()
    teacher.evaluate(f"{EDITOR}.commands.insertTable({{rows: 2, cols: 2}})")
    expect(teacher.locator(".toast").last).to_contain_text("请写在批注里告诉主备人")
    expect(teacher.locator(".suggested-decisions button")).to_have_text(["收回"])
    assert violations(teacher) == []
    leader.locator("#panel-suggested").get_by_role("button", name="接受", exact=True).click()
    reads(teacher, "默读课文，说清内容")
    # What was accepted is not taken back by undoing one's own typing.
    teacher.keyboard.press("Control+z")
    select(teacher, 0, 0)
    teacher.keyboard.type("先")
    reads(leader, "[+先]默读课文，说清内容")
    saved(teacher)
    teacher.locator("#panel-suggested").get_by_role("button", name="收回").click()
    reads(leader, "默读课文，说清内容")
    eventually(lambda: first_lines(app, plan_id)[0] == "默读课文，说清内容")


def test_headings_of_a_table_and_ticks_are_suggested_and_decided_on(app, page_for, plan_id):
    leader, teacher = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    items = leader.get_by_role("region", name="修订").get_by_role("listitem")
    boxes = [page.get_by_role("checkbox", name="完成：带书") for page in (teacher, leader)]
    for times in (1, 0, 1):
        boxes[0].click()
        expect(items).to_have_count(times)
        expect(boxes[0]).not_to_be_checked()
    expect(items).to_contain_text("勾选完成带书")
    expect(leader.locator("li.suggested-tick")).to_have_attribute("data-shape", "李强 建议：勾选完成")
    teacher.locator("#plan-text th").first.click()
    teacher.get_by_role("button", name="首行作表头").click()
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("不作表头（2 格）环节 ｜ 教师")
    expect(leader.locator(".suggested-grid-first")).to_have_attribute("data-shape", "李强 建议：不作表头（2 格）")
    assert violations(leader) == []
    saved(teacher)
    before = stored(app, plan_id)
    accepted = render_html(as_accepted(before))
    assert render_html(before).count("<th>") == 2
    leader.get_by_role("button", name="全部接受").click()
    expect(boxes[0]).to_be_checked()
    expect(teacher.locator("#plan-text th")).to_have_count(0)
    saved(leader)
    assert render_html(stored(app, plan_id)) == accepted
    leader.get_by_role("status").get_by_role("button", name="撤销").last.click()
    expect(teacher.locator("#plan-text th")).to_have_count(2)
    items.filter(has_text="勾选完成").get_by_role("button", name="不接受").click()
    mine = teacher.locator("#panel-suggested").get_by_role("button", name="收回")
    expect(mine).to_have_count(1)
    mine.click()
    expect(items).to_have_count(0)
    saved(teacher)
    assert render_html(stored(app, plan_id)) == render_html(before)


def test_what_is_refused_is_kept_for_its_writer_and_the_page_goes_on(app, page_for, plan_id):
    leader, teacher = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    select(teacher, 0, 0)
    teacher.keyboard.type("先")
    reads(leader, "[+先]默读课文，了解内容")
    # Without a line the one goes on writing, and takes back what the other one accepts meanwhile.
    teacher.context.set_offline(True)
    expect(teacher.locator("[data-plan-state]")).to_have_attribute("data-state", "offline")
    teacher.keyboard.press("Backspace")
    select(teacher, 9, 9)
    teacher.keyboard.type("，能复述")
    expect(teacher.locator("[data-plan-state]")).to_have_text("离线，已存本机")
    leader.locator("#panel-suggested").get_by_role("button", name="接受", exact=True).click()
    reads(leader, "先默读课文，了解内容")
    saved(leader)
    teacher.context.set_offline(False)
    area = teacher.get_by_label("没有存上的修订")
    expect(area).to_have_value("，能复述", timeout=20000)
    expect(teacher.locator("[data-plan-page][data-ready]")).to_be_visible()
    reads(teacher, "先默读课文，了解内容")
    assert violations(teacher) == []
    teacher.get_by_role("button", name="知道了").click()
    expect(area).to_have_count(0)
    select(teacher, 10, 10)
    teacher.keyboard.type("，能复述")
    reads(leader, "先默读课文，了解内容[+，能复述]")
    saved(teacher)
    # The right may go while somebody writes, and come back.
    for may, state in ((False, "readonly"), (True, "saved")):
        with app.app_context():
            with unit_of_work():
                find_plan(plan_id).readers_propose = may
            recheck_documents(plan_id=plan_id)
        expect(teacher.locator("[data-plan-state]")).to_have_attribute("data-state", state)
        expect(teacher.get_by_text("您可以提出修订，由主备人采纳")).to_be_visible(visible=may)
    assert line(teacher) == line(leader)
    assert stored(app, plan_id)
    # What stood in a paragraph that somebody makes something else of, who had not seen it.
    teacher.context.set_offline(True)
    expect(teacher.locator("[data-plan-state]")).to_have_attribute("data-state", "offline")
    select(teacher, 1, 1)
    teacher.keyboard.type("再")
    leader.evaluate(f"{EDITOR}.chain().setTextSelection(3).toggleBulletList().run()")
    saved(leader)
    teacher.context.set_offline(False)
    expect(area).to_have_value("再", timeout=20000)
    teacher.get_by_role("button", name="知道了").click()
    # Who wrote until just now may only suggest: what was written plainly is kept too.
    let_write(app, plan_id, True)
    expect(teacher.get_by_role("button", name=SWITCH)).to_have_attribute("aria-pressed", "false")
    teacher.context.set_offline(True)
    expect(teacher.locator("[data-plan-state]")).to_have_attribute("data-state", "offline")
    teacher.evaluate(f"{EDITOR}.commands.insertContentAt({EDITOR}.state.doc.content.size - 6, '平常的字')")
    let_write(app, plan_id, False)
    teacher.context.set_offline(False)
    expect(area).to_have_value("平常的字", timeout=20000)
    expect(teacher.locator("[data-plan-page][data-ready]")).to_be_visible()
    assert "平常的字" not in str(stored(app, plan_id))


def test_pictures_formulas_rows_and_columns_are_suggested_by_who_may_only_suggest(app, page_for, plan_id):
    leader, teacher = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    items = leader.get_by_role("region", name="修订").get_by_role("listitem")
    before = stored(app, plan_id)
    teacher.locator("#plan-text td").first.click()
    teacher.get_by_role("button", name="在下面加一行").click()
    teacher.locator("tr.suggested-put td").first.click()
    teacher.keyboard.type("写")
    expect(items).to_have_text([re.compile("增行写")])
    teacher.locator("#plan-text td").first.click()
    teacher.get_by_role("button", name="在右边加一列").click()
    select(teacher, 2, 2)
    teacher.evaluate(PASTE_PICTURE)
    select(teacher, 4, 4)
    teacher.evaluate(f"{EDITOR}.commands.insertContent({{type: 'formula', attrs: {{tex: 'x^2'}}}})")
    teacher.keyboard.type("算")
    reads(leader, "默读课文[+x^2算]，了解内容")
    picture = leader.locator("#plan-text img")
    expect(picture).to_have_class(re.compile("suggested-put"))
    expect(items).to_have_count(4)
    expect(leader.locator("#plan-text p .formula msup")).to_be_visible()
    teacher.locator("#plan-text img").click()
    teacher.get_by_role("button", name="图片小").click()
    expect(picture).to_have_class(re.compile("image-small"))
    assert violations(teacher) == []
    saved(teacher)
    assert render_html(stored(app, plan_id)) == render_html(before)
    file = render_proposed(stored(app, plan_id))
    assert [file.count(said) for said in ('data-row="ins"', 'data-cell="ins"', "<ins data-change")] == [1, 3, 4]
    items.filter(has_text="增列").get_by_role("button", name="不接受").click()
    expect(teacher.locator("td.suggested-put")).to_have_count(0)
    teacher.locator("#panel-suggested li").filter(has_text="增图片").get_by_role("button", name="收回").click()
    expect(picture).to_have_count(0)
    leader.get_by_role("button", name="全部接受").click()
    expect(teacher.locator(".suggested-put")).to_have_count(0)
    formula = teacher.locator("#plan-text p .formula")
    expect(formula).to_have_attribute("data-tex", "x^2")
    formula.click()
    teacher.keyboard.press("Delete")
    expect(items).to_have_text([re.compile(r"删公式x\^2")])
    expect(leader.locator(".formula.suggested-out")).to_be_visible()
    items.get_by_role("button", name="不接受").click()
    expect(teacher.locator(".suggested-out")).to_have_count(0)
    expect(formula).to_have_count(1)
    saved(leader)
    assert "<td><p>写</p></td>" in render_html(stored(app, plan_id))


def let_write(app, plan_id: int, may: bool) -> None:
    with app.app_context():
        with unit_of_work():
            find_plan(plan_id).workshop_writes = may
        recheck_documents(plan_id=plan_id)
