"""Without a network: visited pages stay readable, others say so. On a shared computer: what was seen goes with its person,
what was not sent waits for them and is shown to nobody else."""

import pytest
from playwright.sync_api import expect

from tests.support.clients import session_cookie
from tests.support.eventually import eventually

pytestmark = pytest.mark.service_worker

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def page(page_for):
    """A page whose service worker is in charge and has kept the dashboard."""
    page = page_for("teacher")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def kept_pages(page):
    return page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) if (name.startsWith('pages-'))
            for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
          return found;
        }"""
    )


def test_a_visited_page_opens_without_network(page):
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    expect(page.get_by_text("离线：内容保存在本机，联网后自动提交")).to_be_visible()


def test_a_page_never_visited_says_that_the_network_is_away(page):
    page.context.set_offline(True)
    page.goto("/people/never-visited")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    for words in ("李强", "登录"):
        expect(page.get_by_text(words)).to_have_count(0)
    color = page.get_by_role("heading", name="没有网络").evaluate("e => getComputedStyle(e).fontFamily")
    assert "PingFang" in color, "the page has lost its style"


def test_only_pages_are_kept(page):
    assert set(kept_pages(page)) <= {"/", "/offline"}


def leave_unsent(page, cast):
    """A draft of another page, and a plan with an edit that the server has not confirmed."""
    leave_draft(page, cast.teacher, "草稿")
    leave_plan(page, cast.teacher, 3, unsent=True)


def leave_draft(page, person, words, days_ago=0, path="/x"):
    page.evaluate(
        """([key, value, ago]) => localStorage.setItem(
          key, JSON.stringify({value, at: Date.now() - ago, title: '新话题 · 三国'}))""",
        [f"draft:{person.id}:{path}:y", words, days_ago * DAY_MS],
    )


def leave_plan(page, person, number, unsent):
    page.evaluate(
        """([name, unsent]) => new Promise(done => {
          const asked = indexedDB.open(name);
          asked.onupgradeneeded = () => asked.result.createObjectStore('custom');
          asked.onsuccess = () => {
            const work = asked.result.transaction('custom', 'readwrite'), store = work.objectStore('custom');
            store.put('草船借箭', 'title');
            store.put('/lesson-plans/3', 'path');
            if (unsent) store.put(Date.now(), 'dirty:7');
            work.oncomplete = () => { asked.result.close(); done() };
          };
        })""",
        [f"plan:{person.id}:{number}", unsent],
    )


def sign_out(page):
    page.get_by_label("李强的菜单").click()
    page.get_by_role("button", name="退出登录").click()


def kept_drafts(page):
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length")


def leave_sign_ins(page, *people):
    """Sign-ins to activities, one of each person, that still find no network."""
    for person in people:
        page.evaluate(
            """id => {
              const path = `/workshops/1/activities/${id}/sign-in`, kept = {code: '123456', t: '', at: Date.now(), viewer: id};
              const send = window.fetch;
              window.fetch = (url, ...more) => url === path ? Promise.reject(new TypeError('no network')) : send(url, ...more);
              localStorage.setItem(`signin:${path}`, JSON.stringify(kept));
            }""",
            str(person.id),
        )


def kept_plans(page):
    return page.evaluate("indexedDB.databases().then(all => all.filter(({name}) => name.startsWith('plan:')).length)")


@pytest.mark.parametrize(("button", "left"), [("保留并退出", 1), ("清除并退出", 0)])
def test_signing_out_asks_what_becomes_of_what_was_not_sent(page, cast, button, left):
    leave_unsent(page, cast)
    leave_sign_ins(page, cast.teacher, cast.colleague)
    sign_out(page)
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("还有没提交的内容：新话题 · 三国、教案《草船借箭》、还没送出的签到。")
    question.get_by_role("button", name="取消").click()
    assert (kept_drafts(page), kept_plans(page)) == (1, 1)
    sign_out(page)
    question.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert "/" not in kept_pages(page)
    assert "/offline" in kept_pages(page), "the next person may lose the network too"
    assert (kept_drafts(page), kept_plans(page)) == (left, left)
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('signin:')).length")
    assert kept == left + 1, "the colleague's stays"


def test_signing_out_says_that_what_cannot_be_kept_is_lost(page):
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input name=x aria-label=随手写>')")
    page.get_by_label("随手写").fill("没有草稿的地方")
    sign_out(page)
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("这一页正在写的内容没有存下来，退出后就没有了")
    question.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()


@pytest.fixture
def sit_down(page, device_for, live_server):
    """`sit_down("colleague")`: the sign-in of whoever sat here has ended, and this person signs in."""

    def sign_in(key):
        page.context.clear_cookies()
        value = session_cookie(device_for(key))
        page.context.add_cookies([{"name": "yanxiu", "value": value, "url": live_server.url}])
        page.goto("/")

    return sign_in


def test_what_was_not_sent_waits_for_its_writer_and_is_shown_to_nobody_else(page, cast, sit_down):
    leave_unsent(page, cast)
    leave_plan(page, cast.teacher, 4, unsent=False)
    sit_down("colleague")
    eventually(lambda: kept_plans(page) == 1)
    assert kept_drafts(page) == 1
    for words in ("新话题 · 三国", "草船借箭"):
        expect(page.get_by_text(words)).to_have_count(0)
    sit_down("teacher")
    rows = page.locator("[data-my-drafts]")
    expect(rows.get_by_role("link", name="新话题 · 三国")).to_be_visible()
    expect(rows.locator("li", has_text="教案《草船借箭》")).to_contain_text("有修改还没提交")


def test_who_comes_to_sign_in_finds_no_page_of_the_one_before(page):
    assert "/" in kept_pages(page)
    page.context.clear_cookies()
    page.goto("/login")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    eventually(lambda: set(kept_pages(page)) == {"/offline"})


def test_what_others_left_behind_goes_after_a_while_and_when_it_has_grown_too_much(page, cast, sit_down):
    leave_draft(page, cast.teacher, "上个月写的", days_ago=50, path="/old")
    leave_draft(page, cast.teacher, "长" * 400_000, days_ago=2, path="/second")
    leave_draft(page, cast.teacher, "长" * 400_000, days_ago=1, path="/newest")
    sit_down("colleague")
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))")
    assert kept == [f"draft:{cast.teacher.id}:/newest:y"]


def test_signing_out_without_a_network_is_refused_and_nothing_is_lost(page, cast):
    leave_unsent(page, cast)
    page.context.set_offline(True)
    sign_out(page)
    expect(page.get_by_text("现在没有网络，不能退出登录")).to_be_visible()
    assert (kept_drafts(page), kept_plans(page)) == (1, 1)


def test_signing_out_that_the_server_did_not_hear_clears_nothing(page, cast):
    leave_unsent(page, cast)
    page.route("**/logout", lambda route: route.abort("internetdisconnected"))
    sign_out(page)
    page.get_by_role("dialog").get_by_role("button", name="清除并退出").click()
    expect(page.get_by_text("现在没有网络，不能退出登录")).to_be_visible()
    assert (kept_drafts(page), kept_plans(page)) == (1, 1)
