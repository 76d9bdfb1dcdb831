"""Without a network: visited pages stay readable, others say so, and signing out takes everything away."""

import pytest
from playwright.sync_api import expect


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
    expect(page.get_by_text("李强")).to_have_count(0)
    color = page.get_by_role("heading", name="没有网络").evaluate("e => getComputedStyle(e).fontFamily")
    assert "PingFang" in color, "the page has lost its style"


def test_only_pages_are_kept(page):
    assert set(kept_pages(page)) <= {"/", "/offline"}


def leave_unsent(page, cast):
    """A draft of another page, and a plan with an edit that the server has not confirmed."""
    page.evaluate(
        """key => localStorage.setItem(key, JSON.stringify({value: '草稿', at: Date.now(), title: '新话题 · 三国'}))""",
        f"draft:{cast.teacher.id}:/x:y",
    )
    page.evaluate(
        """name => new Promise(done => {
          const asked = indexedDB.open(name);
          asked.onupgradeneeded = () => asked.result.createObjectStore('custom');
          asked.onsuccess = () => {
            const store = asked.result.transaction('custom', 'readwrite').objectStore('custom');
            store.put('草船借箭', 'title');
            store.put(1, 'dirty:7').onsuccess = () => { asked.result.close(); done() };
          };
        })""",
        f"plan:{cast.teacher.id}:3",
    )


def sign_out(page):
    page.get_by_label("李强的菜单").click()
    page.get_by_role("button", name="退出登录").click()


def kept_drafts(page):
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length")


def kept_plans(page):
    return page.evaluate("indexedDB.databases().then(all => all.filter(({name}) => name.startsWith('plan:')).length)")


def test_signing_out_takes_pages_and_drafts_away_only_after_asking(page, cast):
    leave_unsent(page, cast)
    sign_out(page)
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("还有没提交的内容：新话题 · 三国、教案《草船借箭》")
    question.get_by_role("button", name="取消").click()
    assert (kept_drafts(page), kept_plans(page)) == (1, 1)
    sign_out(page)
    question.get_by_role("button", name="清除并退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert "/" not in kept_pages(page)
    assert (kept_drafts(page), kept_plans(page)) == (0, 0)


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
