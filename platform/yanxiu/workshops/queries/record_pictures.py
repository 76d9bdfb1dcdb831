"""Where the pictures of an activity's record lie. A workshop does not know who keeps the record; `wiring` says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from yanxiu.core.word import Picture

PicturesOf = Callable[[int], Picture]
"""Give an activity, get how the pictures in its record are found: those of this record only."""


def _no_picture(_address: str) -> BinaryIO | None:
    return None


_source: list[PicturesOf] = []


def use_record_pictures(source: PicturesOf) -> None:
    """Say who keeps the pictures; done once by `wiring`."""
    _source[:] = [source]


def record_pictures(activity_id: int) -> Picture:
    """Return how the pictures in the record of an activity are found."""
    return _source[0](activity_id) if _source else _no_picture
