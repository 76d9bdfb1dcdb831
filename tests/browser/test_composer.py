"""The composer that grows out of a textarea: HTML for the server, nothing lost on the way."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.stage import answer_json, put
from tests.support.axe import violations
from tests.support.eventually import eventually

FORM = """
<form class="form" method="post" action="/probe/post" data-async data-reset>
  <div class="field" data-field="html"><label for="h">回复</label>
    <textarea id="h" name="html" data-composer data-draft="reply" placeholder="写下你的想法"
      data-mention-src="/probe/people"></textarea>
    <p class="field-error" data-error hidden><span></span></p></div>
  <button class="button primary">发表回复</button>
</form>"""


def open_composer(page_for, html=FORM):
    page = page_for("teacher")
    put(page, html)
    page.locator("#h").focus()
    box = page.get_by_role("textbox", name="回复")
    expect(box).to_be_focused()
    expect(page.get_by_role("toolbar", name="文字格式")).to_be_visible()
    return page, box


def sent(seen):
    """The fields of the multipart body, roughly: enough to see what was sent."""
    return seen[0]["body"]


def test_what_is_written_is_sent_as_html(page_for):
    page, _box = open_composer(page_for)
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已发表"})
    page.keyboard.type("读课文")
    page.get_by_role("button", name="加粗").click()
    page.keyboard.type("圈出生字")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已发表")).to_be_visible()
    assert "<p>读课文<strong>圈出生字</strong></p>" in sent(seen)
    assert 'name="format"\r\n\r\nhtml' in sent(seen)
    expect(page.get_by_role("textbox", name="回复")).to_have_text("")


def test_a_draft_of_the_composer_comes_back_formatted(page_for):
    page, _box = open_composer(page_for)
    page.get_by_role("button", name="加粗").click()
    page.keyboard.type("重点")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    put(page, FORM)
    expect(page.get_by_role("textbox", name="回复").locator("strong")).to_have_text("重点")


def test_what_was_typed_before_the_composer_came_is_kept(page_for):
    page = page_for("teacher")
    put(page, FORM)
    page.locator("#h").evaluate("e => { e.value = '第一行\\n1 < 2' }")
    page.locator("#h").focus()
    expect(page.get_by_role("textbox", name="回复").locator("p")).to_have_text(["第一行", "1 < 2"])


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_under_a_finger_when_the_composer_comes(page_for, width):
    page = page_for("teacher", width)
    put(page, FORM)
    button = page.get_by_role("button", name="发表回复")
    before = button.bounding_box()
    page.locator("#h").focus()
    expect(page.get_by_role("toolbar", name="文字格式")).to_be_visible()
    assert button.bounding_box() == before


def test_a_colleague_is_mentioned_by_keyboard(page_for, cast):
    page, box = open_composer(page_for)
    people = [{"id": 7, "name": "周敏", "place": "青山镇中心小学"}, {"id": 8, "name": "周建国", "place": "石桥村小学"}]
    page.route(
        "**/probe/people*", lambda route: route.fulfill(content_type="application/json", body=json.dumps(people))
    )
    page.keyboard.type("请@周")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_text("请@周建国")
    assert '<span data-mention="8">@周建国</span>' in page.locator("#h").input_value()
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_a_link_is_given_by_its_address_and_only_a_safe_one(page_for):
    page, _box = open_composer(page_for)
    page.get_by_role("button", name="链接").click()
    dialog = page.get_by_role("dialog", name="链接")
    dialog.get_by_label("网址").fill("javascript:alert(1)")
    dialog.get_by_role("button", name="确定").click()
    expect(dialog.get_by_text("网址要以 https:// 或 http:// 开头")).to_be_visible()
    dialog.get_by_label("网址").fill("www.moe.gov.cn")
    dialog.get_by_role("button", name="确定").click()
    expect(page.get_by_role("link", name="https://www.moe.gov.cn")).to_be_visible()


def test_chinese_input_is_not_sent_half_typed(page_for):
    page, box = open_composer(page_for)
    seen = answer_json(page, "**/probe/post", {"ok": True})
    devtools = page.context.new_cdp_session(page)
    for pinyin in ("n", "ni", "ni hao"):
        devtools.send(
            "Input.imeSetComposition", {"text": pinyin, "selectionStart": len(pinyin), "selectionEnd": len(pinyin)}
        )
    devtools.send("Input.insertText", {"text": "你好"})
    expect(box).to_have_text("你好")
    assert seen == []


def test_the_composer_is_accessible(page_for):
    page, _box = open_composer(page_for)
    assert [found for found in violations(page) if "composer" in found or "toolbar" in found] == []


def test_typing_right_through_the_change_loses_nothing(page_for):
    page = page_for("teacher")
    put(page, FORM)
    page.locator("#h").focus()
    page.keyboard.type("一边换成编辑器一边打字也不丢")
    expect(page.get_by_role("toolbar", name="文字格式")).to_be_visible()
    expect(page.get_by_role("textbox", name="回复")).to_have_text("一边换成编辑器一边打字也不丢")


WITH_FILES = FORM.replace("data-mention-src", 'data-upload-url="/probe/pictures" data-mention-src').replace(
    "<button",
    '<details><summary>添加附件</summary><input name="files" type="file" multiple aria-label="附件"></details><button',
    1,
)
PICTURE = {"name": "板书.png", "mimeType": "image/png", "buffer": b"png"}
PAPER = {"name": "学习单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}


def test_a_chosen_picture_stands_in_the_text_and_a_file_is_attached(page_for):
    page, box = open_composer(page_for, WITH_FILES)
    answer_json(page, "**/probe/pictures", {"ok": True, "url": "/static/probe.png", "name": "板书.png"})
    page.route("**/static/probe.png", lambda route: route.fulfill(content_type="image/svg+xml", body=EMPTY_PICTURE))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="图片或附件").click()
    chooser.value.set_files([PICTURE, PAPER])
    expect(box.locator("img")).to_have_attribute("alt", "板书.png")
    expect(page.get_by_text("已添加附件 学习单.pdf")).to_be_visible()
    names = page.get_by_label("附件", exact=True).evaluate("field => [...field.files].map(file => file.name)")
    assert names == ["学习单.pdf"]
    assert box.locator("a").count() == 0


def test_where_nothing_can_be_attached_only_pictures_are_offered(page_for):
    page, _box = open_composer(
        page_for, FORM.replace("data-mention-src", 'data-upload-url="/probe/p" data-mention-src')
    )
    expect(page.get_by_role("button", name="插入图片")).to_be_visible()
    expect(page.locator(".composer input[type=file]")).to_have_attribute("accept", "image/*")


EMPTY_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'


def test_what_is_written_while_the_answer_is_sent_stays(page_for):
    page, box = open_composer(page_for)
    waiting = []
    page.route("**/probe/post", lambda route: waiting.append(route))
    page.keyboard.type("发出去的")
    page.keyboard.press("Control+Enter")
    expect(page.locator("form[data-async]")).to_have_attribute("data-state", "saving")
    page.keyboard.type("，又想到一点")
    waiting[0].fulfill(json={"ok": True, "toast": "已发表"})
    expect(page.get_by_text("已发表")).to_be_visible()
    page.keyboard.type("。")
    expect(box).to_have_text("发出去的，又想到一点。")


def test_a_picture_and_an_attachment_on_a_silent_line_are_kept_and_sent_again(page_for):
    page = page_for("teacher")
    page.clock.install()
    put(page, WITH_FILES)
    page.locator("#h").focus()
    box = page.get_by_role("textbox", name="回复")
    expect(box).to_be_focused()
    page.route("**/static/probe.png", lambda route: route.fulfill(content_type="image/svg+xml", body=EMPTY_PICTURE))
    pictures, forms = [], []
    page.route("**/probe/pictures", lambda route: pictures.append(route))
    page.route("**/probe/post", lambda route: forms.append(route))
    page.keyboard.type("学习单在附件里")
    page.clock.pause_at(
        page.evaluate("Date.now()") + 5000
    )  # what is tried again by itself is tried when the test says so
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="图片或附件").click()
    chooser.value.set_files([PICTURE, PAPER])
    eventually(lambda: page.evaluate("1") and len(pictures) == 1)
    page.clock.run_for(61_000)
    expect(page.get_by_text("板书.png 没有传上：网络没有反应，等了很久没有传完")).to_be_visible()
    page.get_by_role("button", name="再试一次").click()
    eventually(lambda: page.evaluate("1") and len(pictures) == 2)
    pictures[1].fulfill(json={"ok": True, "url": "/static/probe.png", "name": "板书.png"})
    expect(box.locator("img")).to_have_attribute("alt", "板书.png")
    expect(page.get_by_text("板书.png 没有传上")).to_have_count(0)
    page.get_by_role("button", name="发表回复").click()
    eventually(lambda: page.evaluate("1") and len(forms) == 1)
    page.clock.run_for(61_000)
    expect(page.get_by_text("网络没有反应，等了很久没有传完，内容还在页面上，请不要关闭，稍后自动再试")).to_be_visible()
    expect(box).to_contain_text("学习单在附件里")
    page.clock.run_for(6_000)
    eventually(lambda: page.evaluate("1") and len(forms) == 2)
    forms[1].fulfill(json={"ok": True, "toast": "已发表"})
    expect(page.get_by_text("已发表")).to_be_visible()
    bodies = [route.request.post_data_buffer for route in forms]
    assert all(b"%PDF-1.7 x" in body for body in bodies)
    assert len({re.findall(rb'name="client_uuid"\r\n\r\n([^\r]*)', body)[0] for body in bodies}) == 1
