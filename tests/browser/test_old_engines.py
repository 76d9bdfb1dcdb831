"""The oldest engines we promise (Chrome 80, Safari 14.1), imitated: library functions newer than they are taken away."""

import pytest
from playwright.sync_api import expect

from tests.browser.stage import answer_json, put
from tests.browser.test_composer import FORM

# A getter of the engine's own cannot be emptied before the page runs, so the constructor goes as well.
TAKE_AWAY = """
for (const Kind of [Array, String]) delete Kind.prototype.at;
delete Object.getPrototypeOf(Int8Array.prototype).at;
for (const name of ["findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with", "group"]) {
  delete Array.prototype[name];
}
delete String.prototype.replaceAll;
delete Object.hasOwn;
delete Object.groupBy;
delete window.structuredClone;
delete window.SubmitEvent;
delete Event.prototype.submitter;
delete HTMLFormElement.prototype.requestSubmit;
for (const Kind of [Element, Document, DocumentFragment]) delete Kind.prototype.replaceChildren;
delete AbortSignal.timeout;
delete AbortSignal.any;
delete Crypto.prototype.randomUUID;
delete Promise.any;
delete URL.canParse;
"""


@pytest.fixture
def old_page(page_for):
    page = page_for("teacher")
    page.add_init_script(TAKE_AWAY)
    return page


def test_the_frame_and_the_composer_work_in_an_old_engine(old_page):
    page = old_page
    put(page, FORM)
    assert page.evaluate("typeof structuredClone") == "undefined"
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已发表"})
    page.locator("#h").focus()
    expect(page.locator("[contenteditable=true]")).to_be_focused()
    page.keyboard.type("旧电脑上写的")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已发表")).to_be_visible()
    assert "<p>旧电脑上写的</p>" in seen[0]["body"]


def test_the_pressed_button_is_sent_in_an_old_engine(old_page):
    page = old_page
    buttons = '<button name="step" value="save">存草稿</button><button name="step" value="publish">发布话题</button>'
    put(page, f'<form method="post" action="/probe/post" data-async>{buttons}</form>')
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已发布"})
    page.get_by_role("button", name="发布话题").click()
    expect(page.get_by_text("已发布")).to_be_visible()
    assert "publish" in seen[0]["body"]
    assert "save" not in seen[0]["body"]
