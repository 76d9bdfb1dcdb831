"""What a page says about the place of a comment."""

from __future__ import annotations

import json
from typing import Any

from yanxiu.core.errors import InvalidError
from yanxiu.lessonplans.document.anchors import AROUND, Place

MOST_PLACES = 60
MOST_TEXT = 4000
MOST_JSON = 100_000
MOST_DEEP = 60


def read_places(sent: str) -> list[Place]:
    """Return the stretches of text that were selected; InvalidError if that is nothing a page of ours sends."""
    try:
        parts = json.loads(sent[:MOST_JSON]) if sent else []
        return [_place(part) for part in parts[:MOST_PLACES]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidError("请先选中要批注的字", field="body") from error


def _place(part: dict[str, Any]) -> Place:
    path = tuple(_number(step) for step in part["path"][:MOST_DEEP])
    text, before, after = (str(part.get(name, "")) for name in ("text", "before", "after"))
    return Place(path, _number(part["from"]), _number(part["to"]), text[:MOST_TEXT], before[-AROUND:], after[:AROUND])


def _number(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 10**7:
        raise ValueError(value)
    return value
