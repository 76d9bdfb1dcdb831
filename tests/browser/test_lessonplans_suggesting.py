"""修订, 跟随 and 我来写这一段: what several people do to one plan in real pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_lessonplans import opened, saved
from tests.browser.test_lessonplans_editor import EDITOR, stored
from tests.browser.test_lessonplans_pasting import paste
from tests.browser.test_lessonplans_trust import compose
from tests.lessonplans.test_formats import OUT, SHALLOW, SUGGESTED, UL, listed, moved
from tests.support.axe import violations
from tests.support.deaf import DEAF
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import plain_text, render_html
from yanxiu.lessonplans.document.nodes import Node, bullets, doc, paragraph, section
from yanxiu.lessonplans.document.suggesting import as_accepted, as_undecided

PASTE_PICTURE = """async () => {
  const data = new DataTransfer();
  const drawn = Object.assign(document.createElement("canvas"), {width: 40, height: 30});
  const picture = await new Promise((resolve) => drawn.toBlob(resolve));
  data.items.add(new File([picture], "image.png", {type: "image/png"}));
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector("#plan-text").dispatchEvent(event);
}"""


@pytest.fixture
def plan_id(app, cast) -> int:
    """A plan of the workshop with one line: `leader` and `teacher` write it."""
    goals = section("goals", "教学目标", "", paragraph("默读课文，了解内容"), paragraph("第二条"))
    text = doc(goals, *(section(f"part{n}", f"第{n}部分", "", *(paragraph("略") for _ in range(9))) for n in range(4)))
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher])
        return make_plan(leader, document=text, visibility="workshop", workshop_id=workshop.id).id


def select(page: Page, start: int, end: int) -> None:
    """Choose characters of the first line, and be there."""
    page.evaluate(f"{EDITOR}.chain().setTextSelection({{from: {2 + start}, to: {2 + end}}}).focus().run()")
    expect(page.locator("#plan-text")).to_be_focused()


def line(page: Page) -> str:
    """The first line with what is put in and taken out: [+…], [-…]."""
    return str(
        page.evaluate(f"""{{
      const signs = {{ deletion: '-', insertion: '+' }};
      const parts = [];
      {EDITOR}.state.doc.child(0).child(0).forEach(({{ text, marks }}) => {{
        const sign = (marks.map(({{ type }}) => signs[type.name]).find(Boolean)) || '';
        const last = parts[parts.length - 1];
        if (last && last[0] === sign) last[1] += text; else parts.push([sign, text]);
      }});
      parts.map(([sign, text]) => (sign ? '[' + sign + text + ']' : text)).join('')
    }}""")
    )


def reads(page: Page, words: str) -> None:
    eventually(lambda: line(page) == words, timeout=15)


def first_lines(app, plan_id: int) -> list[str]:
    return plain_text(stored(app, plan_id)["content"][0]).split("\n")[1:-1]


def test_what_is_typed_and_deleted_is_a_suggestion_until_somebody_decides(app, page_for, plan_id):
    leader, teacher = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    teacher.get_by_role("button", name="修订：增删的文字先作建议").click()
    select(teacher, 5, 7)
    compose(teacher, ["s", "shuo", "shuo qing"], "说清", lambda: None)
    reads(teacher, "默读课文，[-了解][+说清]内容")
    teacher.keyboard.press("End")
    teacher.keyboard.press("Backspace")
    teacher.keyboard.press("Backspace")
    select(teacher, 0, 0)
    teacher.keyboard.press("Delete")
    teacher.keyboard.press("Delete")
    teacher.keyboard.type("先")
    whole = "[-默读][+先]课文，[-了解][+说清][-内容]"
    assert line(teacher) == whole
    reads(leader, whole)
    saved(teacher)
    assert first_lines(app, plan_id)[0] == "默读课文，了解内容"
    paste(teacher, html="<p>甲¶</p><p><b>乙</b></p>")
    whole = whole.replace("先", "先甲↵¶乙")
    assert line(teacher) == whole
    paste(teacher, html="<table><tr><td>格</td></tr></table>")
    expect(teacher.get_by_text("修订时可以增加、删除文字")).to_be_visible()
    assert line(teacher) == whole


def test_suggestions_are_decided_one_by_one_or_by_author_and_can_be_undone(app, page_for, plan_id):
    leader, teacher = opened(page_for("leader"), plan_id), opened(page_for("teacher", 390), plan_id)
    for page in (leader, teacher):
        page.get_by_role("button", name="修订：增删的文字先作建议").click()
    panel = leader.get_by_role("region", name="修订")
    select(leader, 2, 4)
    leader.keyboard.press("Control+b")
    reads(leader, "默读[-课文][+课文]，了解内容")
    expect(panel.get_by_text("格式")).to_be_visible()
    panel.get_by_role("button", name="收回").click()
    for page in (leader, teacher):
        reads(page, "默读课文，了解内容")
    select(teacher, 9, 9)
    teacher.keyboard.press("Delete")
    reads(leader, "默读课文，了解内容[+\u204b]")
    panel.get_by_role("button", name="接受", exact=True).click()
    reads(teacher, "默读课文，了解内容第二条")
    saved(leader)
    leader.get_by_role("status").get_by_role("button", name="撤销").last.click()
    reads(teacher, "默读课文，了解内容[+\u204b]")
    panel.get_by_role("button", name="不接受").click()
    reads(teacher, "默读课文，了解内容")
    select(teacher, 9, 9)
    teacher.keyboard.insert_text("。")
    select(teacher, 5, 5)
    teacher.keyboard.insert_text("并")
    teacher.keyboard.press("Enter")
    teacher.keyboard.insert_text("另起一段")
    reads(leader, "默读课文，[+并¶另起一段]了解内容[+。]")
    select(leader, 0, 0)
    leader.keyboard.insert_text("先")
    reads(leader, "[+先]默读课文，[+并¶另起一段]了解内容[+。]")
    expect(leader.get_by_role("button", name="3 处修订待定")).to_be_visible()
    panel.get_by_role("button", name="李强 2").click()
    panel.get_by_role("button", name="李强的都接受").click()
    expect(panel.get_by_role("listitem")).to_have_count(1)
    saved(leader)
    assert first_lines(app, plan_id)[:2] == ["默读课文，并", "另起一段了解内容。"]
    panel.get_by_role("button", name="收回").click()
    expect(panel).to_be_hidden()
    leader.get_by_role("status").get_by_role("button", name="撤销").last.click()
    expect(panel.get_by_role("listitem")).to_have_count(1)
    reads(teacher, "[+先]默读课文，并")
    select(teacher, 1, 1)
    here = teacher.get_by_role("group", name="光标处的修订")
    here.get_by_role("button", name="不接受").click()
    reads(leader, "默读课文，并")


@pytest.fixture
def table_plan(app, cast) -> int:
    """A plan with a table of two rows below its head."""
    steps = nodes.table(("环节", "教师活动"), [["导入", "看图"], ["新课", "默读"]])
    text = doc(section("process", "教学过程", "", paragraph("默读课文"), steps, paragraph("结束")))
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher])
        return make_plan(leader, document=text, visibility="workshop", workshop_id=workshop.id).id


def test_rows_and_pictures_are_suggested_as_a_whole(app, page_for, table_plan):
    leader, teacher = opened(page_for("leader"), table_plan), opened(page_for("teacher"), table_plan)
    switch = teacher.get_by_role("button", name="修订：增删的文字先作建议")
    switch.click()
    panel = leader.get_by_role("region", name="修订")

    def rows() -> list[list[str]]:
        found = [node for node in stored(app, table_plan)["content"][0]["content"] if node["type"] == "table"]
        undecided = as_undecided({"type": "doc", "content": found})["content"][0]["content"]
        return [[plain_text(cell).strip() for cell in row["content"]] for row in undecided]

    def in_cell(page: Page, words: str) -> None:
        at = f"""(() => {{ let at; {EDITOR}.state.doc.descendants((node, position) => {{
            if (node.isText && node.text === '{words}') at = position; }}); return at; }})()"""
        page.evaluate(f"{EDITOR}.chain().setTextSelection({at} + 1).focus().run()")

    in_cell(teacher, "新课")
    teacher.evaluate(f"{EDITOR}.commands.toggleBlockquote()")
    expect(teacher.get_by_text("别的改动，例如插入表格、画板，请先关掉")).to_be_visible()
    teacher.evaluate(f"{EDITOR}.commands.addRowAfter()")
    row = teacher.locator("tr.suggested-put")
    row.locator("td").first.click()
    teacher.keyboard.type("练")
    teacher.keyboard.press("Enter")
    teacher.keyboard.type("习")
    in_cell(teacher, "看图")
    teacher.evaluate(f"{EDITOR}.commands.deleteRow()")
    in_cell(teacher, "默读课文")
    for times in (1, 0, 1):
        teacher.evaluate(f"{EDITOR}.commands.toggleHeading({{level: 3}})")
        expect(panel.get_by_text("改成小标题")).to_have_count(times)
    in_cell(teacher, "结束")
    # On a slow line it is still the suggestion that it was, though the switch is off when it arrives.
    held: list[Route] = []
    teacher.route("**/images", lambda route: held.append(route))
    teacher.evaluate(PASTE_PICTURE)
    expect(teacher.get_by_text("正在上传").first).to_be_visible()
    eventually(lambda: teacher.evaluate("1") and held)
    switch.click()
    held[0].continue_()
    items = panel.get_by_role("listitem")
    expect(items).to_have_count(4)
    for number, words in enumerate(("改成小标题默读课文", "删行导入 ｜ 看图", "增行练 习", "增图片")):
        expect(items.nth(number)).to_contain_text(words)
    for page in (teacher, leader):
        saved(page)
    assert rows() == [["环节", "教师活动"], ["导入", "看图"], ["新课", "默读"]]
    assert violations(leader) == []
    items.filter(has_text="增行").get_by_role("button", name="不接受").click()
    expect(row).to_have_count(0)
    leader.get_by_role("status").get_by_role("button", name="撤销").last.click()
    expect(row).to_have_count(1)
    panel.get_by_role("button", name="全部接受").click()
    expect(panel).to_be_hidden()
    expect(teacher.locator(".suggested-put, .suggested-out")).to_have_count(0)
    saved(leader)
    assert rows() == [["环节", "教师活动"], ["新课", "默读"], ["练\n习", ""]]
    blocks = [node["type"] for node in stored(app, table_plan)["content"][0]["content"]]
    assert blocks == ["heading", "table", "paragraph", "image"]
    switch.click()
    teacher.locator("#plan-text img").click()
    teacher.keyboard.press("Delete")
    panel.get_by_role("button", name="不接受").click()
    expect(panel).to_be_hidden()
    expect(teacher.locator(".suggested-out")).to_have_count(0)
    expect(teacher.locator("#plan-text img")).to_have_count(1)


def test_columns_are_suggested_as_a_whole(app, page_for, table_plan):
    leader, teacher = opened(page_for("leader"), table_plan), opened(page_for("teacher"), table_plan)
    switch = teacher.get_by_role("button", name="修订：增删的文字先作建议")
    switch.click()
    items = leader.get_by_role("region", name="修订").get_by_role("listitem")

    def cell(page: Page, words: str, command: str) -> None:
        at = f"""(() => {{ let at; {EDITOR}.state.doc.descendants((node, position) => {{
            if (node.isText && node.text === '{words}') at = position; }}); return at; }})()"""
        page.evaluate(f"{EDITOR}.chain().setTextSelection({at} + 1).focus().run()")
        page.evaluate(f"{EDITOR}.commands.{command}()")

    def rows(document: Node) -> list[list[str]]:
        [table] = [node for node in document["content"][0]["content"] if node["type"] == "table"]
        return [[plain_text(each).strip() for each in row["content"]] for row in table["content"]]

    cell(teacher, "导入", "addColumnAfter")
    teacher.locator("th.suggested-put").click()
    teacher.keyboard.type("时间")
    expect(items).to_contain_text("增列时间")
    cell(teacher, "看图", "deleteColumn")
    expect(items).to_have_count(2)
    expect(items.nth(1)).to_contain_text("删列教师活动 ｜ 看图 ｜ 默读")
    assert violations(leader) == []
    cell(leader, "新课", "addRowAfter")
    expect(teacher.locator("tr").last.locator("td.suggested-put")).to_have_count(1)
    expect(teacher.locator("tr").last.locator("td.suggested-out")).to_have_count(1)
    for page in (teacher, leader):
        saved(page)
    kept = stored(app, table_plan)
    whole = [["环节", "教师活动"], ["导入", "看图"], ["新课", "默读"], ["", ""]]
    assert rows(as_undecided(kept)) == whole
    assert rows(as_accepted(kept)) == [["环节", "时间"], ["导入", ""], ["新课", ""], ["", ""]]
    leader.get_by_role("button", name="全部接受").click()
    expect(leader.get_by_role("region", name="修订")).to_be_hidden()
    saved(leader)
    assert rows(stored(app, table_plan)) == rows(as_accepted(kept))
    leader.get_by_role("status").get_by_role("button", name="撤销").last.click()
    expect(items).to_have_count(2)
    leader.get_by_role("button", name="全部不接受").click()
    saved(leader)
    assert rows(stored(app, table_plan)) == whole
    # One's own column goes as it came.
    cell(teacher, "看图", "addColumnAfter")
    expect(leader.locator("td.suggested-put")).to_have_count(3)
    teacher.locator("th.suggested-put").click()
    teacher.evaluate(f"{EDITOR}.commands.deleteColumn()")
    expect(leader.locator(".suggested-put")).to_have_count(0)
    saved(teacher)
    assert rows(stored(app, table_plan)) == whole
    # A row that somebody adds before they hear of a column lacks a cell, and both pages put it in: one stays, in its place.
    for page in (leader, teacher):
        page.evaluate(DEAF)
    cell(teacher, "导入", "addColumnAfter")
    cell(leader, "导入", "addRowAfter")
    leader.locator("#plan-text tr").nth(2).locator("td").last.click()
    leader.keyboard.type("练")
    said = [page.evaluate("window.unsaid()") for page in (leader, teacher)]
    for page, update in zip((teacher, leader), said, strict=True):
        page.evaluate("(update) => window.take(update)", update)
        page.evaluate(f"{EDITOR}.view.dispatch({EDITOR}.state.tr)")
    for page in (leader, teacher):
        page.evaluate("window.hear()")
    added = [["环节", "", "教师活动"], ["导入", "", "看图"], ["", "", "练"], ["新课", "", "默读"], ["", "", ""]]
    eventually(lambda: rows(as_accepted(stored(app, table_plan))) == added)
    for page in (leader, teacher):
        expect(page.locator("td.suggested-put")).to_have_count(4)
        expect(page.locator("#plan-text :is(td, th)")).to_have_count(15)
    # Nothing of a column that was refused stays in a row that somebody adds before they hear of that.
    for page in (leader, teacher):
        page.evaluate(DEAF)
    cell(teacher, "新课", "addRowBefore")
    leader.get_by_role("region", name="修订").get_by_role("button", name="不接受").click()
    for page in (leader, teacher):
        page.evaluate("window.hear()")
    refused = [*whole[:2], ["", "练"], *whole[2:]]
    for page in (leader, teacher):
        expect(page.locator(".suggested-put:not(tr)")).to_have_count(0)
        expect(page.locator("#plan-text tr")).to_have_count(6)
        expect(page.locator("#plan-text :is(td, th)")).to_have_count(12)
    eventually(lambda: rows(as_undecided(stored(app, table_plan))) == refused)


@pytest.fixture
def listed_plan(app, cast) -> int:
    """A plan with paragraphs and a list, about which much is suggested already."""
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher])
        quoted: Node = {"type": "blockquote", "content": [listed(UL, moved("原句", "q", SHALLOW, OUT))]}
        text = doc(
            section("reading", "怎么读", "", paragraph("先看题目"), bullets("圈词", "朗读", "背诵")),
            *SUGGESTED["content"],
            section("more", "摘抄", "", listed(UL, [paragraph("好句"), quoted], moved("好词", "q", SHALLOW, OUT))),
        )
        return make_plan(leader, document=text, visibility="workshop", workshop_id=workshop.id).id


def test_sides_and_lists_are_suggested_and_decided_on(app, page_for, listed_plan):
    """What people suggest here, and what stands in the plan already; accepted it is what the server says it would be."""
    leader, teacher = opened(page_for("leader"), listed_plan), opened(page_for("teacher"), listed_plan)
    teacher.get_by_role("button", name="修订：增删的文字先作建议").click()
    hints = leader.locator("#section-reading .suggested-shape")
    items = leader.get_by_role("region", name="修订").get_by_role("listitem")
    before = render_html(stored(app, listed_plan))

    def on(words: str, command: str) -> None:
        at = f"""(() => {{ let at; {EDITOR}.state.doc.descendants((node, position) => {{
            if (node.isText && node.text === '{words}') at = position; }}); return at; }})()"""
        teacher.evaluate(f"{EDITOR}.chain().setTextSelection({at} + 1).focus().run()")
        teacher.evaluate(f"{EDITOR}.commands.{command}")

    on("先看题目", "setTextAlign('center')")
    expect(hints).to_have_count(1)
    on("先看题目", "setTextAlign('center')")
    expect(hints).to_have_count(0)
    on("先看题目", "setTextAlign('right')")
    on("先看题目", "toggleHeading({level: 3})")
    expect(hints).to_have_attribute("data-shape", "李强 建议：小标题、右对齐")
    on("朗读", "sinkListItem('listItem')")
    on("背诵", "toggleOrderedList()")
    expect(hints).to_have_count(4)
    expect(items).to_have_count(10)
    expect(hints.nth(2)).to_have_attribute("data-shape", "李强 建议：编号列表、缩进一级")
    on("背诵", "toggleOrderedList()")
    expect(hints).to_have_count(2)
    teacher.keyboard.press("Shift+Tab")
    on("圈词", "toggleTaskList()")
    for number, words in enumerate(
        ("改成小标题先看", "右对齐先看题目", "任务列表圈词", "缩进一级朗读", "不列成列表背诵")
    ):
        expect(items.nth(number)).to_contain_text(words)
    on("居中的话", "setTextAlign('right')")
    expect(teacher.get_by_text("别人已经提过的，请先决定那一条")).to_be_visible()
    saved(teacher)
    assert render_html(stored(app, listed_plan)) == before
    accepted = render_html(as_accepted(stored(app, listed_plan)))
    leader.get_by_role("button", name="全部接受").click()
    expect(leader.get_by_role("region", name="修订")).to_be_hidden()
    saved(leader)
    assert render_html(stored(app, listed_plan)) == accepted
    expect(teacher.locator("#section-reading li li")).to_have_text("朗读")
    leader.get_by_role("status").get_by_role("button", name="撤销").last.click()
    expect(teacher.locator("#section-reading .suggested-shape")).to_have_count(4)
    leader.get_by_role("button", name="李强的都不接受").or_(leader.get_by_role("button", name="全部不接受")).click()
    saved(leader)
    assert render_html(stored(app, listed_plan)) == before


def lines_of(page: Page) -> list[str]:
    """The paragraphs of the first section."""
    text = page.evaluate(f"{EDITOR}.state.doc.child(0).content.content.map((block) => block.textContent)")
    return [str(each) for each in text]


def test_what_two_accept_in_the_same_moment_stands_there_once(app, page_for, plan_id):
    """Neither hears of the other's decision before both have decided and one has gone on writing."""
    leader, teacher = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    pages = leader, teacher

    def accept_at_once(whole: str) -> None:
        for page in pages:
            reads(page, whole)
        for page in pages:
            page.evaluate(DEAF)
            page.get_by_role("region", name="修订").get_by_role("button", name="接受", exact=True).click()

    def listen_again(*expected: list[str]) -> None:
        for page in pages:
            page.evaluate("window.hear()")
        eventually(lambda: lines_of(leader) == lines_of(teacher) and lines_of(leader) in expected)

    leader.get_by_role("button", name="修订：增删的文字先作建议").click()
    leader.evaluate(f"{EDITOR}.view.dispatch({EDITOR}.state.tr.delete(11, 13))")
    accept_at_once("默读课文，了解内容[+\u204b]")
    listen_again(["默读课文，了解内容第二条"])
    stays, goes = sorted(
        pages, key=lambda page: page.evaluate("document.querySelector('[data-plan-page]').planPage.doc.clientID")
    )
    goes.get_by_role("status").get_by_role("button", name="撤销").last.click()
    expect(goes.get_by_text("留下的是 TA 的那一次")).to_be_visible()
    stays.get_by_role("status").get_by_role("button", name="撤销").last.click()
    reads(goes, "默读课文，了解内容[+\u204b]")
    stays.get_by_role("region", name="修订").get_by_role("button", name="接受", exact=True).click()
    reads(goes, "默读课文，了解内容第二条")

    leader.evaluate(f"{EDITOR}.view.dispatch({EDITOR}.state.tr.insertText('¶', 11))")
    leader.get_by_role("button", name="修订：增删的文字先作建议").click()
    accept_at_once("默读课文，了解内容[+¶]第二条")
    goes.evaluate(f"{EDITOR}.commands.insertContentAt(2 + 11 + 3, '又')")
    # What was written in the paragraph that goes stays, and only that.
    listen_again(*(["默读课文，了解内容", *rest] for rest in (["第二条", "又"], ["又", "第二条"])))
    eventually(lambda: sorted(first_lines(app, plan_id)) == sorted(lines_of(leader)))

    leader.get_by_role("button", name="修订：增删的文字先作建议").click()
    leader.evaluate(f"{EDITOR}.chain().setTextSelection(4).run()")
    leader.evaluate(f"{EDITOR}.commands.toggleBulletList()")
    for page in pages:
        expect(page.locator(".suggested-shape")).to_have_count(1)
    accept_at_once("默读课文，了解内容")
    listen_again(*(["默读课文，了解内容", *rest] for rest in (["第二条", "又"], ["又", "第二条"])))
    for page in pages:
        expect(page.locator("#plan-text li")).to_have_count(1)


def test_a_colleague_is_followed_and_says_which_section_is_theirs(page_for, plan_id):
    leader, teacher = opened(page_for("leader", 390), plan_id), opened(page_for("teacher"), plan_id)
    leader.get_by_role("button", name="李强").click()
    bar = leader.get_by_role("status").filter(has_text="正在跟随 李强")
    expect(bar).to_have_text("正在跟随 李强（现在不在正文里）")
    last = teacher.locator("#section-part3")
    last.locator("p").last.click()
    last.get_by_role("button", name="我来写这一段").click()
    expect(bar).to_have_text("正在跟随 李强")
    expect(leader.locator("#section-part3 p").last).to_be_in_viewport()
    expect(leader.locator("#section-part3 .section-hand")).to_contain_text("李强在写")
    last.get_by_role("button", name="不写了").click()
    expect(leader.locator("#section-part3 .section-hand")).not_to_contain_text("李强")
    leader.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(leader.get_by_role("button", name="李强")).to_have_attribute("aria-pressed", "false")
