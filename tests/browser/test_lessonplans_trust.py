"""What a teacher relies on: nothing lost offline, Chinese input under others' edits, rights, versions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.test_lessonplans import opened, saved, write
from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.accounts.services import revoke_sessions_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.queries import find_member, find_plan, revisions_page


@pytest.fixture
def plan_id(app, cast) -> int:
    """`leader` owns it, `teacher` and `colleague` write, `villager` reads."""
    with app.app_context(), unit_of_work():
        leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
        workshop = make_workshop(leader, [teacher, colleague])
        plan = make_plan(leader, visibility="workshop", workshop_id=workshop.id)
        services.invite_member(leader, plan, cast.user("villager"), "reader")
        return plan.id


def state(page: Page) -> str | None:
    return page.locator("[data-plan-state]").get_attribute("data-state")


def text(page: Page) -> str:
    """The editor's own text, without the names on carets."""
    return page.evaluate("document.querySelector('[data-plan-page]').planPage.editor.getText()")


def caret(page: Page) -> int:
    """The caret's place in its paragraph, as the editor knows it."""
    editor = "document.querySelector('[data-plan-page]').planPage.editor"
    return page.evaluate(f"{editor}.state.selection.$from.parentOffset")


def go_offline(context: BrowserContext, page: Page) -> None:
    context.set_offline(True)
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "offline")


def test_a_line_that_breaks_while_the_page_joins_comes_back(context_for, plan_id):
    context = context_for("teacher")
    page = context.new_page()
    silent = False  # nothing comes from the server, and what is dialed gets no answer

    def connect(line: WebSocketRoute) -> None:
        if silent:
            return
        server = line.connect_to_server()
        server.on_message(lambda message: None if silent else line.send(message))

    page.route_web_socket("**/socket.io/*doc=*", connect)
    opened(page, plan_id)
    silent = True
    page.evaluate("document.querySelector('[data-plan-page]').planPage.provider.join()")
    go_offline(context, page)
    silent = False
    write(page, "learners", "没有网络的时候写的学情。")
    context.set_offline(False)
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "saved", timeout=20_000)


def test_what_is_written_between_two_answers_to_a_page_that_joins_twice_is_sent(page_for, plan_id):
    page, other = opened(page_for("teacher"), plan_id), opened(page_for("leader"), plan_id)
    page.evaluate(
        """() => {
          const { editor, provider } = document.querySelector("[data-plan-page]").planPage;
          const write = (text) => editor.commands.insertContentAt(editor.state.doc.content.size, text);
          const once = () => {
            provider.off("synced", once);
            write("第一个回答以后发出的。");
            provider.flush();
            write("紧接着写的。");
          };
          provider.on("synced", once);
          provider.join();
          provider.join();
        }"""
    )
    expect(other.locator("#plan-text")).to_contain_text("紧接着写的。")
    saved(page)


def test_what_was_written_offline_survives_a_closed_tab_and_reaches_the_others(context_for, page_for, plan_id):
    other = opened(page_for("leader"), plan_id)
    context = context_for("teacher", 390)
    page = opened(context.new_page(), plan_id)
    go_offline(context, page)
    write(page, "learners", "没有网络的时候写的学情。")
    expect(page.locator("[data-plan-state]")).to_have_text("离线，已存本机")
    page.close()
    context.set_offline(False)
    page = opened(context.new_page(), plan_id)
    assert "没有网络的时候写的学情" in text(page)
    eventually(lambda: "没有网络的时候写的学情" in text(other))
    saved(page)


def test_what_was_deleted_offline_is_deleted_for_everybody(context_for, page_for, plan_id):
    other = opened(page_for("leader"), plan_id)
    context = context_for("teacher")
    page = opened(context.new_page(), plan_id)
    write(page, "board", "要删的板书")
    eventually(lambda: "要删的板书" in text(other))
    saved(page)
    go_offline(context, page)
    page.locator("#section-board .plan-section-body p").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    eventually(lambda: "要删的板书" not in text(page))
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "offline")
    page.close()
    context.set_offline(False)
    opened(context.new_page(), plan_id)
    eventually(lambda: "要删的板书" not in text(other))


def test_both_write_while_one_is_offline_and_both_keep_their_words(context_for, page_for, plan_id):
    other = opened(page_for("leader"), plan_id)
    context = context_for("teacher")
    page = opened(context.new_page(), plan_id)
    go_offline(context, page)
    write(page, "textbook", "甲在线下写。")
    write(other, "textbook", "乙在线上写。")
    context.set_offline(False)
    for reader in (page, other):
        eventually(lambda r=reader: "甲在线下写" in text(r) and "乙在线上写" in text(r), 15)
    saved(page)


def test_ones_caret_stays_in_its_place_while_another_writes_before_it(page_for, plan_id):
    one, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(one, "textbook", "前面后面")
    eventually(lambda: "前面后面" in text(other))
    for _ in range(2):
        one.keyboard.press("ArrowLeft")
    eventually(lambda: caret(one) == 2)
    other.locator("#section-textbook .plan-section-body p").first.click()
    eventually(lambda: caret(other) > 0)
    other.keyboard.press("Home")
    eventually(lambda: caret(other) == 0)
    other.keyboard.insert_text("乙在最前面写了一长句。")
    eventually(lambda: "乙在最前面写了一长句。前面后面" in text(one))
    one.keyboard.insert_text("中间")
    eventually(lambda: "乙在最前面写了一长句。前面中间后面" in text(other))


def compose(page: Page, steps: list[str], chosen: str, between) -> None:
    """Type with an input method: each step shows in the page, the last word is chosen."""
    session = page.context.new_cdp_session(page)
    for step in steps:
        session.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
        between()
    session.send("Input.insertText", {"text": chosen})
    session.detach()


def test_a_reader_sees_the_text_change_and_cannot_type(page_for, plan_id):
    writer, reader = opened(page_for("leader"), plan_id), page_for("villager")
    reader.goto(f"/lesson-plans/{plan_id}")
    expect(reader.locator("[data-plan-page][data-ready=true]")).to_be_visible()
    expect(reader.locator("[data-plan-state]")).to_have_text("只读")
    write(writer, "standard", "大家都看得到。")
    expect(reader.locator("#plan-text")).to_contain_text("大家都看得到")
    expect(reader.locator("#plan-text")).to_have_attribute("contenteditable", "false")
    expect(reader.locator("[data-plan-toolbar]")).to_have_count(0)


def test_rights_taken_away_while_typing_leave_ones_words_to_copy(app, cast, page_for, plan_id):
    with app.app_context(), unit_of_work():
        plan = find_plan(plan_id)
        services.change_member(cast.user("leader"), plan, find_member(plan_id, cast.villager.id), "writer")
    page = opened(page_for("villager"), plan_id)
    write(page, "learners", "还没来得及提交的话")
    with app.app_context(), unit_of_work():
        plan = find_plan(plan_id)
        services.remove_member(cast.user("leader"), plan, find_member(plan_id, cast.villager.id))
    expect(page.locator("#plan-text")).to_have_attribute("contenteditable", "false")
    expect(page.locator("[data-plan-problem]")).to_contain_text("您不再能打开这份教案")
    assert "还没来得及提交的话" in text(page)


def test_the_end_of_the_session_is_said_and_the_words_stay(app, cast, page_for, plan_id):
    page = opened(page_for("teacher"), plan_id)
    with app.app_context(), unit_of_work():
        revoke_sessions_of(cast.teacher.id)
    box = page.locator("[data-plan-problem]")
    expect(box).to_contain_text("登录已过期")
    expect(box.get_by_role("link", name="重新登录")).to_be_visible()
    write(page, "preparation", "过期以后写的")
    expect(page.locator("[data-plan-state]")).to_have_attribute("data-state", "unsaved")
    assert "过期以后写的" in text(page)


def test_section_headings_cannot_be_deleted_by_typing(page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    headings = page.locator(".plan-section > h2")
    before = headings.all_inner_texts()
    write(page, "board", "板书")
    for _ in range(6):
        page.keyboard.press("Backspace")
    assert headings.all_inner_texts() == before
    page.keyboard.insert_text("再写一句")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    assert headings.all_inner_texts() == before
    expect(page.locator("[data-toasts]")).to_contain_text("章节标题受保护")


def test_a_version_is_kept_looked_at_and_brought_back(page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    write(page, "goals", "第一稿的目标。")
    page.get_by_role("button", name="保存为版本").first.click()
    page.get_by_label("版本名称").fill("一稿")
    page.get_by_role("dialog").get_by_role("button", name="保存为版本").click()
    expect(page.get_by_text("已保存为版本“一稿”")).to_be_visible()
    opened(page, plan_id)
    write(page, "goals", "第二稿又改了。")
    saved(page)
    page.get_by_role("link", name="一稿").first.click()
    expect(page.get_by_role("heading", name="一稿")).to_be_visible()
    expect(page.locator("#plan-text")).to_contain_text("第一稿的目标")
    expect(page.locator("#plan-text")).not_to_contain_text("第二稿又改了")
    page.get_by_role("button", name="恢复到这一版").click()
    expect(page.get_by_text("已恢复到“一稿”")).to_be_visible()
    opened(page, plan_id)
    assert "第二稿又改了" not in text(page)
    assert "第一稿的目标" in text(page)
    expect(page.locator("#panel-revisions")).to_contain_text("恢复“一稿”之前")


def test_a_picture_goes_to_the_server_and_shows_for_everybody(page_for, plan_id):
    from tests.lessonplans.matrix import png

    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    page.locator("#section-board .plan-section-body p").first.click()
    page.locator("[data-image-input]").set_input_files(
        files=[{"name": "板书.png", "mimeType": "image/png", "buffer": png()}]
    )
    picture = other.locator("#plan-text img[alt=板书]")
    expect(picture).to_be_visible()
    eventually(lambda: picture.evaluate("image => image.naturalWidth") == 8)
    saved(page)


def test_tables_are_changed_from_the_toolbar(page_for, plan_id):
    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    rows = other.locator("#section-process table tr")
    before = rows.count()
    page.locator("#section-process td").first.click()
    page.get_by_role("button", name="在下面加一行").click()
    expect(rows).to_have_count(before + 1)
    page.get_by_role("button", name="删除这一行").click()
    expect(rows).to_have_count(before)
    saved(page)


BLOCK_SOCKETS = """window.WebSocket = class {
  constructor() { setTimeout(() => this.onerror && this.onerror(new Event("error"))); }
  close() {}
};"""


def test_where_sockets_are_blocked_the_text_goes_over_http_and_the_page_says_so(context_for, page_for, plan_id):
    other = opened(page_for("leader"), plan_id)
    context = context_for("teacher")
    context.add_init_script(BLOCK_SOCKETS)
    page = context.new_page()
    page.goto(f"/lesson-plans/{plan_id}")
    expect(page.locator("[data-plan-page][data-ready=true]")).to_be_visible(timeout=20_000)
    label = page.locator("[data-plan-state]")
    expect(label).to_have_text("网络受限，每 15 秒同步")
    write(page, "learners", "限制网络里写的学情。")
    expect(label).to_have_text("网络受限，每 15 秒同步，新写的还在本机")
    write(other, "textbook", "别人写的教材分析。")
    saved(other)
    eventually(lambda: "限制网络里写的学情" in text(other), 30)
    expect(label).to_have_text("网络受限，每 15 秒同步")
    eventually(lambda: "别人写的教材分析" in text(page), 30)


def test_one_can_type_before_the_line_is_open_and_it_is_called_saved_only_afterwards(page_for, plan_id):
    page, held = page_for("teacher"), []
    page.route_web_socket(lambda url: f"doc={plan_id}" in url, lambda line: held.append(line))  # nobody answers yet
    page.goto(f"/lesson-plans/{plan_id}")
    expect(page.locator("[data-plan-page][data-ready=true]")).to_be_visible()
    label = page.locator("[data-plan-state]")
    expect(label).to_have_text("正在打开")
    write(page, "learners", "线路还没通就写的学情。")
    expect(label).to_have_text("保存中")
    eventually(lambda: held)
    held[0].connect_to_server()
    saved(page)
    assert "线路还没通就写的学情。" in text(opened(page_for("leader"), plan_id))


def next_held(page: Page, waiting: list):
    """The next request that the test holds back; asking the page lets its requests come in."""
    return eventually(lambda: page.title() and waiting and waiting.pop(0))


def test_a_picture_lands_where_it_was_put_though_others_write_before_it(page_for, plan_id):
    from tests.lessonplans.matrix import png

    page, other = (opened(page_for(key), plan_id) for key in ("leader", "teacher"))
    write(page, "board", "图上面的话")
    saved(page)
    eventually(lambda: "图上面的话" in text(other))
    waiting: list = []
    page.route(
        "**/images", lambda route: waiting.append(route) if route.request.method == "POST" else route.continue_()
    )
    page.locator("[data-image-input]").set_input_files(
        files=[{"name": f"{name}.png", "mimeType": "image/png", "buffer": png()} for name in ("一", "二")]
    )
    expect(page.locator("[data-toasts]")).to_contain_text("正在上传 一.png")
    write(other, "standard", "别人在前面写了很长很长的一句话。")
    eventually(lambda: "很长很长" in text(page))
    next_held(page, waiting).continue_()
    expect(page.locator("[data-toasts]")).to_contain_text("正在上传 二.png")
    next_held(page, waiting).continue_()
    pictures = page.locator("#section-board img")
    expect(pictures).to_have_count(2)
    assert [pictures.nth(n).get_attribute("alt") for n in range(2)] == ["一", "二"]
    expect(page.locator("[data-toasts]")).not_to_contain_text("正在上传")
    assert "图上面的话" in page.locator("#section-board").inner_text()


def test_a_link_is_made_by_keyboard_and_www_is_enough(page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    write(page, "board", "")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="链接")
    dialog.get_by_label("网址").fill("www.example.org")
    dialog.get_by_role("button", name="确定").click()
    expect(page.locator("#section-board a[href='https://www.example.org']")).to_be_visible()
    saved(page)


def test_a_key_works_where_the_caret_is_however_late_the_browser_says_so(page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    write(page, "goals", "")
    page.evaluate(
        """() => {
          getSelection().collapse(document.querySelector('#section-board .plan-section-body p'), 0);
          const key = new KeyboardEvent('keydown', {key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true});
          document.querySelector('#section-board').closest('[contenteditable=true]').dispatchEvent(key);
        }"""
    )
    dialog = page.get_by_role("dialog", name="链接")
    dialog.get_by_label("网址").fill("www.example.org")
    dialog.get_by_role("button", name="确定").click()
    expect(page.locator("#section-board a[href='https://www.example.org']")).to_be_visible()


def test_saving_a_version_twice_in_a_hurry_keeps_one(app, page_for, plan_id):
    page = opened(page_for("leader"), plan_id)
    write(page, "goals", "刚写的，还没存。")
    page.get_by_role("button", name="保存为版本").first.click()
    page.get_by_label("版本名称").fill("一稿")
    page.locator("[data-save-revision]").evaluate("form => { form.requestSubmit(); form.requestSubmit(); }")
    expect(page.get_by_text("已保存为版本“一稿”")).to_be_visible()
    with app.app_context():
        assert [revision.title for revision in revisions_page(plan_id).items] == ["一稿"]


def test_a_plan_that_grows_too_long_is_told_so_in_time(app, page_for, plan_id, monkeypatch):
    hub = app.extensions["yanxiu_documents"]
    monkeypatch.setattr(hub, "limits", replace(hub.limits, state_warning_bytes=100))
    page = opened(page_for("leader"), plan_id)
    expect(page.locator("[data-plan-problem]")).to_contain_text("这份教案已经很长")
    write(page, "goals", "还能写")
    saved(page)


@pytest.mark.parametrize(("trouble", "words"), [("slow", "网络没有反应"), ("broken", "网络断开了")])
def test_a_slow_line_is_told_from_a_broken_one(page_for, plan_id, errors, trouble, words):
    from tests.lessonplans.matrix import png

    page = opened(page_for("leader"), plan_id)
    page.clock.install()
    waiting: list = []
    page.route("**/images", lambda route: waiting.append(route))
    page.locator("[data-image-input]").set_input_files(
        files=[{"name": "板书.png", "mimeType": "image/png", "buffer": png()}]
    )
    held = next_held(page, waiting)
    if trouble == "slow":
        page.clock.fast_forward(120_000)
    else:
        held.abort("connectionreset")
    expect(page.locator("[data-toasts]")).to_contain_text(words)
    errors[:] = [error for error in errors if "ERR_CONNECTION_RESET" not in error]
    expect(page.locator("#plan-text img")).to_have_count(1)
    expect(page.locator("#plan-text .kept-picture")).to_contain_text("只存在本机")
