"""The rows of every feature's matrix, and the worlds that their URLs name."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from tests.support.cast import Cast
from tests.support.databases import SqliteDatabase
from tests.support.dirt import State
from tests.support.matrix import Row
from tests.support.postgres_copies import PostgresDatabase
from tests.support.unfinished_uploads import bring_uploads_back, keep_uploads
from yanxiu.core import audit_mark
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.bursts import shelf
from yanxiu.web.tails import tails

Route = tuple[str, str]

FEATURES: list[ModuleType] = [
    importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
    for path in sorted(Path(__file__).parents[1].glob("*/matrix*.py"))
    if path.parent.name != "support"
]
ROWS: dict[tuple[str, str], tuple[ModuleType, Row]] = {
    route: (feature, row) for feature in FEATURES for route, row in feature.ROUTES.items()
}


def by_feature(routes: Iterable[Route]) -> list[Any]:
    """The routes as parameters. `@<matrix>` lets one process run those of a world: making it takes longer than a request."""
    return [
        pytest.param(route, id=f"{' '.join(route)} @{ROWS[route][0].__name__.removeprefix('tests.')}")
        for route in sorted(routes)
    ]


class Worlds:
    """What each feature's `build` made, kept as a copy of the database so that it is made once."""

    def __init__(self, app: Flask, cast: Cast, database: SqliteDatabase | PostgresDatabase, folder: Path) -> None:
        self.app, self.cast, self.database, self.folder = app, cast, database, folder
        self.names: dict[ModuleType, dict[str, Any]] = {}

    def enter(self, feature: ModuleType, *, anew: bool) -> dict[str, Any]:
        """Bring the database to the feature's world; return the values for its URLs.

        `anew` builds it again: for rows about files beside the database, which the copy does not bring back.
        """
        copy, uploads = self.folder / f"{feature.__name__}.db", self.folder / f"{feature.__name__}.uploads"
        self.app.extensions["yanxiu_documents"].drain()
        shelf.clear()
        tails.clear()
        (self.app.config["YANXIU"].instance_path / audit_mark.NAME).unlink(missing_ok=True)
        with self.app.app_context():
            db.session.remove()
            if feature in self.names and not anew:
                self.database.reset(db.engine, copy)
                bring_uploads_back(self.app, uploads)
            else:
                self.database.reset(db.engine)
                bring_uploads_back(self.app)
                with unit_of_work():
                    self.names[feature] = feature.build(self.cast)
                db.session.remove()
                self.database.keep(db.engine, copy)
                keep_uploads(self.app, uploads)
        State.dirty = True
        return self.names[feature]
