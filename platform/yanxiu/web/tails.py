"""A list to which many say something at once: each item is rendered once, from whatever number a page goes on.

`web.bursts` keeps one fragment for all who go on from the same number. Where people talk without a pause no two pages have the
same number for long; here the items of the last seconds lie one by one under their numbers, and every page that follows the
list is given those newer than its own, without a question to the database. The first page that asks for more than lies here
adds what is missing; the others wait for it.

Nobody gets more than they may see: only a sign-in whose own socket follows the list is served from here (`web.live` puts it out
when sign-in or right is lost), only what every follower may see lies here, and whoever may see something else of the same
stretch (`Aside`) goes to the view, which adds it for them alone.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from flask import Flask, Response, current_app, g, request, session

from yanxiu.web.bursts import fragment_response, number_in
from yanxiu.web.live import hub

KEEP_S = 10.0
"""A page that was away for longer goes the ordinary way."""
PATIENCE_S = 2.0
AT_ONCE = 200
"""Items in one answer; the rest is asked for at once (`X-More`)."""
KEPT_MOST, MOST_ITEMS, PACKED_MOST = 100, 2000, 24
PACK_FROM, PACK_LEVEL = 500, 5
LONGEST_WORD = 40
"""Of what narrows a list; longer ones are nobody's choice on the page."""
_clock = time.monotonic
F = TypeVar("F", bound=Callable[..., Any])
Key = tuple[str, ...]


class Item(NamedTuple):
    """The HTML of item `key` since change `seq`; of one that is gone, what takes it off the page."""

    seq: int
    key: int
    html: str


class Aside(NamedTuple):
    """Change `seq` concerns something that only these people see; None: all may, but it does not look the same to all."""

    seq: int
    people: frozenset[int] | None


class Lent(NamedTuple):
    """What a request need not render: the items up to number `reached`. `is_enough` when nothing newer was asked for."""

    items: tuple[Item, ...] = ()
    reached: int = 0
    is_enough: bool = False


class Answer(NamedTuple):
    """HTML up to number `seq`; `more` when there is something newer that did not fit in."""

    html: str
    seq: int
    more: bool


def answer_of(items: Iterable[Item], reached: int, newest: int) -> Answer:
    """Put at most `AT_ONCE` items together, in the order of their changes; `newest` is the number of the list."""
    ordered = sorted(items)
    shown = ordered[:AT_ONCE]
    seq = shown[-1].seq if len(ordered) > AT_ONCE else reached
    return Answer("\n".join(item.html for item in shown), seq, seq < newest)


def live_response(answer: Answer) -> Response:
    """Return an answer to a live list that says where it ends."""
    response = fragment_response(answer.html, answer.seq)
    if answer.more:
        response.headers["X-More"] = "1"
    return response


@dataclass
class Tail:
    """The items of one list newer than `begun`, up to `reached`."""

    begun: int
    reached: int
    items: dict[int, Item] = field(default_factory=dict)
    asides: list[Aside] = field(default_factory=list)
    grown: list[tuple[float, int]] = field(default_factory=list)
    """When it reached which number, the oldest first."""
    making: threading.Event | None = None
    making_since: float = 0.0
    packed: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def newer(self, since: int) -> tuple[Item, ...]:
        return tuple(item for item in self.items.values() if item.seq > since)

    def concerns(self, user_id: int, since: int) -> bool:
        """Tell whether something newer than `since` has to be asked for in this person's own name."""
        return any(seq > since and (people is None or user_id in people) for seq, people in self.asides)

    def add(self, items: Iterable[Item], asides: Iterable[Aside], reached: int) -> None:
        for item in items:
            if item.key not in self.items or self.items[item.key].seq <= item.seq:
                self.items[item.key] = item  # what it said before is given to nobody any more
        self.asides.extend(asides)
        self.reached = max(self.reached, reached)
        self.grown.append((_clock(), self.reached))
        self.packed.clear()
        self._forget()

    def _forget(self) -> None:
        oldest = _clock() - KEEP_S
        while self.grown and (self.grown[0][0] < oldest or (len(self.items) > MOST_ITEMS and len(self.grown) > 1)):
            self.begun = self.grown.pop(0)[1]
            self.items = {key: item for key, item in self.items.items() if item.seq > self.begun}
            self.asides = [aside for aside in self.asides if aside.seq > self.begun]

    def is_stale(self) -> bool:
        return self.making is None and (not self.grown or _clock() - self.grown[-1][0] > KEEP_S)


class Turn(NamedTuple):
    """It is the request's own turn to ask: what it is lent, and the tail that waits for the rest (None: it asks for itself)."""

    lent: Lent
    tail: Tail | None = None


class Tails:
    """The tails of this process. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tails: dict[Key, Tail] = {}

    def ask(self, key: Key, since: int, upto: int, user_id: int) -> Answer | Turn:
        """Return what is newer than `since`, at least up to `upto`, waiting for whoever renders it now; else a turn."""
        for _once_more in range(3):
            with self._lock:
                found = self._look(key, since, upto, user_id)
            if not isinstance(found, threading.Event):
                return found
            found.wait(PATIENCE_S)
        return Turn(Lent((), since))

    def _look(self, key: Key, since: int, upto: int, user_id: int) -> Answer | Turn | threading.Event:
        tail = self._tails.get(key)
        if tail is None or tail.is_stale():
            self._drop_stale()
            tail = self._tails[key] = Tail(since, since)
        if since < tail.begun:
            return Turn(Lent((), since))
        if tail.reached >= upto and tail.grown:
            items = tail.newer(since)
            if tail.concerns(user_id, since):
                return Turn(Lent(items, tail.reached, is_enough=True))
            return answer_of(items, tail.reached, tail.reached)
        if tail.making is not None and _clock() - tail.making_since < PATIENCE_S:
            return tail.making
        tail.making, tail.making_since = threading.Event(), _clock()
        return Turn(Lent(tail.newer(since), tail.reached), tail)

    def carry_on(self, tail: Tail, items: Iterable[Item], asides: Iterable[Aside], reached: int) -> None:
        """Leave for the others what was rendered up to number `reached`."""
        with self._lock:
            tail.add(items, asides, reached)
        self.let_go(tail)

    def let_go(self, tail: Tail) -> None:
        """Let nobody wait any more: it is done, or failed."""
        with self._lock:
            making, tail.making = tail.making, None
        if making is not None:
            making.set()

    def packed(self, key: Key, since: int, answer: Answer) -> bytes:
        """Return an answer compressed; the same one is compressed once."""
        with self._lock:
            tail = self._tails.get(key)
            known = None if tail is None else tail.packed.get((since, answer.seq))
        if known is None:
            known = gzip.compress(answer.html.encode(), PACK_LEVEL, mtime=0)
            with self._lock:
                if tail is not None and tail.reached == answer.seq and len(tail.packed) < PACKED_MOST:
                    tail.packed[since, answer.seq] = known
        return known

    def clear(self) -> None:
        """Forget everything: the lists begin anew, as after a restore."""
        with self._lock:
            self._tails.clear()

    def _drop_stale(self) -> None:
        if len(self._tails) >= KEPT_MOST:
            self._tails = {key: tail for key, tail in self._tails.items() if not tail.is_stale()}


tails = Tails()


def live_items(topic: str, *narrowed_by: str) -> Callable[[F], F]:
    """Say which list a view answers from item by item, e.g. `lesson:{lesson_id}`, and which arguments narrow it."""

    def mark(view: F) -> F:
        view.live_items = (topic, narrowed_by)  # type: ignore[attr-defined]
        return view

    return mark


def lent_items(since: int) -> Lent:
    """Return what the view need not render; what is newer than `reached` of it is the view's."""
    turn: Turn | None = g.get("tail_turn")
    return Lent((), since) if turn is None else turn.lent


def leave_items(items: Sequence[Item], asides: Iterable[Aside], reached: int) -> None:
    """Leave what the view rendered, newer than what it was lent, for all who follow. Only what looks the same to them all."""
    turn: Turn | None = g.get("tail_turn")
    if turn is not None and turn.tail is not None:
        tails.carry_on(turn.tail, items, asides, reached)


def init_tails(app: Flask) -> None:
    """Answer from the tails before anything else is asked."""
    app.before_request(_from_tail)
    app.teardown_request(_let_go)


def _from_tail() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    marked, since, upto = getattr(view, "live_items", None), number_in("since"), number_in("upto")
    if marked is None or since is None or upto is None:
        return None
    pattern, narrowed_by = marked
    topic = pattern.format(**(request.view_args or {}))
    user_id = hub.follower(session.get("_user_id"), topic)
    chosen = [request.args.get(name, "") for name in narrowed_by]
    if user_id is None or any(len(word) > LONGEST_WORD for word in chosen):
        return None
    key = (topic, *chosen)
    found = tails.ask(key, since, upto, user_id)
    if isinstance(found, Turn):
        g.tail_turn = found
        return None
    return _sent(key, since, found)


def _sent(key: Key, since: int, answer: Answer) -> Response:
    response = live_response(answer)
    if len(answer.html) > PACK_FROM and request.accept_encodings.quality("gzip") > 0:
        response.set_data(tails.packed(key, since, answer))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def _let_go(_error: BaseException | None) -> None:
    turn: Turn | None = g.pop("tail_turn", None)
    if turn is not None and turn.tail is not None:
        tails.let_go(turn.tail)
