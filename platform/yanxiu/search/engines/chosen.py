"""Which engine the settings name."""

from __future__ import annotations

from pathlib import Path

from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.engines.local import LocalEngine
from yanxiu.search.engines.postgres import PostgresEngine
from yanxiu.search.text.cut import segmenter

NOT_SHARED = "索引在本机的文件夹里，别的机器上的进程看不到；多台机器一起服务时请设置 YANXIU_SEARCH=postgres"


def chosen_engine(search: str, database_url: str, folder: Path) -> SearchEngine:
    """With "postgres" the engine in the database, else the embedded one, whose index is in `folder`."""
    return PostgresEngine(database_url, segmenter()) if search == "postgres" else LocalEngine(folder, segmenter())
