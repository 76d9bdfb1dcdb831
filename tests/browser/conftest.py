"""Real pages in a real Chromium, signed in as one of the cast, with every script error a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.routes import hold_routes

if TYPE_CHECKING:
    from tests.support.clients import Client
    from tests.support.server import LiveServer

SIZES = {1280: 900, 390: 844}
EXPECTED_WHEN_OFFLINE = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "WebSocket connection",
    "An unknown error occurred when fetching the script",  # the browser looked for a newer service worker
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-site-isolation-trials",  # one site is all there is; else a process waits beside each page for another one
    "--in-process-gpu",
    "--autoplay-policy=no-user-gesture-required",
]

expect.set_options(timeout=10_000)
hold_routes()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


def chromium() -> str:
    """Return the browser's path: CHROMIUM, or Debian's headless shell, or Debian's full browser."""
    named = os.environ.get("CHROMIUM")
    found = named or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert found, "no Chromium: apt-get install chromium-headless-shell fonts-noto-cjk"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def errors() -> list[str]:
    """Script errors, console errors and warnings of ours seen so far; a test that expects one removes it."""
    return []


@pytest.fixture
def service_workers(request: pytest.FixtureRequest) -> str:
    """Whether pages may have a service worker: only those of a test that is about it. `page.route` cannot see what goes by it."""
    return "allow" if request.node.get_closest_marker("service_worker") else "block"


@pytest.fixture
def context_for(
    browser: Browser,
    live_server: LiveServer,
    device_for: Callable[[str], Client],
    errors: list[str],
    service_workers: str,
) -> Iterator[Callable[..., BrowserContext]]:
    """`context_for("teacher", width=390)`: a browser profile of its own, signed in; None is nobody."""
    from tests.support.clients import session_cookie  # not above: the process that hands out tests needs no program

    opened: list[BrowserContext] = []

    def open_context(key: str | None, width: int = 1280) -> BrowserContext:
        context = new_context(browser, live_server.url, width, errors, service_workers=service_workers)
        if key is not None:
            cookie = {"name": "yanxiu", "value": session_cookie(device_for(key)), "url": live_server.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()
    assert errors == []


def new_context(
    browser: Browser, url: str, width: int, errors: list[str], service_workers: str = "block"
) -> BrowserContext:
    """Return a browser profile of that size that nobody is signed in with; its script errors go to `errors`."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": SIZES[width]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        has_touch=width == 390,
        accept_downloads=True,
        service_workers=service_workers,  # type: ignore[arg-type]
    )
    context.on("page", wait_for_its_scripts)
    context.on("console", lambda message: note_console(errors, message))
    context.on("weberror", lambda error: errors.append(f"{error.page and error.page.url}: {error.error}"))
    return context


def wait_for_its_scripts(page: Page) -> None:
    """Let every press wait until the page has started: the press of a test is faster than that of any teacher."""
    page.add_locator_handler(page.locator("html[data-starting]"), lambda _html: None)


def note_console(errors: list[str], message: ConsoleMessage) -> None:
    """Keep the console's errors and our scripts' warnings, unless they only say that the network is gone."""
    place = message.location.get("url", "")
    is_ours = message.type == "error" or (message.type == "warning" and "/static/dist/" in place)
    if is_ours and not any(word in message.text for word in EXPECTED_WHEN_OFFLINE):
        errors.append(f"{place}: {message.text}")


@pytest.fixture
def page_for(context_for: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """`page_for("teacher")`: one page in a profile of its own."""
    return lambda key, width=1280: context_for(key, width).new_page()
