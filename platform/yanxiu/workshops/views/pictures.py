"""Pictures of a workshop's texts, for what is made of these texts."""

from __future__ import annotations

import re

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.storage import storage
from yanxiu.workshops.queries.pictures import visible_picture
from yanxiu.workshops.word_text import PictureSource

_ADDRESS = re.compile(r"/workshops/(\d{1,9})/pictures/(\d{1,9})(?:[?#].*)?$")


def picture_source(viewer: Viewer, workshop_id: int) -> PictureSource:
    """Return what reads the pictures of this workshop that the viewer sees; there are no others."""

    def read(address: str) -> bytes | None:
        found = _ADDRESS.fullmatch(address)
        if found is None or int(found[1]) != workshop_id:
            return None
        picture = visible_picture(viewer, workshop_id, int(found[2]))
        if picture is None:
            return None
        try:
            with storage().open(picture.file.key) as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    return read
