"""Which engine the settings name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Lock

from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.text.cut import segmenter

NOT_SHARED = "索引在本机的文件夹里，别的机器上的进程看不到；多台机器一起服务时请设置 YANXIU_SEARCH=postgres"


class LaterEngine:
    """The engine that the settings name, made when somebody first asks for it."""

    def __init__(self, search: str, database_url: str, folder: Path) -> None:
        self._choose = partial(chosen_engine, search, database_url, folder)
        self._lock = Lock()
        self._engine: SearchEngine | None = None

    def __call__(self) -> SearchEngine:
        with self._lock:
            if self._engine is None:
                self._engine = self._choose()
            return self._engine


def chosen_engine(search: str, database_url: str, folder: Path) -> SearchEngine:
    """With "postgres" the engine in the database, else the embedded one, whose index is in `folder`.

    They are loaded here: with NumPy they take fifteen megabytes, and a process that never searches needs none of it.
    """
    if search == "postgres":
        from yanxiu.search.engines.postgres import PostgresEngine

        return PostgresEngine(database_url, segmenter())
    from yanxiu.search.engines.local import LocalEngine

    return LocalEngine(folder, segmenter())
