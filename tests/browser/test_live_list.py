"""Live lists follow what others do, also over a lost network, and never disturb who is writing."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Response
from playwright.sync_api import expect

from tests.browser.stage import put
from tests.support.eventually import eventually
from yanxiu.core.live import bump
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web import live

LIST = """
<live-list id="board" aria-label="留言" data-topic="board:1" data-src="/probe/items" data-seq="0">
  <p data-empty>还没有留言</p>
</live-list>"""


class Board:
    """The server's side of the list: what it holds, and how a change is told."""

    def __init__(self, app, monkeypatch):
        self.app, self.items, self.seq, self.asked = app, {}, 0, []
        monkeypatch.setitem(live._rooms, "board", lambda viewer, number: True)

    def write(self, key, html):
        with self.app.app_context(), unit_of_work():
            self.seq = bump("board:1", "item", key)
        self.items[key] = (self.seq, html)

    def serve(self, page):
        page.route("**/probe/items*", self._answer)

    def _answer(self, route):
        since = int(parse_qs(urlsplit(route.request.url).query)["since"][0])
        self.asked.append(since)
        newer = "".join(html for seq, html in self.items.values() if seq > since)
        route.fulfill(content_type="text/html; charset=utf-8", body=newer, headers={"X-Seq": str(self.seq)})


@pytest.fixture
def board(app, monkeypatch, live_server):
    return Board(app, monkeypatch)


def item(key, text, extra=""):
    return f'<article id="item-{key}"><p>{text}</p>{extra}</article>'


def open_board(page_for, board, html=LIST):
    page = page_for("teacher")
    board.serve(page)
    put(page, html)
    expect(page.locator("#board")).to_have_attribute("data-state", "live")
    return page


def test_a_new_item_appears_without_reloading(page_for, board):
    page = open_board(page_for, board)
    board.write(1, item(1, "先看人物关系"))
    expect(page.get_by_text("先看人物关系")).to_be_visible()
    expect(page.get_by_text("还没有留言")).to_be_hidden()


def test_a_page_opened_with_an_old_number_catches_up_at_once(page_for, board):
    board.write(1, item(1, "页面打开之前写的"))
    page = open_board(page_for, board)
    expect(page.get_by_text("页面打开之前写的")).to_be_visible()


def test_what_was_missed_offline_comes_after_reconnecting(page_for, board):
    page = open_board(page_for, board)
    page.context.set_offline(True)
    expect(page.locator("#board")).to_have_attribute("data-state", "offline")
    expect(page.get_by_text("离线：内容保存在本机，联网后自动提交")).to_be_visible()
    for key in range(5):
        board.write(key, item(key, f"离线时的第 {key} 条"))
    page.context.set_offline(False)
    expect(page.locator("#board article")).to_have_count(5)
    expect(page.locator("#board")).to_have_attribute("data-state", "live")
    expect(page.get_by_text("离线：内容保存在本机")).to_be_hidden()


def test_a_server_that_fails_over_a_message_and_says_nothing_is_asked_again(page_for, board):
    """First over the page's hello, so that the line stands and carries nothing, then over the question for its lists."""
    page = page_for("teacher")
    arriving, said = 0, []

    def connect(line):
        server = line.connect_to_server()
        mine = []

        def pass_on(message):
            if isinstance(message, bytes):  # text only keeps the line alive
                mine.append(message)
                said.append(message)
            if isinstance(message, str) or len(mine) <= arriving:
                server.send(message)

        line.on_message(pass_on)

    page.route_web_socket("**/socket.io/*", connect)
    page.clock.install()
    board.serve(page)
    put(page, LIST)
    eventually(lambda: page.evaluate("1") and said)
    arriving, said = 1, []
    page.clock.fast_forward(16_000)
    eventually(lambda: page.evaluate("1") and len(said) > 1)
    arriving = 100
    page.clock.fast_forward(16_000)
    expect(page.locator("#board")).to_have_attribute("data-state", "live")


def test_an_answer_that_stops_in_the_middle_is_asked_for_again(page_for, board, app, monkeypatch):
    over, asked = threading.Event(), []

    def stopping():
        yield "<article id='item-1'>"
        over.wait(30)

    def items():
        asked.append(1)
        whole = len(asked) > 1
        return Response(item(1, "到了") if whole else stopping(), headers={"X-Seq": "1"})

    monkeypatch.setitem(app.view_functions, "resources.index", items)
    page = page_for("teacher")
    page.clock.install()
    put(page, LIST.replace("/probe/items", "/resources"))
    expect(page.locator("#board")).to_have_attribute("data-state", "live")
    board.write(1, "")
    eventually(lambda: page.evaluate("1") and asked)
    page.clock.run_for(95_000)
    expect(page.get_by_text("到了")).to_be_visible()
    over.set()


def test_a_burst_of_changes_is_fetched_in_few_requests(page_for, board):
    page = open_board(page_for, board)
    for key in range(20):
        board.write(key, item(key, f"第 {key} 条"))
    expect(page.locator("#board article")).to_have_count(20)
    assert len(board.asked) < 12


def test_a_half_written_answer_stays_while_its_item_changes(page_for, board):
    reply = '<details data-keep><summary>回复</summary><textarea aria-label="回复"></textarea></details>'
    page = open_board(page_for, board)
    board.write(1, item(1, "赞 0", reply))
    page.get_by_text("回复", exact=True).click()
    box = page.get_by_label("回复")
    box.fill("我觉得可以先")
    board.write(1, item(1, "赞 7", reply))
    expect(page.get_by_text("赞 7")).to_be_visible()
    expect(box).to_have_value("我觉得可以先")
    expect(box).to_be_focused()


def test_what_is_half_written_stays_also_when_the_focus_is_elsewhere(page_for, board):
    reply = '<textarea aria-label="回复"></textarea><label><input type="checkbox">只给作者看</label>'
    kinds = '<select aria-label="类别"><option>建议<option>问题</select>'
    page = open_board(page_for, board)
    board.write(1, item(1, "赞 0", reply + kinds))
    page.get_by_label("回复").fill("写到一半")
    page.get_by_label("只给作者看").check()
    page.get_by_label("类别").select_option("问题")
    page.locator("main").focus()
    board.write(1, item(1, "赞 7", reply + kinds))
    expect(page.get_by_text("赞 7")).to_be_visible()
    expect(page.get_by_label("回复")).to_have_value("写到一半")
    expect(page.get_by_label("只给作者看")).to_be_checked()
    expect(page.get_by_label("类别")).to_have_value("问题")


def test_what_nobody_touched_follows_the_server(page_for, board):
    reply = '<textarea aria-label="说明">{0}</textarea><input aria-label="标题" value="{0}">'
    page = open_board(page_for, board)
    board.write(1, item(1, "第一次", reply.format("旧的")))
    expect(page.get_by_label("标题")).to_have_value("旧的")
    board.write(1, item(1, "第二次", reply.format("新的")))
    expect(page.get_by_label("标题")).to_have_value("新的")
    expect(page.get_by_label("说明")).to_have_value("新的")


def test_what_is_gone_goes_unless_somebody_is_answering_in_it(page_for, board):
    page = open_board(page_for, board)
    board.write(1, item(1, "第一条"))
    board.write(2, item(2, "第二条", '<textarea aria-label="回复第二条"></textarea>'))
    page.get_by_label("回复第二条").fill("写到一半")
    board.write(1, '<i data-gone="item-1"></i>')
    board.write(2, '<i data-gone="item-2"></i>')
    expect(page.locator("#item-1")).to_have_count(0)
    expect(page.locator("#item-2")).to_have_class("is-arriving is-gone")
    expect(page.get_by_label("回复第二条")).to_have_value("写到一半")


def test_only_the_author_sees_the_authors_buttons(page_for, board, cast):
    tools = '<button hidden data-can="author">编辑</button><button hidden data-can="moderate">置顶</button>'
    page = open_board(page_for, board)
    for key, author in ((1, cast.teacher.id), (2, cast.leader.id)):
        board.write(key, f'<article id="item-{key}" data-author="{author}"><p>第 {key} 条</p>{tools}</article>')
    expect(page.locator("#item-1").get_by_role("button", name="编辑")).to_be_visible()
    expect(page.locator("#item-2").get_by_role("button", name="编辑", include_hidden=True)).to_be_hidden()
    expect(page.get_by_role("button", name="置顶")).to_have_count(0)


def test_a_list_ends_when_the_right_to_it_is_gone(page_for, board, app, monkeypatch):
    page = open_board(page_for, board)
    monkeypatch.setitem(live._rooms, "board", lambda viewer, number: False)
    with app.app_context():
        live.recheck_rooms(topic="board:1")
    expect(page.locator("#board")).to_have_attribute("data-state", "ended")
    board.write(1, item(1, "不该看到"))
    expect(page.locator("#item-1")).to_have_count(0)
    expect(page.locator("#board").get_by_text("这里不再更新，您可能已不是这里的成员")).to_be_visible()
    expect(page.locator("#board").get_by_role("button", name="刷新")).to_be_visible()


def test_a_list_says_that_the_sign_in_has_ended(page_for, board, errors):
    page = open_board(page_for, board)
    page.route("**/probe/items*", lambda route: route.fulfill(status=401, json={"ok": False}))
    board.write(1, item(1, "看不到"))
    expect(page.locator("#board").get_by_text("登录已过期，这里不再更新")).to_be_visible()
    expect(page.locator("#board").get_by_role("link", name="重新登录")).to_have_attribute("href", "/login")
    page.wait_for_load_state("networkidle")  # it asks no more
    errors[:] = [error for error in errors if "401" not in error]


def test_people_on_the_page_are_counted_once_each(page_for, board):
    html = LIST + '<p data-presence="board:1" data-text="人在看"></p>'
    first = open_board(page_for, board, html)
    open_board(page_for, board, html)
    colleague = page_for("colleague")
    board.serve(colleague)
    put(colleague, html)
    expect(first.get_by_text("2 人在看")).to_be_visible()
    colleague.close()
    expect(first.get_by_text("人在看")).to_have_count(0)  # whoever is alone need not be told


def test_without_a_line_nobody_is_said_to_be_here(page_for, board):
    html = LIST + '<p data-presence="board:1" data-text="人在看"></p>'
    page, colleague = open_board(page_for, board, html), page_for("colleague")
    board.serve(colleague)
    put(colleague, html)
    expect(page.get_by_text("2 人在看")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("人在看")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.get_by_text("2 人在看")).to_be_visible()
