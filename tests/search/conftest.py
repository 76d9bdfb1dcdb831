"""Fixtures of search: an index that knows what the database holds, and a shelf of made-up things."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.support.search import Shelf, bring_index_up_to_date
from yanxiu.core.search_queue import principal_sources, register_sources, sources
from yanxiu.search.engines.interface import SearchEngine


@pytest.fixture
def index_now(app: Flask) -> Callable[[], SearchEngine]:
    """Do what the indexer does until nothing waits."""
    return lambda: bring_index_up_to_date(app)


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    """The only source of search while the test runs."""
    shelf, before = Shelf(), (list(sources().values()), list(principal_sources()))
    register_sources([shelf.source])
    yield shelf
    register_sources(*before)
