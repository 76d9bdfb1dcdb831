"""Empty databases of the kind this run is about: SQLite, or PostgreSQL when YANXIU_TEST_DATABASE_URL is set."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url


def server_url() -> str | None:
    """The PostgreSQL server of this run, or None when it is about SQLite."""
    return os.environ.get("YANXIU_TEST_DATABASE_URL") or None


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Yield the address of a database that holds nothing, and remove it afterwards."""
    server = server_url()
    if server is None:
        yield f"sqlite:///{folder / (secrets.token_hex(4) + '.db')}"
        return
    name = f"yanxiu_empty_{secrets.token_hex(6)}"
    url = make_url(server)
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
