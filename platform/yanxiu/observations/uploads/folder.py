"""Where unfinished recordings lie, and which job looks after them; and packs that come back. Loads nothing of lessons: who
only carries bytes needs no more."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from yanxiu.core.resumable.store import GIB, Limits, UploadStore, uploads_folder

SWEEP_JOB = "observations.sweep_uploads"
PAPERS_GB = 1
"""What a pack may hold beside the largest recording that may come."""


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


def open_copy_store(config: Settings) -> UploadStore:
    """Return the unfinished uploads of packs; `subject_id` is the pack with which one is compared."""
    limits = Limits(max_bytes=(config.upload_max_gb + PAPERS_GB) * GIB, quota_bytes=config.upload_quota_gb * GIB)
    return UploadStore(uploads_folder(config.instance_path), limits, "pack")
