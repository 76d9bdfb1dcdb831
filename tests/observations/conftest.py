"""A lesson of 李强 to watch, and generated clips made once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.support.cast import Cast
from tests.support.observations import make_clip, make_lesson, make_ready_version
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.uploads.folder import open_store


@pytest.fixture
def new_lesson(app: Flask, cast: Cast) -> Callable[..., int]:
    """`new_lesson(recorded=True, visibility="school", …)`: the id of a lesson taught by `teacher`."""

    def make(*, recorded: bool = True, **details: object) -> int:
        with app.app_context(), unit_of_work():
            lesson = make_lesson(cast.user("teacher"), **{"visibility": "school", **details})
            if recorded:
                make_ready_version(lesson)
            return lesson.id

    return make


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`clips("a.mp4", codec="libx265", seconds=4)`: a generated clip, made once a session.

    One name with other options is another clip: which tests ran before in this process is chance.
    """
    folder = tmp_path_factory.mktemp("clips")

    def clip(name: str, **options: object) -> Path:
        path = folder / repr(sorted(options.items())) / name
        path.parent.mkdir(exist_ok=True)
        return path if path.exists() else make_clip(path, **options)

    return clip


@pytest.fixture(autouse=True)
def _no_uploads_of_others(request: pytest.FixtureRequest) -> None:
    """Forget what other tests sent and left: the folder is not put back with the database, and numbers come again."""
    if "app" in request.fixturenames:
        store = open_store(request.getfixturevalue("app").config["YANXIU"])
        for upload in list(store.all()):
            store.forget(upload.id)
