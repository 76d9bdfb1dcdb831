"""Telling of what kept searches find: looked for by the worker, each in a transaction of its own.

What is new is what was not there at the last look. Its text is read before the transaction that tells of it; inside
that very transaction the database is asked what its person may see, and a row that can be there once says that it was told.
"""

from __future__ import annotations

import logging
from typing import Any

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.tasks import JobContext, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.indexer import engine_of
from yanxiu.search.models import SavedSearch
from yanxiu.search.queries.saved import due_searches, matches, readable, wanted_of
from yanxiu.search.queries.shown import visible_now
from yanxiu.search.services import LOOK, note_told

log = logging.getLogger(__name__)
LOOK_S = 900


def schedule_looks(delay_s: int = 0) -> None:
    """Queue the next regular look; inside a unit of work. Called when a worker starts."""
    turn = int(clock.now().timestamp()) // LOOK_S if delay_s else "start"
    enqueue(LOOK, {}, key=f"{LOOK}:{turn}", delay_s=delay_s)


def tell_news(payload: dict[str, Any], job: JobContext) -> None:
    """Look for everybody whose turn it is; with `at_once` for those only who want to know at once. Harmless twice."""
    at_once = bool(payload.get("at_once"))
    if not at_once:
        with unit_of_work():
            schedule_looks(LOOK_S)
    engine = engine_of(job.app)
    engine.look_again()
    last, now = 0, clock.now()
    while ids := due_searches(now, at_once=at_once, after=last):
        for saved_id in ids:
            try:
                look(engine, saved_id)
            except Exception:  # the others are told, the job does not fail for one
                log.exception("kept search %s could not be looked for", saved_id)
        db.session.rollback()
        last = ids[-1]
        job.extend()


def look(engine: SearchEngine, saved_id: int) -> int:
    """Look for one kept search now and tell of what is new; how much that was."""
    db.session.rollback()
    saved = db.session.get(SavedSearch, saved_id)
    viewer = _reader_of(saved)
    if saved is None or viewer is None:
        return 0
    wanted = wanted_of(saved)
    found = matches(engine, viewer, wanted)
    holds = set(readable(engine, viewer, wanted, found.beside(saved)[0]))
    with unit_of_work():
        saved = db.session.get(SavedSearch, saved_id)
        viewer = _reader_of(saved)
        if saved is None or viewer is None or not hold(saved) or saved.paused_at is not None:
            return 0
        new, seen = found.beside(saved)
        may = visible_now(viewer, holds.intersection(new))
        return note_told(saved, may, seen.without(set(new) - may))


def _reader_of(saved: SavedSearch | None) -> Viewer | None:
    """Who keeps it, as of now; None once the account is closed."""
    user = None if saved is None else find_user(saved.user_id)
    return viewer_of(user) if user is not None and user.is_active else None
