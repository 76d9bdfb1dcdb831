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


def test_signing_out_takes_pages_and_drafts_away(page, cast):
    page.evaluate(f'localStorage.setItem(\'draft:{cast.teacher.id}:/x:y\', \'{{"value": "草稿", "at": 1}}\')')
    page.evaluate(
        """name => new Promise(done => {
          indexedDB.open(name).onsuccess = event => { event.target.result.close(); done() }
        })""",
        f"plan:{cast.teacher.id}:3",
    )
    page.get_by_label("李强的菜单").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="登录").or_(page.get_by_role("button", name="登录")).first).to_be_visible()
    assert "/" not in kept_pages(page)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []
    assert (
        page.evaluate("indexedDB.databases().then(all => all.filter(({name}) => name.startsWith('plan:')).length)") == 0
    )
