"""The pictures inside an office file, shrunk and numbered in the order they are met."""

from __future__ import annotations

import io

from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.images import shrink

MAX_IMAGE_BYTES = 20 * 1024 * 1024
IMAGE_SIDE = 1200


class Pictures:
    """Collects at most `most` pictures in a folder; `names` are their files."""

    def __init__(self, out: str, most: int) -> None:
        self.out, self.most = out, most
        self.names: list[str] = []

    @property
    def is_full(self) -> bool:
        return len(self.names) >= self.most

    def take(self, raw: bytes) -> int | None:
        """Keep a picture; return its number, None for one that cannot be shown."""
        number = len(self.names) + 1
        try:
            written = shrink(io.BytesIO(raw), f"{self.out}/image-{number}", IMAGE_SIDE)
        except (UnsuitableFileError, OSError, ValueError):
            return None
        self.names.append(written.rsplit("/", 1)[-1])
        return number
