"""One explicit write transaction: open, do, react, commit once, tell others.

An explicit block and not a request hook, because Flask's hooks do not run for socket events, the command
line or the worker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from sqlalchemy.exc import OperationalError

from yanxiu.core import events
from yanxiu.core.db import db, patience_ms, turn_to_write, writing

log = logging.getLogger(__name__)
HASTE_MS = 500


class UnitOfWork:
    """The running write transaction."""

    def __init__(self) -> None:
        self.events: list[events.Event] = []
        self._handled = 0
        self._gathered: dict[Callable[[list[Any]], None], list[Any]] = {}
        self._afterwards: list[Callable[[], None]] = []

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the transaction is on disk; its errors are logged, never raised."""
        self._afterwards.append(action)

    def gather(self, finish: Callable[[list[Any]], None], item: Any) -> None:
        """Keep `item` for the end of the transaction, where `finish` gets all that was kept for it at once.

        For rows that many transactions write, such as inboxes: written together, in one order, late, they are locked for
        a moment only, and no two transactions wait for each other in a circle.
        """
        self._gathered.setdefault(finish, []).append(item)

    def run_in_transaction_subscribers(self) -> None:
        """Let others react inside the transaction; their own events, and what was gathered, are handled too."""
        while self._handled < len(self.events) or self._gathered:
            while self._handled < len(self.events):
                event = self.events[self._handled]
                self._handled += 1
                for handler in events.handlers_of(type(event), events.Moment.IN_TRANSACTION):
                    handler(event)
            gathered, self._gathered = self._gathered, {}
            for finish, items in gathered.items():
                finish(items)

    def run_after_commit(self) -> None:
        """Tell those who only want to hear."""
        for event in self.events:
            for handler in events.handlers_of(type(event), events.Moment.AFTER_COMMIT):
                _quietly(partial(handler, event))
        for action in self._afterwards:
            _quietly(action)


_current: ContextVar[UnitOfWork | None] = ContextVar("yanxiu_unit_of_work", default=None)


def current_unit_of_work() -> UnitOfWork | None:
    """Return the unit of work this code runs in, or None."""
    return _current.get()


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Open one write transaction; commit when the block ends, roll back when it raises.

    Starts by ending the read transaction, so what is loaded inside is fresh. Inside another unit it joins it:
    there is one commit, at the outermost edge.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    uow = UnitOfWork()
    db.session.rollback()
    tokens = _current.set(uow), writing.set(True), events._recording.set(uow.events)
    try:
        with turn_to_write():
            try:
                db.session.connection()
                yield uow
                uow.run_in_transaction_subscribers()
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
    finally:
        _current.reset(tokens[0])
        writing.reset(tokens[1])
        events._recording.reset(tokens[2])
    uow.run_after_commit()


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Whatever asks for a unit of work in here joins this one, which is never committed: SQLite refuses its writes at once."""
    tokens = _current.set(UnitOfWork()), events._recording.set([])
    try:
        yield
    finally:
        _current.reset(tokens[0])
        events._recording.reset(tokens[1])
        db.session.rollback()


def write_if_possible(action: Callable[[], object]) -> bool:
    """Do a small write that a page can go without, such as when somebody was seen last; tell whether it was done.

    Pages have to open while the disk is full or the database locked: this waits half a second at most and logs.
    """
    token = patience_ms.set(HASTE_MS)
    try:
        with unit_of_work():
            action()
    except OperationalError:
        log.warning("the database takes no writes now", exc_info=True)
        return False
    finally:
        patience_ms.reset(token)
    return True


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except Exception:
        log.exception("a reaction after the commit failed")
