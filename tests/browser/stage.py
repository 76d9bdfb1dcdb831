"""A bare stage for behaviors: the dashboard's frame with our own markup inside, answers given by the test."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Route


def put(page: Page, html: str, path: str = "/") -> None:
    """Open `path` and replace what is in <main>."""
    page.goto(path)
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", html)


def answer_json(page: Page, url: str, body: dict[str, Any], status: int = 200) -> list[dict[str, Any]]:
    """Answer requests to `url` with JSON; returns the list in which the requests are kept."""
    seen: list[dict[str, Any]] = []

    def fulfill(route: Route) -> None:
        request = route.request
        seen.append({"method": request.method, "headers": request.headers, "body": request.post_data or ""})
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))

    page.route(url, fulfill)
    return seen
