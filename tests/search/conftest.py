"""Fixtures of search: an index that knows what the database holds."""

from collections.abc import Callable

import pytest
from flask import Flask

from yanxiu.search.engines.local import LocalEngine
from yanxiu.search.indexer import Indexer, engine_of


@pytest.fixture
def index_now(app: Flask) -> Callable[[], LocalEngine]:
    """Do what the indexer does until nothing waits; the engine, looking at the newest generation."""

    def run() -> LocalEngine:
        engine = engine_of(app)
        with app.app_context(), engine.home.indexer_lock():
            indexer = Indexer(engine)
            indexer.recover()
            indexer.run_until_idle()
        engine.look_again()
        return engine

    return run
