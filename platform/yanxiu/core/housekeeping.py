"""What killed processes left behind is found and removed: at the start of the worker and once a day."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, delete, select

from yanxiu.core.db import db
from yanxiu.core.scratch import sweep_scratch
from yanxiu.core.storage import Storage, StoredFile, storage
from yanxiu.core.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

DAY_S = 24 * 3600
YOUNG_S = DAY_S
"""A stored file without a row may be an upload that is just being finished; it is an orphan after this long."""

MANY, MANY_SHARE = 50, 0.1
"""More orphans than this, and than this part of all files, are not deleted without being asked."""


AT_ONCE = 500
"""Rows that one transaction deletes."""


@dataclass(frozen=True)
class Expiry:
    """Rows of a table (with an `id`) that are deleted once `is_over()`, a condition on them, holds."""

    model: Any
    is_over: Callable[[], ColumnElement[bool]]


_expiries: list[Expiry] = []
_chores: list[Callable[[], int]] = []


@dataclass(frozen=True)
class Swept:
    """How many things were removed."""

    orphans: int
    parts: int
    folders: int

    @property
    def total(self) -> int:
        return self.orphans + self.parts + self.folders


def orphan_keys(store: Storage, *, older_than_s: float = YOUNG_S) -> Iterator[str]:
    """Yield keys in the store that no row names, once they are old enough not to be an upload under way."""
    limit = time.time() - older_than_s
    known = set(db.session.scalars(select(StoredFile.key)))
    db.session.rollback()
    for key in store.keys():  # noqa: SIM118 - a store is no mapping
        if key not in known and (stored_at := store.stored_at(key)) is not None and stored_at <= limit:
            yield key


def sweep_leftovers(store: Storage, *, however_many: bool = True) -> Swept:
    """Delete stored files that no row names, half-written ones and abandoned work folders, all older than a day.

    Unless `however_many`, orphans stay when they are many: then the database is more likely the wrong one.
    """
    orphans = list(orphan_keys(store))
    if not however_many and len(orphans) > max(MANY, MANY_SHARE * sum(1 for _ in store.keys())):  # noqa: SIM118
        log.error(
            "%s stored files are unknown to the database; is it the right one? doctor --sweep deletes them",
            len(orphans),
        )
        orphans = []
    for key in orphans:
        store.delete(key)
    return Swept(len(orphans), store.drop_unfinished(YOUNG_S), sweep_scratch(YOUNG_S))


def set_expiries(expiries: Sequence[Expiry], chores: Sequence[Callable[[], int]] = ()) -> None:
    """Say which rows are kept for a time only; a chore forgets others by a rule of its own. Called by `wiring`."""
    _expiries[:] = expiries
    _chores[:] = chores


def forget_expired() -> int:
    """Delete rows whose time is over, a few in each transaction; return how many."""
    return sum(_forget_all(expiry) for expiry in _expiries) + sum(chore() for chore in _chores)


def _forget_all(expiry: Expiry) -> int:
    total = 0
    while True:
        ids = db.session.scalars(select(expiry.model.id).where(expiry.is_over()).limit(AT_ONCE)).all()
        if not ids:
            return total
        with unit_of_work():
            db.session.execute(delete(expiry.model).where(expiry.model.id.in_(ids)))
        total += len(ids)


def keep_house(app: Flask, stop: Event) -> None:
    """Sweep now and every day until `stop`; an error is logged and tried again the next day."""
    while not stop.is_set():
        try:
            with app.app_context():
                swept = sweep_leftovers(storage(), however_many=False)
                forgotten = forget_expired()
            if swept.total:
                log.warning("swept %s", swept)
            if forgotten:
                log.info("forgot %s rows whose time was over", forgotten)
        except Exception:
            log.exception("the sweep failed")
        stop.wait(DAY_S)
