"""A PostgreSQL database that is brought back to an earlier state by giving back the rows of the tables written since.

Making the database anew from a template takes a tenth of a second and empties every connection's knowledge of the
tables; the tables that a test writes hold a few dozen rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from tests.support.written import WrittenTables, let_rest
from yanxiu.core.db import db

FIRST = "first"


@dataclass
class Copy:
    """A state kept: the tables in which it differs from the first one, those with rows, and where numbers stand."""

    schema: str
    differs: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    numbers: dict[str, tuple[int, bool]] = field(default_factory=dict)


class PostgresDatabase:
    """A database on the server of `admin_url` (whose account must be a superuser: rows come back without their triggers)."""

    def __init__(self, admin_url: str, name: str) -> None:
        self.name = name
        self.url = make_url(admin_url).set(database=name).render_as_string(hide_password=False)
        self._admin = sa.create_engine(admin_url, isolation_level="AUTOCOMMIT")
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE template0')
        self._copies: dict[str, Copy] = {}
        self._here = FIRST
        self._written = WrittenTables(name)

    def keep_as_template(self, engine: Engine) -> None:
        """Copy the first state, to which all others are compared."""
        self._written.take_at_rest(engine)
        self._keep(engine, FIRST, frozenset(db.metadata.tables))

    def keep(self, engine: Engine, copy: Path) -> None:
        """Copy the state as it is now, under the name of the file that SQLite would make."""
        written = self._written.take_at_rest(engine)
        self._keep(engine, str(copy), self._copies[self._here].differs | written)

    def reset(self, engine: Engine, copy: Path | None = None) -> None:
        """Start again from a copy: the template, or one that `keep` made."""
        wanted = str(copy) if copy else FIRST
        tables = self._written.take_at_rest(engine)
        if wanted != self._here:
            tables |= self._copies[self._here].differs | self._copies[wanted].differs
        while tables:
            try:
                with engine.connect() as connection, connection.begin():
                    connection.exec_driver_sql(";".join(self._giving_back(tables, wanted)))
            except BaseException:
                self._written.note(tables)
                raise
            # Nobody is kept from writing meanwhile, as with SQLite: what a late thread of the test before has added goes too.
            tables = self._written.take_at_rest(engine)
        self._here = wanted

    def is_written(self) -> bool:
        """Whether somebody has written since it was brought back."""
        return bool(self._written.found())

    def drop(self, engine: Engine) -> None:
        self._written.close()
        let_rest(engine)
        engine.dispose()
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self._admin.dispose()

    def _keep(self, engine: Engine, name: str, tables: frozenset[str]) -> None:
        copy = Copy(schema=f"kept_{zlib.crc32(name.encode()):x}", differs=tables if name != FIRST else frozenset())
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{copy.schema}" CASCADE; CREATE SCHEMA "{copy.schema}"')
            filled = filled_tables(connection, tables)
            for table in filled:
                connection.exec_driver_sql(f'CREATE TABLE "{copy.schema}"."{table}" AS SELECT * FROM public."{table}"')
            copy.filled, copy.numbers = frozenset(filled), numbers_of(connection)
        self._copies[name], self._here = copy, name

    def _giving_back(self, tables: Iterable[str], wanted: str) -> list[str]:
        """The statements of one message to the server."""
        first, target = self._copies[FIRST], self._copies[wanted]
        statements = ["SET LOCAL session_replication_role = replica"]
        for table in sorted(tables):
            source = target if table in target.differs else first
            statements.append(f'DELETE FROM public."{table}"')
            if table in source.filled:
                statements.append(f'INSERT INTO public."{table}" SELECT * FROM "{source.schema}"."{table}"')
            number = target.numbers.get(f"{table}_id_seq")
            if number is not None:
                statements.append(f"SELECT setval('public.{table}_id_seq', {number[0]}, {str(number[1]).lower()})")
        return statements

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def filled_tables(connection: Connection, tables: Iterable[str]) -> list[str]:
    asked = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM public.\"{name}\")" for name in sorted(tables)
    )
    return list(connection.scalars(sa.text(asked))) if asked else []


def numbers_of(connection: Connection) -> dict[str, tuple[int, bool]]:
    """Where every sequence stands: its last number and whether that one was given out."""
    names = list(connection.scalars(sa.text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")))
    asked = " UNION ALL ".join(f"SELECT '{name}', last_value, is_called FROM public.\"{name}\"" for name in names)
    return {name: (last, called) for name, last, called in connection.execute(sa.text(asked))} if asked else {}
