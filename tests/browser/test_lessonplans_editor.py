"""What a lesson plan is made of, as a teacher puts it together in the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pycrdt import XmlFragment

from tests.browser.test_lessonplans import document, opened, saved, write
from tests.lessonplans.matrix import png
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.document.nodes import doc, paragraph, section, table
from yanxiu.lessonplans.document.ydoc import append_node, json_from_state, load
from yanxiu.lessonplans.queries import stored_document

EDITOR = "document.querySelector('[data-plan-page]').planPage.editor"


@pytest.fixture
def plan_id(app, cast) -> int:
    """A short plan of the workshop: `leader` and `teacher` write it."""
    rows = [["导入", "看图", "说话"], ["研读", "提问", "讨论"]]
    text = doc(
        section("goals", "教学目标", "", paragraph()),
        section("process", "教学过程", "", table(["环节", "教师活动", "学生活动"], rows)),
        section("board", "板书设计", "", paragraph()),
    )
    with app.app_context(), unit_of_work():
        leader, teacher = cast.user("leader"), cast.user("teacher")
        workshop = make_workshop(leader, [teacher])
        return make_plan(leader, document=text, visibility="workshop", workshop_id=workshop.id).id


def stored(app, plan_id: int) -> dict[str, Any]:
    """The document as the server has it."""
    with app.app_context():
        found = stored_document(plan_id)
        assert found is not None
        return json_from_state(found.merged())


def nodes_of(tree: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """All nodes of a kind, in order."""
    own = [tree] if tree["type"] == kind else []
    return own + [node for child in tree.get("content", ()) for node in nodes_of(child, kind)]


def shared(page: Page, other: Page) -> None:
    """Wait until both pages hold the same, stored."""
    saved(page)
    eventually(lambda: document(page) == document(other))


def test_cells_are_merged_and_split_and_tab_goes_on(app, page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    cells = page.locator("#section-process td")
    cells.nth(0).click()
    page.keyboard.press("Shift+ArrowDown")
    page.get_by_role("button", name="合并选中的单元格").click()
    expect(other.locator("#section-process td[rowspan='2']")).to_contain_text("导入研读")
    page.get_by_role("button", name="拆分单元格").click()
    expect(other.locator("#section-process td[rowspan='2']")).to_have_count(0)
    cells.last.click()
    page.keyboard.press("Tab")
    page.keyboard.insert_text("小结")
    shared(page, other)
    rows = nodes_of(stored(app, plan_id), "tableRow")
    assert len(rows) == 4
    assert [cell["type"] for cell in rows[3]["content"]] == ["tableCell"] * 3


def test_a_picture_that_cannot_be_sent_stays_on_this_machine_at_its_place(page_for, plan_id, errors):
    page = opened(page_for("leader"), plan_id)
    write(page, "board", "图在这里")
    saved(page)
    page.route("**/images", lambda route: route.abort("connectionreset"))
    picture = {"name": "示意图.png", "mimeType": "image/png", "buffer": png()}
    page.locator("[data-image-input]").set_input_files(files=[picture])
    expect(page.locator(".file-list")).to_have_count(0)  # the picture stands in the text, its name in no tool
    kept = page.locator("#section-board .kept-picture")
    expect(kept).to_contain_text("这张图片只存在本机")
    page.unroute("**/images")
    kept.get_by_role("button", name="再传一次").click()
    expect(page.locator("#section-board > .plan-section-body > img[alt=示意图]")).to_be_visible()
    expect(kept).to_have_count(0)
    saved(page)
    page.locator("#section-board > .plan-section-body > img").click()
    page.get_by_role("button", name="图片占一半").click()
    expect(page.locator("img.image-half")).to_be_visible()
    page.get_by_role("button", name="图片说明").click()
    page.get_by_label("图上是什么").fill("三方关系图")
    page.get_by_role("button", name="确定").click()
    expect(page.locator("img.image-half[alt=三方关系图]")).to_be_visible()
    errors[:] = [error for error in errors if "ERR_CONNECTION_RESET" not in error]


def test_a_card_leads_to_what_it_names(app, page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(page, "board", "")
    page.get_by_role("button", name="资料卡片").click()
    box = page.get_by_role("dialog", name="放一张资料卡片")
    box.get_by_label("找什么").fill(f"/lesson-plans/{plan_id}")
    expect(box.get_by_role("radio")).to_be_checked()
    box.get_by_role("button", name="放进来").click()
    card = other.locator(".link-card a")
    expect(card).to_have_text("《草船借箭》第一课时")
    assert card.get_attribute("href") == f"/lesson-plans/{plan_id}"
    shared(page, other)
    assert nodes_of(stored(app, plan_id), "card")[0]["attrs"]["label"] == "备课"


def test_what_an_older_page_does_not_know_is_not_lost(app, cast, page_for, plan_id):
    """Neither what somebody suggests about a paragraph in a way that is new, nor a new kind of thing."""
    page = opened(page_for("leader"), plan_id)
    with app.app_context():
        made = load(stored_document(plan_id).merged())
    goals = made.get("default", type=XmlFragment).children[0]

    def post(change: Callable[[], object]) -> None:
        before = made.get_state()
        change()
        with app.app_context():
            visitor = Visitor(cast.teacher.id, "李强", None)
            assert app.extensions["yanxiu_documents"].post(visitor, plan_id, made.get_update(before))

    attributes = goals.children[0].attributes
    post(lambda: attributes.__setitem__("tilt", {"id": "7-a", "author": 7, "degrees": 30}))
    expect(page.locator("[data-plan-problem]")).to_contain_text("页面版本太旧")
    expect(page.locator("#plan-text")).to_have_attribute("contenteditable", "false")
    assert nodes_of(stored(app, plan_id), "paragraph")[0]["attrs"]["tilt"]["degrees"] == 30
    post(lambda: attributes.__delitem__("tilt"))
    post(lambda: append_node(goals, {"type": "hologram", "content": [paragraph("新")]}))
    page.reload()
    expect(page.locator("[data-plan-problem]")).to_contain_text("页面版本太旧")
    assert nodes_of(stored(app, plan_id), "hologram")[0]["content"][0]["content"][0]["text"] == "新"


def test_a_formula_is_shown_as_mathematics_and_can_be_changed(app, page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(page, "goals", "周长是")
    page.get_by_role("button", name="公式").click()
    box = page.get_by_role("dialog", name="公式")
    box.get_by_label("公式（LaTeX 写法）").fill(r"\frac{1}{")
    expect(box.get_by_role("alert")).to_contain_text("还不完整")
    box.get_by_label("公式（LaTeX 写法）").fill(r"\frac{1}{2}+")
    box.get_by_role("button", name="平方").click()
    expect(box.locator("[data-preview] mfrac")).to_be_visible()
    box.get_by_role("button", name="确定").click()
    expect(other.locator("#section-goals .formula mfrac")).to_be_visible()
    page.locator("#section-goals .formula").dblclick()
    expect(box.get_by_label("公式（LaTeX 写法）")).to_have_value(r"\frac{1}{2}+x^{2}")
    box.get_by_label("单独占一行").check()
    box.get_by_role("button", name="确定").click()
    expect(other.locator("#section-goals .formula.is-display mfrac")).to_be_visible()
    shared(page, other)
    assert nodes_of(stored(app, plan_id), "formula")[0]["attrs"] == {"tex": r"\frac{1}{2}+x^{2}", "display": True}


def test_pinyin_is_proposed_by_the_words_around_and_can_be_changed(app, page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(page, "goals", "银行，行走")
    page.keyboard.press("Shift+Home")
    page.get_by_role("button", name="给选中的字加拼音").click()
    box = page.get_by_role("dialog", name="加拼音")
    fields = box.get_by_role("textbox").or_(box.get_by_role("combobox"))
    expect(fields).to_have_count(4)
    assert [fields.nth(n).input_value() for n in range(4)] == ["yín", "háng", "xíng", "zǒu"]
    fields.nth(0).fill("")
    fields.nth(3).fill("zou3")
    box.get_by_role("button", name="确定").click()
    expect(other.locator("#section-goals ruby")).to_have_count(3)
    assert other.locator("#section-goals rt").all_inner_texts() == ["háng", "xíng", "zǒu"]
    page.locator("#section-goals p").first.click()
    page.keyboard.press("End")
    page.keyboard.insert_text("不带拼音")
    shared(page, other)
    parts = nodes_of(stored(app, plan_id)["content"][0], "text")
    assert [(part["text"], [mark["attrs"]["text"] for mark in part.get("marks", ())]) for part in parts] == [
        ("银", []), ("行", ["háng"]), ("，", []), ("行", ["xíng"]), ("走", ["zǒu"]), ("不带拼音", []),
    ]  # fmt: skip


def draw(page: Page, *points: tuple[float, float]) -> None:
    """A stroke with the mouse; points are shares of the board."""
    box = page.locator(".board > svg").bounding_box()
    assert box is not None
    for n, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if n == 0:
            page.mouse.down()
    page.mouse.up()


def test_two_draw_on_one_board_and_strokes_are_taken_back_and_wiped_out(app, page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(page, "board", "")
    page.get_by_role("button", name="板书画板").click()
    for drawer in (page, other):
        drawer.get_by_role("button", name="画板书").click()
        expect(drawer.locator(".board.is-drawing")).to_be_visible()
        drawer.locator(".board > svg").scroll_into_view_if_needed()
    draw(page, (0.1, 0.2), (0.3, 0.25), (0.5, 0.2))
    draw(other, (0.1, 0.7), (0.5, 0.7))
    for drawer in (page, other):
        expect(drawer.locator(".board polyline")).to_have_count(2)
    page.get_by_role("button", name="写字").click()
    page.locator(".board > svg").click(position={"x": 200, "y": 100})
    page.get_by_label("写什么").fill("神机妙算")
    page.get_by_role("button", name="确定").click()
    expect(other.locator(".board text")).to_have_text("神机妙算")
    page.locator(".board-tools").get_by_role("button", name="撤销").click()
    expect(other.locator(".board text")).to_have_count(0)
    page.get_by_role("button", name="橡皮").click()
    draw(page, (0.2, 0.6), (0.2, 0.7))
    expect(other.locator(".board polyline")).to_have_count(1)
    shared(page, other)
    strokes = nodes_of(stored(app, plan_id), "stroke")
    assert len(strokes) == 1
    assert len(strokes[0]["attrs"]["points"].split()) == 3
