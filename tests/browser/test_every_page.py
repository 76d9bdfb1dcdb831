"""Every page of the permission matrix in Chromium at both sizes: axe finds nothing, nothing overflows, first views are light.

The pages are those that answer 200 with HTML to a GET; a new page takes part by being listed in its feature's matrix.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Response

from tests.browser.conftest import SIZES, new_context
from tests.support.axe import sideways_overflow, violations
from tests.support.clients import Client, session_cookie
from tests.support.eventually import eventually
from tests.support.matrix import Row, filled
from tests.support.server import LiveServer
from tests.support.worlds import ROWS, by_feature

FIRST_VIEW_BYTES = 150 * 1024
"""Gzipped, all that a first view loads but media, editor and charts."""
VIEWERS = ("leader", "teacher", "admin", "anonymous", "principal", "researcher")
MANIFEST = json.loads((Path(__file__).parents[2] / "static" / "dist" / "manifest.json").read_text())
HEAVY = ("/dist/editor", "/dist/chart", "/dist/composer", *MANIFEST["editors"])


def viewer_of(row: Row) -> str | None:
    return next((who for who in VIEWERS if row.expect[who] == 200), None)


PAGES = sorted(
    route for route, (_feature, row) in ROWS.items() if route[0] == "GET" and viewer_of(row) and not row.headers
)
"""What a browser asks for by itself; what needs a header is asked for by scripts."""


class Stroll:
    """One page in which somebody goes from address to address: scripts are fetched once and compiled once."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.errors: list[str] = []
        self.loaded: list[Response] = []
        self.url = url
        self.context = new_context(browser, url, 390, self.errors)
        self.page = self.context.new_page()
        # Not the list's own method: Playwright marks the function it is given, and a builtin takes no mark.
        self.page.on("response", lambda response: self.loaded.append(response))

    def open(self, address: str, cookie: str | None) -> bool:
        """Go there with a sign-in of this moment; False for what is no HTML page (files, JSON, fragments without a frame)."""
        self.context.clear_cookies()
        if cookie:
            self.context.add_cookies([{"name": "yanxiu", "value": cookie, "url": self.url}])
        self.loaded.clear()
        try:
            answer = self.page.goto(address)
        except Error as error:
            if "Download is starting" in error.message:
                return False
            raise
        assert answer is not None
        assert answer.status == 200, address
        if "text/html" in answer.headers.get("content-type", ""):
            return "<html" in answer.text()
        self.errors.clear()  # what the browser makes of a film that stands alone
        return False

    def rest(self) -> None:
        """Leave the page and say what was wrong on it.

        For a document of ours: one from elsewhere, an empty one too, may not share a process with our pages
        (Cross-Origin-Opener-Policy), and each page would begin with a new process.
        """
        self.page.goto("/sw.js")
        seen = self.errors[:]
        self.errors.clear()
        assert seen == []


@pytest.fixture(scope="module")
def strolls() -> Iterator[dict[str, Stroll]]:
    """Who goes about so far."""
    begun: dict[str, Stroll] = {}
    yield begun
    for stroll in begun.values():
        stroll.context.close()


@pytest.fixture
def stroll_for(
    browser: Browser, live_server: LiveServer, strolls: dict[str, Stroll], device_for: Callable[[str], Client]
) -> Iterator[Callable[[str, str], Stroll | None]]:
    """`stroll_for("teacher", address)`: somebody who stands on that page; None if it is no page."""
    used: list[Stroll] = []

    def go(who: str, address: str) -> Stroll | None:
        if who not in strolls:
            strolls[who] = Stroll(browser, live_server.url)
        used.append(strolls[who])
        cookie = None if who == "anonymous" else session_cookie(device_for(who))
        return strolls[who] if strolls[who].open(address, cookie) else None

    yield go
    for stroll in used:
        stroll.rest()


@pytest.mark.parametrize("route", by_feature(PAGES))
def test_the_page_is_fit_for_everybody(worlds, stroll_for, route):
    feature, row = ROWS[route]
    names = worlds.enter(feature, anew=False)
    stroll = stroll_for(viewer_of(row), filled(row.url, names))
    if stroll is None:
        return
    page = stroll.page
    page.locator("html:not([data-starting])").wait_for(state="attached")
    for width in sorted(SIZES):  # opened on a phone, then made wide: its scripts run once, its layout twice
        assert flaws_at(page, width) == ([], 0)
    page.wait_for_load_state("networkidle")
    assert weight_of(stroll.loaded) <= FIRST_VIEW_BYTES


def flaws_at(page: Page, width: int) -> tuple[list[str], int]:
    """What axe finds at that width, and by how many pixels the page is too wide."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    eventually(lambda: page.evaluate("innerWidth") == width)
    return violations(page), max(0, sideways_overflow(page))


def weight_of(loaded: list[Response]) -> int:
    """Return the gzipped bytes of documents, scripts, styles and data; pictures and media are not counted."""
    return sum(packed_size(answer) for answer in loaded if counts(answer))


BUILT: dict[str, int] = {}
"""The packed size of built files by address, which changes when they do."""


def packed_size(answer: Response) -> int:
    if "/static/dist/" not in answer.url:
        return len(gzip.compress(answer.body(), 6))
    if answer.url not in BUILT:
        BUILT[answer.url] = len(gzip.compress(answer.body(), 6))
    return BUILT[answer.url]


def counts(answer: Response) -> bool:
    kind: Any = answer.request.resource_type
    heavy = any(part in answer.url for part in HEAVY)
    return answer.status == 200 and kind in ("document", "script", "stylesheet", "fetch", "xhr") and not heavy
