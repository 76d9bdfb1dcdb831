"""Making a small square portrait out of whatever a phone took.

Re-encoding drops everything hidden in the file: position, camera, embedded scripts, trailing archives.
"""

from __future__ import annotations

import io
from typing import IO

from yanxiu.core.errors import InvalidError
from yanxiu.core.pictures import UNREADABLE, TooManyPixelsError, opened_picture

SIDE = 256
MAX_BYTES = 10 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")
MIME = "image/jpeg"


def square_portrait(stream: IO[bytes]) -> bytes:
    """Return the middle of the picture as a 256-pixel JPEG; InvalidError if it is no picture we take."""
    data = stream.read(MAX_BYTES + 1)
    if not data:
        raise InvalidError("请选择一张照片", field="photo")
    if len(data) > MAX_BYTES:
        raise InvalidError("照片超过 10 MB，请换一张小些的", field="photo")
    try:
        return _encode(data)
    except TooManyPixelsError as error:
        raise InvalidError("照片尺寸太大，请换一张 4000 万像素以内的", field="photo") from error
    except UNREADABLE as error:
        raise InvalidError("这张照片打不开，请上传 JPG、PNG 或 WebP 格式的照片", field="photo") from error


def _encode(data: bytes) -> bytes:
    from PIL import Image, ImageOps

    with opened_picture(io.BytesIO(data), FORMATS) as picture:
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        upright = ImageOps.exif_transpose(picture)
        square = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", (SIDE, SIDE), "#ffffff")
    paper.paste(square, mask=square.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
