"""Opening what is said to be a picture: its size is judged by the header, and few are decoded at a time.

No warning filter is swapped here: it belongs to the whole process, and other threads would see it. Pillow, five
megabytes, is loaded with the first picture, here and wherever one is drawn.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
AT_ONCE = 2
"""A picture of 40 million pixels takes 160 MB while it is open."""

UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    Warning,
    struct.error,
)
"""What Pillow raises on a broken or hostile file, also later, while it decodes; its UnidentifiedImageError is an OSError."""

_gate = threading.BoundedSemaphore(AT_ONCE)


class TooManyPixelsError(ValueError):
    """The header promises more than `MAX_PIXELS`."""


@contextmanager
def opened_picture(source: IO[bytes], formats: tuple[str, ...] | None = None) -> Iterator[Image.Image]:
    """Yield a picture of at most `MAX_PIXELS`; decode and draw inside the block. Raises one of `UNREADABLE`."""
    from PIL import Image

    with _gate:
        try:
            picture = Image.open(source, formats=formats)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooManyPixelsError from error
        if picture.width * picture.height > MAX_PIXELS:
            raise TooManyPixelsError
        yield picture
