"""Where unfinished uploads of the library lie: files, newer versions, imports. Loads nothing of resources, as who only
carries bytes needs no more."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from yanxiu.core.resumable.store import GIB, Limits, UploadStore, uploads_folder
from yanxiu.resources.extraction.formats import LARGEST


class Settings(Protocol):
    """What of the configuration matters here."""

    @property
    def instance_path(self) -> Path: ...
    @property
    def upload_max_gb(self) -> int: ...
    @property
    def upload_quota_gb(self) -> int: ...


def open_store(config: Settings) -> UploadStore:
    """Return the library's unfinished uploads of this installation."""
    limits = Limits(max_bytes=LARGEST, quota_bytes=config.upload_quota_gb * GIB)
    return UploadStore(uploads_folder(config.instance_path), limits, "resource")


def open_version_store(config: Settings) -> UploadStore:
    """Return the unfinished newer versions of this installation; `subject_id` is the resource."""
    limits = Limits(max_bytes=LARGEST, quota_bytes=config.upload_quota_gb * GIB)
    return UploadStore(uploads_folder(config.instance_path), limits, "version")


def open_import_store(config: Settings) -> UploadStore:
    """Return the unfinished uploads of imports; `subject_id` is the import, 0 for a ZIP that will be one."""
    limits = Limits(max_bytes=config.upload_max_gb * GIB, quota_bytes=config.upload_quota_gb * GIB)
    return UploadStore(uploads_folder(config.instance_path), limits, "import")
