"""Where unfinished recordings lie, and which job looks after them. Loads nothing of lessons: who only carries bytes needs no more."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from yanxiu.core.resumable.store import GIB, Limits, UploadStore, uploads_folder

SWEEP_JOB = "observations.sweep_uploads"


class Settings(Protocol):
    """What of the configuration matters here."""

    @property
    def instance_path(self) -> Path: ...
    @property
    def upload_max_gb(self) -> int: ...
    @property
    def upload_quota_gb(self) -> int: ...


def open_store(config: Settings) -> UploadStore:
    """Return the unfinished recordings of this installation."""
    limits = Limits(max_bytes=config.upload_max_gb * GIB, quota_bytes=config.upload_quota_gb * GIB)
    return UploadStore(uploads_folder(config.instance_path), limits, "recording")
