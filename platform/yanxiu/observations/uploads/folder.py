"""Where unfinished recordings lie, and which job looks after them; and packs that come back. Loads nothing of lessons: who
only carries bytes needs no more."""

from __future__ import annotations

from yanxiu.core.resumable.store import GIB, Settings, UploadStore, store_of

SWEEP_JOB = "observations.sweep_uploads"
PAPERS_GB = 1
"""What a pack may hold beside the largest recording that may come."""


def open_store(config: Settings) -> UploadStore:
    """Return the unfinished recordings of this installation."""
    return store_of(config, "recording", config.upload_max_gb * GIB)


def open_copy_store(config: Settings) -> UploadStore:
    """Return the unfinished uploads of packs; `subject_id` is the pack with which one is compared."""
    return store_of(config, "pack", (config.upload_max_gb + PAPERS_GB) * GIB)
