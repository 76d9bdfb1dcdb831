"""Typed events and the three moments at which others may react to them.

1. IN_TRANSACTION: before the commit, in the same transaction; what must not be lost, and may veto by raising.
2. AFTER_COMMIT: best effort; an error is logged and changes nothing.
3. Later: an IN_TRANSACTION subscriber queues a job (`core.tasks`), the worker runs it.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """Something that happened, in the past tense, carrying ids."""


class Moment(enum.Enum):
    """When a subscriber runs."""

    IN_TRANSACTION = "in_transaction"
    AFTER_COMMIT = "after_commit"


@dataclass(frozen=True)
class Subscription:
    """One reaction: `handler(event)` for events of exactly `event_type`."""

    event_type: type[Event]
    handler: Callable[[Any], None]
    moment: Moment = Moment.IN_TRANSACTION


_subscribers: dict[tuple[type[Event], Moment], list[Callable[[Any], None]]] = defaultdict(list)
_recording: ContextVar[list[Event] | None] = ContextVar("yanxiu_recording", default=None)


def subscribe(subscriptions: Iterable[Subscription]) -> None:
    """Register reactions; called by `wiring` once at start. Registering one twice has no effect."""
    for item in subscriptions:
        handlers = _subscribers[item.event_type, item.moment]
        if item.handler not in handlers:
            handlers.append(item.handler)


def handlers_of(event_type: type[Event], moment: Moment) -> tuple[Callable[[Any], None], ...]:
    """Return the reactions to an event at one moment, in the order of registration."""
    return tuple(_subscribers[event_type, moment])


def record(event: Event) -> None:
    """Note that something happened. Only inside `unit_of_work()`, else RuntimeError."""
    queue = _recording.get()
    if queue is None:
        raise RuntimeError(f"{type(event).__name__} was recorded outside a unit of work")
    queue.append(event)
