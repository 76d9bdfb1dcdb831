"""`yanxiu reindex`: the same code as the indexer's, without downtime."""

from __future__ import annotations

import time

from flask import Flask

from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.engines.home import IndexBusyError
from yanxiu.search.indexer import Indexer, engine_of, rebuild_is_wanted, request_rebuild

LOOK_EVERY_S = 0.5


def build_index(app: Flask, wait_s: float = 3600.0) -> int:
    """Build the index anew: here, or by the indexer that is running; the number of documents in it."""
    engine = engine_of(app)
    with app.app_context():
        try:
            with engine.home.indexer_lock():
                indexer = Indexer(engine)
                indexer.prepare()
                indexer.rebuild()
                indexer.run_until_idle()
        except IndexBusyError:
            _ask_and_wait(wait_s)
    return engine.stats().documents


def _ask_and_wait(wait_s: float) -> None:
    with unit_of_work():
        request_rebuild()
    deadline = time.monotonic() + wait_s
    while rebuild_is_wanted():
        if time.monotonic() > deadline:
            raise TimeoutError("the running indexer has not built the index in time")
        time.sleep(LOOK_EVERY_S)
