"""修订 about the cells of a table: merged and split, by several people at once."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_lessonplans import opened, saved
from tests.browser.test_lessonplans_editor import EDITOR, stored
from tests.browser.test_lessonplans_suggesting import table_plan
from tests.lessonplans.test_grid import grid
from tests.support.axe import violations
from tests.support.deaf import DEAF
from tests.support.eventually import eventually
from yanxiu.lessonplans.document.suggesting import as_accepted, as_undecided

__all__ = ["table_plan"]

CHOOSE = f"""([from, to]) => {{
  const places = [];
  {EDITOR}.state.doc.descendants((node, at) => {{
    if (['tableCell', 'tableHeader'].includes(node.type.name)) places.push([node.textContent, at]);
  }});
  const at = (words) => places.find(([text]) => text === words)[1];
  {EDITOR}.chain().setCellSelection({{ anchorCell: at(from), headCell: at(to) }}).focus().run();
}}"""


def on(page: Page, start: str, end: str, command: str) -> None:
    """Choose the cells with these words, and those between, and press what the toolbar has for them."""
    page.evaluate(CHOOSE, [start, end])
    page.evaluate(f"{EDITOR}.commands.{command}()")


def decide_both(pages: tuple[Page, ...]) -> None:
    """Let each accept the one suggestion before it hears that the other did."""
    for page in pages:
        page.evaluate(DEAF)
    for page in pages:
        page.get_by_role("region", name="修订").get_by_role("button", name="接受", exact=True).click()
    for page in pages:
        page.evaluate("window.hear()")


def test_cells_are_merged_and_split_as_suggestions(app, page_for, table_plan):
    leader, teacher = opened(page_for("leader"), table_plan), opened(page_for("teacher"), table_plan)
    teacher.get_by_role("button", name="修订：增删的文字先作建议").click()
    panel = leader.get_by_role("region", name="修订")
    items = panel.get_by_role("listitem")
    whole = [
        [("环节", 1, 1), ("教师活动", 1, 1)],
        [("导入", 1, 1), ("看图", 1, 1)],
        [("新课", 1, 1), ("默读", 1, 1)],
    ]

    for times in (1, 0, 1):
        on(teacher, "看图", "默读", "mergeCells")
        expect(items).to_have_count(times)
    expect(items).to_contain_text("合并这 2 格看图 ｜ 默读")
    expect(leader.locator(".suggested-grid")).to_have_count(2)
    expect(leader.locator(".suggested-grid-first")).to_have_attribute("data-shape", "李强 建议：合并这 2 格")
    assert violations(leader) == []
    # The cells go on being written in, and a row comes between them.
    leader.locator("#plan-text td", has_text="默读").click()
    leader.keyboard.press("End")
    leader.keyboard.type("三遍")
    leader.evaluate(f"{EDITOR}.commands.addRowBefore()")
    expect(teacher.locator("#plan-text tr")).to_have_count(4)
    for page in (teacher, leader):
        saved(page)
    kept = stored(app, table_plan)
    assert grid(as_undecided(kept)) == [*whole[:2], [("", 1, 1), ("", 1, 1)], [("新课", 1, 1), ("默读三遍", 1, 1)]]
    assert grid(as_accepted(kept))[1:3] == [[("导入", 1, 1), ("看图/默读三遍", 1, 3)], [("", 1, 1)]]
    # Both accept it in the same moment: nothing is there twice.
    decide_both((leader, teacher))
    merged = [whole[0], [("导入", 1, 1), ("看图/默读三遍", 1, 3)], [("", 1, 1)], [("新课", 1, 1)]]
    eventually(lambda: grid(stored(app, table_plan)) == merged)
    for page in (leader, teacher):
        expect(page.locator("#plan-text :is(td, th)")).to_have_count(6)
    # And back: split by a suggestion that both accept.
    on(teacher, "看图默读三遍", "看图默读三遍", "splitCell")
    expect(items).to_contain_text("拆成 3 格看图 默读三遍")
    decide_both((leader, teacher))
    for page in (leader, teacher):
        expect(page.locator("#plan-text :is(td, th)")).to_have_count(8)
    split = [
        whole[0],
        [("导入", 1, 1), ("看图/默读三遍", 1, 1)],
        [("", 1, 1), ("", 1, 1)],
        [("新课", 1, 1), ("", 1, 1)],
    ]
    eventually(lambda: grid(stored(app, table_plan)) == split)
    # The headings of the table are none any more, once for both.
    on(teacher, "环节", "教师活动", "toggleHeaderRow")
    expect(items).to_contain_text("不作表头（2 格）环节 ｜ 教师活动")
    expect(teacher.locator("#plan-text th")).to_have_count(2)
    decide_both((leader, teacher))
    for page in (leader, teacher):
        expect(page.locator("#plan-text th")).to_have_count(0)
        expect(page.locator("#plan-text td")).to_have_count(8)
    eventually(lambda: grid(stored(app, table_plan)) == split)
    # What somebody else suggested stands until it is decided; a row that waits is decided first.
    on(teacher, "环节", "导入", "mergeCells")
    leader.get_by_role("button", name="修订：增删的文字先作建议").click()
    on(leader, "导入", "看图默读三遍", "mergeCells")
    expect(leader.get_by_text("别人已经提过的，请先决定那一条")).to_be_visible()
    on(leader, "导入", "导入", "deleteRow")
    expect(items).to_have_count(2)
    items.first.get_by_role("button", name="接受", exact=True).click()
    expect(leader.get_by_text("有格子现在合并不了")).to_be_visible()
    expect(items).to_have_count(2)
    items.nth(1).get_by_role("button", name="收回").click()
    # Words that somebody types in a cell while it goes into another one go along.
    teacher.locator("#plan-text td", has_text="导入").click()
    teacher.get_by_role("button", name="修订：增删的文字先作建议").click()
    teacher.keyboard.press("End")
    teacher.evaluate(DEAF)
    teacher.keyboard.type("新课")
    items.first.get_by_role("button", name="接受", exact=True).click()
    expect(panel).to_be_hidden()
    teacher.evaluate("window.hear()")
    eventually(lambda: grid(stored(app, table_plan))[0][0] == ("环节/导入新课", 1, 2))
