"""Where unfinished uploads of the library lie: files, newer versions, imports. Loads nothing of resources, as who only
carries bytes needs no more."""

from __future__ import annotations

from yanxiu.core.resumable.store import GIB, Settings, UploadStore, store_of
from yanxiu.resources.extraction.formats import LARGEST


def open_store(config: Settings) -> UploadStore:
    """Return the library's unfinished uploads of this installation."""
    return store_of(config, "resource", LARGEST)


def open_version_store(config: Settings) -> UploadStore:
    """Return the unfinished newer versions of this installation; `subject_id` is the resource."""
    return store_of(config, "version", LARGEST)


def open_import_store(config: Settings) -> UploadStore:
    """Return the unfinished uploads of imports; `subject_id` is the import, 0 for a ZIP that will be one."""
    return store_of(config, "import", config.upload_max_gb * GIB)
