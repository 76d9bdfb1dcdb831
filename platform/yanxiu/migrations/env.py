"""Alembic environment: the application's engine, SQLite in batch mode and in a write transaction."""

from __future__ import annotations

from alembic import context
from flask import current_app

from yanxiu.core.db import db, writing


def include_object(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave out tables that are not ours."""
    return not (kind == "table" and reflected and compare_to is None and name == "alembic_version")


def run() -> None:
    """Run the migrations on one connection."""
    token = writing.set(True)
    try:
        with db.engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=True,
                compare_type=True,
                include_object=include_object,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        writing.reset(token)


assert current_app
run()
