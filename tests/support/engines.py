"""The engine of search that a run is about: the embedded one, or on PostgreSQL the one in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.empty_database import empty_database, server_url
from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.engines.local import LocalEngine
from yanxiu.search.engines.postgres import PostgresEngine


@contextmanager
def search_engine(folder: Path) -> Iterator[LocalEngine | PostgresEngine]:
    """Yield an engine that holds nothing yet, opened for writing."""
    if server_url() is None:
        local = LocalEngine(folder / "index", "test")
        local.open()
        yield local
        return
    with empty_database(folder) as url:
        engine = PostgresEngine(url, "test")
        engine.open()
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def another(engine: SearchEngine) -> Iterator[LocalEngine | PostgresEngine]:
    """The same index as another process sees it, which has read nothing yet."""
    if isinstance(engine, LocalEngine):
        yield LocalEngine(engine.home.folder, "test")
        return
    assert isinstance(engine, PostgresEngine)
    other = PostgresEngine(engine.engine.url.render_as_string(hide_password=False), "test")
    try:
        yield other
    finally:
        other.close()
