"""Every page of the permission matrix in Chromium at both sizes: axe finds nothing, nothing overflows, first views are light.

The pages are those that answer 200 with HTML to a GET; a new page takes part by being listed in its feature's matrix.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import SIZES
from tests.support.axe import sideways_overflow, violations
from tests.support.eventually import eventually
from tests.support.matrix import Row, filled
from tests.support.worlds import ROWS, by_feature

FIRST_VIEW_BYTES = 150 * 1024
"""Gzipped, all that a first view loads but media, editor and charts."""
VIEWERS = ("leader", "teacher", "admin", "anonymous", "principal", "researcher")
MANIFEST = json.loads((Path(__file__).parents[2] / "static" / "dist" / "manifest.json").read_text())
HEAVY = ("/dist/editor", "/dist/chart", "/dist/composer", *MANIFEST["editors"])


def viewer_of(row: Row) -> str | None:
    return next((who for who in VIEWERS if row.expect[who] == 200), None)


PAGES = sorted(route for route, (_feature, row) in ROWS.items() if route[0] == "GET" and viewer_of(row))


@pytest.fixture
def service_workers() -> str:
    return "block"  # what it keeps for later is not part of the first view


@pytest.mark.parametrize("route", by_feature(PAGES))
def test_the_page_is_fit_for_everybody(worlds, live_server, page_for, route):
    feature, row = ROWS[route]
    names = worlds.enter(feature, anew=False)
    who = viewer_of(row)
    page = page_for(None if who == "anonymous" else who, 390)
    loaded: list[Response] = []

    def note(response: Response) -> None:
        loaded.append(response)

    # Not the list's own method: Playwright marks the function it is given, and a builtin takes no mark.
    page.on("response", note)
    address = filled(row.url, names)
    if not is_page(page, address, filled(dict(row.headers), names)):
        return
    page.goto(address)
    page.locator("html:not([data-starting])").wait_for(state="attached")
    for width in sorted(SIZES):  # opened on a phone, then made wide: its scripts run once, its layout twice
        assert flaws_at(page, width) == ([], 0)
    page.wait_for_load_state("networkidle")
    assert weight_of(loaded) <= FIRST_VIEW_BYTES


def flaws_at(page: Page, width: int) -> tuple[list[str], int]:
    """What axe finds at that width, and by how many pixels the page is too wide."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    eventually(lambda: page.evaluate("innerWidth") == width)
    return violations(page), max(0, sideways_overflow(page))


def is_page(page: Page, address: str, headers: dict[str, str]) -> bool:
    """False for what is no HTML page (files, JSON, fragments without a frame)."""
    answer = page.request.get(address, headers=headers, max_redirects=0)
    assert answer.status == 200, address
    return "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()


def weight_of(loaded: list[Response]) -> int:
    """Return the gzipped bytes of documents, scripts, styles and data; pictures and media are not counted."""
    counted = [answer for answer in loaded if counts(answer)]
    return sum(len(gzip.compress(answer.body(), 6)) for answer in counted)


def counts(answer: Response) -> bool:
    kind: Any = answer.request.resource_type
    heavy = any(part in answer.url for part in HEAVY)
    return answer.status == 200 and kind in ("document", "script", "stylesheet", "fetch", "xhr") and not heavy
