"""What somebody drew on a still of the film, as strokes in fractions of the film's picture (observation.md 4.1, region).

A drawing is a list of shapes `{"kind", "color", "at"}`; `at` holds x and y by turns in ten-thousandths of the width and height of
the film's picture, not of the player around it: it fits every size the film is ever shown at, and every rendition of it.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from yanxiu.core.errors import InvalidError

SCALE = 10_000
MOST_SHAPES = 40
MOST_POINTS = 300
"""Of one stroke of the pen."""
MOST_NUMBERS = 3_000
"""Of all shapes together, x and y counted apart."""
MOST_CHARACTERS = 24_000
COLORS = {"red": "#e5202b", "yellow": "#ffd21f", "blue": "#1479ff"}
"""Each is drawn on an edge of the opposite brightness, so that it is seen on any picture."""
NAMES = {"arrow": "箭头", "box": "方框", "oval": "圆圈", "pen": "手绘线"}

Shape = dict[str, Any]


def checked_drawing(text: str) -> list[Shape] | None:
    """Return the drawing that a page sent, None for an empty one; InvalidError when it is anything else than strokes."""
    if not text.strip():
        return None
    if len(text) > MOST_CHARACTERS:
        raise InvalidError("画得太多了，请清掉一些再发表", field="drawing")
    try:
        sent = json.loads(text)
        shapes = [_shape(one) for one in sent] if isinstance(sent, list) else _refuse()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidError("画面上的标注没有传完整，请重画一次", field="drawing") from error
    if len(shapes) > MOST_SHAPES or sum(len(shape["at"]) for shape in shapes) > MOST_NUMBERS:
        raise InvalidError("画得太多了，请清掉一些再发表", field="drawing")
    return shapes or None


def drawing_words(shapes: list[Shape] | None) -> str:
    """Return what was drawn as words, for whoever cannot see it: 1 个箭头、2 个方框; empty for nothing."""
    counts = Counter(shape["kind"] for shape in shapes or [])
    measure = {"pen": "条", "arrow": "个", "box": "个", "oval": "个"}
    return "、".join(f"{counts[kind]} {measure[kind]}{name}" for kind, name in NAMES.items() if counts[kind])


def _shape(sent: Any) -> Shape:
    kind, color, at = sent["kind"], sent["color"], sent["at"]
    if kind not in NAMES or color not in COLORS or not isinstance(at, list):
        _refuse()
    if kind == "pen":
        fits = 2 <= len(at) <= 2 * MOST_POINTS and len(at) % 2 == 0
    else:
        fits = len(at) == 4
    if not fits or not all(type(number) is int and 0 <= number <= SCALE for number in at):
        _refuse()
    return {"kind": kind, "color": color, "at": at}


def _refuse() -> Any:
    raise ValueError("no drawing")
