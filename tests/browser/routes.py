"""`page.route` that holds from the moment it returns.

The browser tells a loaded page's process of it by another way than the answer to us: what the page asks for in the next
milliseconds may still go past it (1 of 40 runs on two cores). So we ask from within the page until it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from tests.support.eventually import eventually

PROBE = "/login?held-by-the-route"
"""A page that is there, so that nothing is noted as an error when it is really asked for."""
_HELD = "url => fetch(url).then(answer => answer.text(), () => '').then(text => text === 'held')"
_route = Page.route


def route_at_once(page: Page, url: Any, handler: Callable[..., Any], **options: Any) -> None:
    """As `Page.route`; on a page that has loaded it returns once the page's requests are seen."""
    _route(page, url, handler, **options)
    if not page.url.startswith("http"):
        return

    def hold(route: Route) -> None:
        route.fulfill(body="held")

    _route(page, f"**{PROBE}", hold)
    eventually(lambda: page.evaluate(_HELD, PROBE))
    page.unroute(f"**{PROBE}", hold)


def hold_routes() -> None:
    """Let every page of the tests route so."""
    Page.route = route_at_once  # type: ignore[method-assign,assignment]


def fails(status: int) -> Callable[[Route], None]:
    """Answer a request as a server does that is busy, or knows nobody."""
    return lambda route: route.fulfill(status=status, body="<p>no")
