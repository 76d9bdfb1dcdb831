"""One change, hundreds of open pages: what is the same for all who follow a list is rendered once.

Every page that hears of a change asks for the same fragment at nearly the same moment. The first of them renders it and
leaves it here; the others wait for it and get it without a question to the database. Nobody gets more than they may see:
only a sign-in whose own socket follows the list is served from here, and that socket is put out of the list at once when
the sign-in or the right is lost (`web.live`). A fragment in which anything depends on who looks is never left here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, request, session

from yanxiu.web.live import hub

KEEP_S = 3.0
"""As long as a burst lasts. What is withdrawn meanwhile has a higher number, and pages ask for that."""
PATIENCE_S = 2.0
"""How long a request waits for the one that renders before it renders by itself."""
KEPT_MOST = 200
_clock = time.monotonic
F = TypeVar("F", bound=Callable[..., Any])
Key = tuple[str, int]


@dataclass
class Making:
    """A fragment that is rendered now or was, a moment ago: up to which number of the list, and its HTML."""

    begun: float = field(default_factory=lambda: _clock())
    done: threading.Event = field(default_factory=threading.Event)
    reached: int = -1
    html: str = ""

    def serves(self, upto: int) -> bool:
        """Tell whether it is fresh and holds everything up to that number."""
        return self.done.is_set() and self.reached >= upto and _clock() - self.begun < KEEP_S

    def may_come(self) -> bool:
        """Tell whether it is worth waiting for."""
        return not self.done.is_set() and _clock() - self.begun < PATIENCE_S


class Shelf:
    """The fragments of the last seconds, by list and the number from which they go on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._makings: dict[Key, Making] = {}

    def take(self, key: Key, upto: int) -> tuple[Making | None, bool]:
        """Return what serves, waiting for whoever makes it; else nothing, and whether the caller is now the maker."""
        with self._lock:
            making = self._makings.get(key)
            if making is None or not (making.serves(upto) or making.may_come()):
                self._makings[key] = Making()
                self._drop_old()
                return None, True
        making.done.wait(PATIENCE_S)
        return (making, False) if making.serves(upto) else (None, False)

    def put(self, key: Key, reached: int, html: str) -> None:
        """Leave a fragment for the others; `reached` is the number of the list up to which it goes."""
        with self._lock:
            making = self._makings.get(key)
            if making is None or making.done.is_set():
                making = self._makings[key] = Making()
            making.reached, making.html = reached, html
            making.done.set()

    def give_up(self, key: Key) -> None:
        """Let nobody wait for a fragment that cannot be shared or failed."""
        with self._lock:
            making = self._makings.get(key)
            if making is not None and not making.done.is_set():
                making.done.set()
                del self._makings[key]

    def clear(self) -> None:
        """Forget everything: the lists begin anew, as after a restore."""
        with self._lock:
            self._makings.clear()

    def _drop_old(self) -> None:
        now = _clock()
        if len(self._makings) > KEPT_MOST:
            self._makings = {key: making for key, making in self._makings.items() if now - making.begun < KEEP_S}


shelf = Shelf()


def live_fragment(topic: str) -> Callable[[F], F]:
    """Say which list a view answers from, e.g. `topic:{topic_id}`: its fragments may be shared (`share_fragment`)."""

    def mark(view: F) -> F:
        view.live_topic = topic  # type: ignore[attr-defined]
        return view

    return mark


def share_fragment(html: str, reached: int) -> None:
    """Leave what the view rendered for the others in this burst. Only if nothing in it depends on who looks."""
    key = g.pop("burst_key", None)
    if key is not None:
        shelf.put(key, reached, html)


def init_bursts(app: Flask) -> None:
    """Answer from the shelf before anything else is asked."""
    app.before_request(_from_shelf)
    app.teardown_request(_let_go)


def fragment_response(html: str, seq: int) -> Response:
    """Return an answer to a live list: HTML, and the number of the list up to which it goes."""
    response = make_response(html)
    response.headers["X-Seq"] = str(seq)
    response.headers["Cache-Control"] = "no-store"
    return response


def _from_shelf() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    pattern, since, upto = getattr(view, "live_topic", None), number_in("since"), number_in("upto")
    if pattern is None or since is None or upto is None:
        return None
    topic = pattern.format(**(request.view_args or {}))
    if not hub.follows(session.get("_user_id"), topic):
        return None
    key = (topic, since)
    found, is_maker = shelf.take(key, upto)
    if is_maker:
        g.burst_key = key
    return None if found is None else fragment_response(found.html, found.reached)


def number_in(name: str) -> int | None:
    """Return an argument of the request that is a number of a list."""
    value = request.args.get(name, "")
    return int(value) if value.isdecimal() and len(value) <= 18 else None


def _let_go(_error: BaseException | None) -> None:
    key = g.pop("burst_key", None)
    if key is not None:
        shelf.give_up(key)
