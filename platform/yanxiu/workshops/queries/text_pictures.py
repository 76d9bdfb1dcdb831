"""The pictures people put into texts of a workshop, for what is printed of them."""

from __future__ import annotations

import re
from typing import BinaryIO

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.word import Picture
from yanxiu.workshops.queries.pictures import find_picture, visible_picture

_PICTURE = re.compile(r"^/workshops/(\d+)/pictures/(\d+)$")


def pictures_of(workshop_id: int, viewer: Viewer | None = None) -> Picture:
    """Return how the pictures in texts of a workshop are found: those that the viewer sees, for the archive all."""

    def find(address: str) -> BinaryIO | None:
        found = _PICTURE.match(address)
        if found is None or int(found[1]) != workshop_id:
            return None
        number = int(found[2])
        picture = visible_picture(viewer, workshop_id, number) if viewer else find_picture(workshop_id, number)
        return _opened(picture.file) if picture is not None else None

    return find


def _opened(file: StoredFile) -> BinaryIO | None:
    """Open a stored file; None where it is gone."""
    try:
        return storage().open(file.key)
    except FileNotFoundError:
        return None
