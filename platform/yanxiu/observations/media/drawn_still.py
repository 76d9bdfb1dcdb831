"""A still of the film with what somebody drew on it, for what is printed."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yanxiu.observations.drawings import COLORS, SCALE, Shape
from yanxiu.observations.media.convert import Run, run_ffmpeg
from yanxiu.observations.media.probe import sniff

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

LONG_SIDE = 800
LAST_FRAMES_MS = 200
"""So far before its end every film has a frame left to show."""
EDGES = {"red": "#ffffff", "yellow": "#1a1a1a", "blue": "#ffffff"}
HEAD = 3.2
"""How long the head of an arrow is, in widths of its line times this, to each side."""

Point = tuple[float, float]


def drawn_still(source: Path, folder: Path, at_ms: int, shapes: Sequence[Shape], run: Run) -> bytes:
    """Return the picture at `at_ms` with the shapes as JPEG; NotPlayableError when no frame can be had within the run's limit.

    Lines are 1/160 of the long side wide, as the page draws them (`shapes.js`).
    """
    from PIL import Image

    target = folder / f"still-{at_ms}.jpg"
    at = max(0, min(at_ms, run.duration_ms - LAST_FRAMES_MS))
    fit = f"scale={LONG_SIDE}:{LONG_SIDE}:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1"
    arguments = ["-map", "0:v:0", "-frames:v", "1", "-vf", fit, "-q:v", "3", "-f", "mjpeg"]
    inputs = ["-ss", f"{at / 1000:.3f}", "-f", sniff(source), "-i", str(source)]
    run_ffmpeg(inputs, arguments, target, run)
    with Image.open(target) as opened:
        picture = opened.convert("RGB")
    target.unlink()
    paint(picture, shapes)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def paint(picture: Image.Image, shapes: Sequence[Shape]) -> None:
    """Draw the shapes on a picture of any size: first the edge of a line, then its color."""
    from PIL import ImageDraw

    pen = ImageDraw.Draw(picture)
    width = max(2, round(max(picture.size) / 160))
    for shape in shapes:
        numbers = shape["at"]
        points = [
            (x * picture.width / SCALE, y * picture.height / SCALE)
            for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        for color, wide in ((EDGES[shape["color"]], width * 2), (COLORS[shape["color"]], width)):
            _draw(pen, shape["kind"], points, color, wide, width)


def _draw(pen: ImageDraw.ImageDraw, kind: str, points: list[Point], color: str, wide: int, width: int) -> None:
    if kind == "box":
        (left, top), (right, bottom) = points
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)]
        pen.line(corners, fill=color, width=wide, joint="curve")
    elif kind == "oval":
        (x, y), (other_x, other_y) = points
        grown = wide / 2
        left, right, top, bottom = min(x, other_x), max(x, other_x), min(y, other_y), max(y, other_y)
        pen.ellipse((left - grown, top - grown, right + grown, bottom + grown), outline=color, width=wide)
    elif kind == "arrow":
        begin, end = points
        pen.line([begin, end], fill=color, width=wide)
        for side in arrow_head(begin, end, width * HEAD):
            pen.line([side, end], fill=color, width=wide)
    elif len(points) == 1:
        (x, y) = points[0]
        pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=color)
    else:
        pen.line(points, fill=color, width=wide, joint="curve")


def arrow_head(begin: Point, end: Point, length: float) -> tuple[Point, Point]:
    """Return the two points that are joined to the tip: 30 degrees to each side of the shaft."""
    angle = math.atan2(end[1] - begin[1], end[0] - begin[0])
    turned = (angle + math.pi * 5 / 6, angle - math.pi * 5 / 6)
    first, second = ((end[0] + length * math.cos(turn), end[1] + length * math.sin(turn)) for turn in turned)
    return first, second
