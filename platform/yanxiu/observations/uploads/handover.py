"""From a complete upload to a version of a recording. Safe to repeat: a version remembers its upload."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import NotFoundError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.permissions import can_edit_lesson
from yanxiu.observations.queries import find_lesson
from yanxiu.observations.services.recordings import receive_upload


def hand_over(store: UploadStore, upload: Upload, viewer: Viewer, actor: User) -> int:
    """Make a complete upload a version of its lesson's recording; return the version's id.

    NotFoundError when the person lost the right to the lesson meanwhile; the bytes then wait until they expire.
    """
    with unit_of_work():
        found = find_lesson(viewer, upload.subject_id)
        if found is None or not can_edit_lesson(viewer, found.lesson, found.access):
            raise NotFoundError
        name = upload.metadata.get("filename") or "课堂实录.mp4"
        first = upload.metadata.get("first") == "1"
        size = store.offset(upload)
        version = receive_upload(actor, found.lesson, upload.id, name, size, is_first_look=first)
        version_id = version.id
    if not upload.finished:
        store.finish(upload)
    return version_id


def borrow(path: Path, folder: Path) -> Path:
    """Return a second name for a file in `folder`, so that moving it away leaves the first one until we are sure."""
    second = folder / path.name
    try:
        os.link(path, second)
    except OSError:
        shutil.copyfile(path, second)
    return second
