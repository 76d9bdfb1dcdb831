"""The cover of a collection out of whatever picture was sent. Re-encoding drops everything hidden in the file."""

from __future__ import annotations

import io
from typing import IO

from yanxiu.core.errors import InvalidError
from yanxiu.core.pictures import UNREADABLE, TooManyPixelsError, opened_picture

SIZE = (960, 360)
MAX_BYTES = 10 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")
MIME = "image/jpeg"


def banner(stream: IO[bytes]) -> bytes:
    """Return the middle of a picture as a JPEG of 960 × 360 pixels; InvalidError if it is no picture we take."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidError("图片超过 10 MB，请换一张小些的", field="cover")
    try:
        return _encode(data)
    except TooManyPixelsError as error:
        raise InvalidError("图片尺寸太大，请换一张 4000 万像素以内的", field="cover") from error
    except UNREADABLE as error:
        raise InvalidError("这张图片打不开，请上传 JPG、PNG 或 WebP 格式的图片", field="cover") from error


def _encode(data: bytes) -> bytes:
    from PIL import Image, ImageOps

    with opened_picture(io.BytesIO(data), FORMATS) as picture:
        picture.draft("RGB", SIZE)
        fitted = ImageOps.fit(ImageOps.exif_transpose(picture).convert("RGBA"), SIZE, Image.Resampling.LANCZOS)
    paper = Image.new("RGB", SIZE, "#ffffff")
    paper.paste(fitted, mask=fitted.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
