"""Unfinished uploads lie in files beside the database: they go, and come back, with it."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Flask

from yanxiu.core.resumable.store import uploads_folder


def keep_uploads(app: Flask, copy: Path) -> None:
    """Copy what has come of uploads to the folder `copy`, which is not there when there is nothing."""
    folder = _folder(app)
    shutil.rmtree(copy, ignore_errors=True)
    if folder.is_dir():
        shutil.copytree(folder, copy)


def bring_uploads_back(app: Flask, copy: Path | None = None) -> None:
    """Leave just those that were kept in `copy`; none without it.

    People and things have the same numbers in each test: what one began would be offered to the next to be continued.
    """
    folder = _folder(app)
    shutil.rmtree(folder, ignore_errors=True)
    if copy is not None and copy.is_dir():
        shutil.copytree(copy, folder)


def _folder(app: Flask) -> Path:
    return uploads_folder(app.config["YANXIU"].instance_path)
