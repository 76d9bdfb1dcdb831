"""Pictures are never served as they came: Pillow decodes them and writes new ones."""

from __future__ import annotations

import warnings
from typing import IO, TYPE_CHECKING

from yanxiu.resources.extraction.formats import UnsuitableFileError

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
_TOO_LARGE = "图片太大（超过 4000 万像素），请缩小后再上传。"
_BROKEN = "图片损坏，打不开。请重新保存后再上传。"
_PILLOW = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WEBP", ".bmp": "BMP"}
_WRITTEN = {
    "JPEG": (".jpg", "image/jpeg"),
    "PNG": (".png", "image/png"),
    "GIF": (".gif", "image/gif"),
    "WEBP": (".webp", "image/webp"),
}


def open_image(source: str | IO[bytes], formats: list[str]) -> Image.Image:
    """Open with the pixel limit set and Pillow's warnings taken as errors."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = Image.open(source, formats=formats)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise UnsuitableFileError(_TOO_LARGE) from error
        except (OSError, SyntaxError, ValueError, Warning) as error:
            raise UnsuitableFileError(_BROKEN) from error
    if image.width * image.height > MAX_PIXELS:
        raise UnsuitableFileError(_TOO_LARGE)
    return image


def reencode(path: str, extension: str, target_stem: str) -> tuple[str, str]:
    """Write the picture anew beside `target_stem`; gives the new path and mime type."""
    image = open_image(path, [_PILLOW[extension]])
    written = "PNG" if image.format == "BMP" else str(image.format)
    suffix, mime = _WRITTEN[written]
    target = target_stem + suffix
    try:
        if getattr(image, "n_frames", 1) > 1 and written == "GIF":
            _write_animation(image, target)
        else:
            _write_still(image, target, written)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnsuitableFileError(_BROKEN) from error
    except MemoryError as error:
        raise UnsuitableFileError(_TOO_LARGE) from error
    return target, mime


def shrink(source: str | IO[bytes], target_stem: str, max_side: int) -> str:
    """A preview copy no side of which exceeds `max_side` pixels; gives its path."""
    image = open_image(source, ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
    if image.format == "JPEG":
        image.draft("RGB", (max_side, max_side))
    image = _upright(image)
    image.thumbnail((max_side, max_side))
    if image.mode in {"RGBA", "LA", "P", "PA"}:
        target = target_stem + ".png"
        image.convert("RGBA").save(target, "PNG")
    else:
        target = target_stem + ".jpg"
        image.convert("RGB").save(target, "JPEG", quality=82)
    return target


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image) or image


def _write_still(image: Image.Image, target: str, written: str) -> None:
    image.load()
    image = _upright(image)
    if written == "JPEG":
        image.convert("RGB").save(target, "JPEG", quality=90)
    elif written == "WEBP":
        image.convert("RGBA" if "A" in image.mode else "RGB").save(target, "WEBP", quality=90)
    else:
        image.save(target, written)


def _write_animation(image: Image.Image, target: str) -> None:
    from PIL import ImageSequence

    frames = int(getattr(image, "n_frames", 1))
    if frames * image.width * image.height > MAX_PIXELS:
        raise UnsuitableFileError("动图太大，请减少帧数或缩小后再上传。")
    copies = [frame.copy() for frame in ImageSequence.Iterator(image)]
    durations = [frame.info.get("duration", 100) for frame in copies]
    copies[0].save(target, "GIF", save_all=True, append_images=copies[1:], duration=durations, loop=0)
