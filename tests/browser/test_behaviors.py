"""Forms, drafts, dialogs, menus and keys, as every page has them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.stage import answer_json, put
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.filters import when

FORM = """
<form class="form" method="post" action="/probe/post" data-async data-reset>
  <div class="field" data-field="title"><label for="t">标题</label><input id="t" name="title" data-draft="topic-title">
    <p class="field-error" data-error hidden><span></span></p></div>
  <div class="field" data-field="body"><label for="b">内容</label>
    <textarea id="b" name="body" data-draft="topic"></textarea>
    <p class="field-error" data-error hidden><span></span></p></div>
  <div class="form-errors" role="alert" data-form-error hidden></div>
  <button class="button primary">发布话题</button>
</form>"""


def test_a_draft_survives_a_closed_tab(page_for):
    page = page_for("teacher")
    put(page, FORM)
    page.get_by_label("内容").fill("导入用三分钟复述故事")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    context = page.context
    page.close()
    again = context.new_page()
    put(again, FORM)
    expect(again.get_by_label("内容")).to_have_value("导入用三分钟复述故事")
    expect(again.get_by_text("已恢复上次没写完的草稿")).to_be_visible()
    again.get_by_role("button", name="放弃草稿").click()
    expect(again.get_by_label("内容")).to_have_value("")
    put(again, FORM)
    expect(again.get_by_label("内容")).to_have_value("")


def test_a_draft_belongs_to_its_person_and_its_page(page_for, cast):
    page = page_for("teacher")
    put(page, FORM)
    page.get_by_label("内容").fill("只属于李强")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    keys = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))")
    assert keys == [f"draft:{cast.teacher.id}:/:topic"]


def test_a_draft_is_let_go_when_the_server_has_answered(page_for):
    page = page_for("teacher")
    put(page, FORM)
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已发布话题"})
    page.get_by_label("内容").fill("发出去的话")
    expect(page.get_by_text("草稿已存本机")).to_be_visible()
    page.get_by_role("button", name="发布话题").click()
    expect(page.get_by_text("已发布话题")).to_be_visible()
    expect(page.get_by_label("内容")).to_have_value("")
    assert seen[0]["headers"]["x-csrftoken"]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_errors_stand_beside_the_field_and_nothing_typed_is_lost(page_for, errors):
    page = page_for("teacher")
    put(page, FORM)
    refusal = {"ok": False, "message": "请检查", "errors": {"title": ["请填写标题"], "elsewhere": ["坊已结束"]}}
    answer_json(page, "**/probe/post", refusal, status=422)
    for left_out in ("标题", "内容"):
        page.get_by_label(left_out).evaluate("field => (field.required = true)")
    page.get_by_role("button", name="发布话题").click()
    expect(page.locator("[data-field=body] [data-error]")).to_have_text("请填写内容")
    expect(page.locator("[data-field=title] [data-error]")).to_have_text("请填写标题")
    expect(page.get_by_label("标题")).to_be_focused()
    page.get_by_label("标题").fill("一")
    expect(page.locator("[data-field=title] [data-error]")).to_be_hidden()
    page.get_by_label("内容").fill("写好的内容")
    expect(page.locator("[data-field=body] [data-error]")).to_be_hidden()
    page.get_by_label("标题").fill("")
    page.get_by_label("标题").evaluate("field => (field.required = false)")
    page.get_by_role("button", name="发布话题").click()
    expect(page.locator("[data-field=title] [data-error]")).to_have_text("请填写标题")
    expect(page.get_by_role("alert").filter(has_text="坊已结束")).to_be_visible()
    expect(page.get_by_label("标题")).to_be_focused()
    expect(page.get_by_label("标题")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("内容")).to_have_value("写好的内容")
    errors[:] = [error for error in errors if "422" not in error]


def test_a_form_sent_without_a_network_waits_and_is_sent_once(page_for):
    page = page_for("teacher")
    put(page, FORM)
    page.get_by_label("内容").fill("断网时写的")
    page.context.set_offline(True)
    page.get_by_role("button", name="发布话题").click()
    expect(page.get_by_text("网络断开了，您写的内容已存在本机，联网后自动发送")).to_be_visible()
    expect(page.locator("form[data-async]")).to_have_attribute("data-state", "offline")
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已发布话题"})
    page.context.set_offline(False)
    expect(page.get_by_text("已发布话题")).to_be_visible()
    assert len(seen) == 1


def test_what_is_written_while_a_form_is_sent_stays(page_for):
    page = page_for("teacher")
    put(page, FORM)
    held = hold(page)
    page.get_by_label("标题").fill("第一段")
    page.get_by_label("内容").fill("已经发出去的")
    page.get_by_role("button", name="发布话题").click()
    expect(page.locator("form[data-async]")).to_have_attribute("data-state", "saving")
    page.get_by_label("内容").fill("发送时接着写的")
    held[0].fulfill(json={"ok": True, "toast": "已发布话题"})
    expect(page.get_by_text("已发布话题")).to_be_visible()
    expect(page.get_by_label("标题")).to_have_value("")
    expect(page.get_by_label("内容")).to_have_value("发送时接着写的")
    drafts = page.evaluate("Object.values(localStorage).filter(text => text.includes('发送时接着写的')).length")
    assert drafts == 1


def hold(page, url="**/probe/post"):
    """Requests to `url` wait in the returned list until the test answers them."""
    waiting = []
    page.route(url, lambda route: waiting.append(route))
    return waiting


LIKE = """
<form method="post" action="/probe/like" data-async><button name="on" value="1">赞</button></form>"""


def test_a_step_that_failed_is_sent_again_as_it_was_without_the_browser_noticing(page_for):
    page = page_for("teacher")
    page.clock.install()
    put(page, LIKE)
    seen = []

    def fail_once(route):
        seen.append(route.request.post_data)
        if len(seen) == 1:
            route.abort("internetdisconnected")
        else:
            route.fulfill(json={"ok": True, "toast": "已赞"})

    page.route("**/probe/like", fail_once)
    page.get_by_role("button", name="赞").click()
    expect(page.get_by_text("网络断开了，联网后自动发送")).to_be_visible()
    page.clock.run_for(5000)
    expect(page.get_by_text("已赞")).to_be_visible()
    assert len(seen) == 2
    assert fields(seen[0]) == fields(seen[1])
    assert fields(seen[0])["on"] == "1"


def fields(body):
    """Names and values of a multipart body."""
    return dict(re.findall(r'name="([^"]+)"\r\n\r\n([^\r]*)', body))


def test_a_form_says_that_it_is_still_being_sent_and_gives_up_in_the_end(page_for):
    page = page_for("teacher")
    page.clock.install()
    put(page, FORM.replace('data-draft="topic"', ""))
    hold(page)
    page.get_by_label("内容").fill("没有回音")
    page.get_by_role("button", name="发布话题").click()
    page.clock.run_for(9000)
    expect(page.get_by_text("还在发送，请不要关闭页面")).to_be_visible()
    page.clock.run_for(22000)
    said = "服务器一直没有回答，内容还在页面上，请不要关闭，联网后自动发送"
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("还在发送，请不要关闭页面")).to_have_count(0)


def test_a_page_that_never_gets_a_connection_says_so(page_for):
    page = page_for("teacher")
    page.add_init_script(
        "window.WebSocket = class { constructor() { setTimeout(() => this.onerror(new Event('error'))) } close() {} }"
    )
    page.route("**/socket.io/**", lambda route: route.abort("internetdisconnected"))
    page.goto("/")
    expect(page.get_by_text("离线：内容保存在本机，联网后自动提交")).to_be_visible(timeout=15_000)


def test_ctrl_enter_sends_but_not_while_pinyin_is_composed(page_for):
    page = page_for("teacher")
    put(page, FORM)
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已发布话题"})
    box = page.get_by_label("内容")
    box.fill("你好")
    box.evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert seen == []
    box.press("Control+Enter")
    expect(page.get_by_text("已发布话题")).to_be_visible()


def test_a_dangerous_step_asks_and_names_the_thing(page_for):
    page = page_for("teacher")
    put(page, FORM.replace("data-async", "data-async data-confirm='删除话题《草船借箭》？删除后不能恢复。'"))
    seen = answer_json(page, "**/probe/post", {"ok": True, "toast": "已删除"})
    page.get_by_role("button", name="发布话题").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("删除话题《草船借箭》")
    expect(question.get_by_role("button", name="取消")).to_be_focused()
    question.get_by_role("button", name="取消").click()
    expect(question).to_have_count(0)
    assert seen == []
    page.get_by_role("button", name="发布话题").click()
    question.get_by_role("button", name="发布话题").click()
    expect(page.get_by_text("已删除")).to_be_visible()
    assert len(seen) == 1


def test_a_step_can_be_taken_back(page_for):
    page = page_for("teacher")
    put(page, FORM)
    answer = {"ok": True, "toast": "已撤回", "undo": {"url": "/probe/undo", "text": "撤销"}}
    answer_json(page, "**/probe/post", answer)
    undone = answer_json(page, "**/probe/undo", {"ok": True, "toast": "已恢复"})
    page.get_by_role("button", name="发布话题").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已恢复")).to_be_visible()
    assert [request["method"] for request in undone] == ["POST"]


def test_the_menu_of_the_avatar_works_by_keyboard(page_for):
    page = page_for("teacher")
    page.goto("/")
    opener = page.get_by_label("李强的菜单")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="退出登录")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出登录")).to_be_hidden()
    expect(opener).to_be_focused()


def test_slash_and_ctrl_k_go_to_the_search_box(page_for):
    page = page_for("teacher")
    put(page, FORM)
    box = page.get_by_role("searchbox", name="搜索")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.get_by_label("内容").focus()
    page.keyboard.type("1/2")
    expect(page.get_by_label("内容")).to_have_value("1/2")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()


def test_the_first_tab_leads_to_the_text(page_for):
    page = page_for("teacher")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("ago", [0, 1, -1, 2, 30, 400])
def test_moments_read_the_same_in_the_browser_and_on_the_server(page_for, ago):
    page = page_for("teacher")
    moment = datetime.now(UTC) - timedelta(days=ago)
    put(page, f'<time datetime="{moment.isoformat()}" data-when>…</time>')
    expect(page.locator("main time")).to_have_text(when(moment))
    assert str(moment.astimezone(clock.LOCAL_ZONE).year) in (page.locator("main time").get_attribute("title") or "")


def test_more_of_a_list_is_added_in_place_without_doubles(page_for):
    page = page_for("teacher")
    put(
        page,
        '<ul id="rows"><li id="r1">甲</li><li id="r2">乙</li></ul>'
        '<p class="load-more"><a href="/probe/rows?cursor=2" data-load-more="rows">加载更多</a></p>',
    )
    page.route(
        "**/probe/rows*",
        lambda route: route.fulfill(
            content_type="text/html; charset=utf-8",
            body='<ul id="rows"><li id="r2">乙</li><li id="r3"><a href="/">丙</a></li></ul>',
        ),
    )
    page.get_by_role("link", name="加载更多").click()
    expect(page.locator("#rows li")).to_have_text(["甲", "乙", "丙"])
    expect(page.get_by_role("link", name="丙")).to_be_focused()
    expect(page.get_by_role("link", name="加载更多")).to_have_count(0)


FILTER = """
<form action="/probe/filtered" data-submit-on-change><label>学段 <select name="stage">
<option value="">全部</option><option value="小学">小学</option><option value="初中">初中</option></select></label>
<button>筛选</button></form>"""


def test_a_filter_is_not_sent_while_arrow_keys_walk_over_it(page_for):
    page = page_for("teacher")
    asked = []
    page.route("**/probe/filtered*", lambda route: (asked.append(route.request.url), route.fulfill(body="<p>好</p>")))
    put(page, FILTER)
    page.get_by_label("学段").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("学段")).to_have_value("初中")
    assert asked == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/probe/filtered?stage=*")
    assert len(asked) == 1


def test_only_the_last_place_of_the_trail_is_this_page(page_for, cast):
    page = page_for("colleague")
    page.goto(f"/people/{cast.teacher.id}")
    expect(page.locator(".crumbs [aria-current]")).to_have_text(["李强"])


def test_code_that_did_not_arrive_is_fetched_again_when_the_line_is_back(context_for, app, cast):
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher")]).id
    page = context_for("teacher").new_page()
    page.route("**/dist/live-list-*.js", lambda route: route.abort("internetdisconnected"))
    page.route("**/dist/topics-*.js", lambda route: route.abort("internetdisconnected"))
    with page.expect_event("requestfailed", lambda request: "live-list" in request.url):
        page.goto(f"/workshops/{workshop}/topics")
    expect(page.get_by_role("heading", name="话题列表")).to_be_attached()
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("live-list#topics")).to_have_attribute("data-state", "live")
