"""板书 as SVG, for reading and print: strokes and words of a board, each checked on its own."""

from __future__ import annotations

import re
from html import escape
from typing import Any

WIDTH, HEIGHT = 1000, 560
COLORS = {"black": "#1d2521", "red": "#a8301f", "blue": "#1f5188", "green": "#0f5c46"}
MOST_POINTS = 20_000
_POINTS = re.compile(r"\d{1,4},\d{1,4}(?: \d{1,4},\d{1,4})*", re.ASCII)


def board_svg(children: list[dict[str, Any]]) -> str:
    """Return the drawing; what is neither a stroke nor words is not drawn."""
    drawn, words = [], []
    for child in children:
        attrs = child.get("attrs")
        if not isinstance(attrs, dict):
            continue
        if child.get("type") == "stroke":
            drawn.append(_line(attrs))
        elif child.get("type") == "boardText":
            words.append(str(attrs.get("text", "")))
            drawn.append(_words(attrs))
    label = escape("板书：" + "，".join(words) if words else "板书")
    return (
        f'<figure class="board"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"{''.join(drawn)}</svg></figure>"
    )


def points_of(attrs: dict[str, Any]) -> list[tuple[int, int]]:
    """Return where a stroke goes; nothing if it says anything else."""
    points = attrs.get("points")
    if not _are_points(points):
        return []
    pairs = (each.split(",") for each in str(points).split(" "))
    return [(int(x), int(y)) for x, y in pairs]


def _are_points(points: object) -> bool:
    return isinstance(points, str) and len(points) <= MOST_POINTS and _POINTS.fullmatch(points) is not None


def _line(attrs: dict[str, Any]) -> str:
    points = attrs.get("points")
    if not _are_points(points):
        return ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{_color(attrs)}" stroke-width="{_number(attrs, "width", 40, 4)}" '
        'stroke-linecap="round" stroke-linejoin="round"></polyline>'
    )


def _words(attrs: dict[str, Any]) -> str:
    x, y = _number(attrs, "x", WIDTH, 0), _number(attrs, "y", HEIGHT, 0)
    text = escape(str(attrs.get("text", ""))[:80])
    return f'<text x="{x}" y="{y}" fill="{_color(attrs)}" font-size="36">{text}</text>'


def _color(attrs: dict[str, Any]) -> str:
    color = attrs.get("color")
    return COLORS.get(color, COLORS["black"]) if isinstance(color, str) else COLORS["black"]


def _number(attrs: dict[str, Any], name: str, most: int, fallback: int) -> int:
    value = attrs.get(name)
    return value if isinstance(value, int) and 0 <= value <= most else fallback
