"""The re-check of a page of hits: what somebody may see now, by statements that are put together once for each viewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam

from yanxiu.core import clock
from yanxiu.core.db import db

VIEWERS_KEPT = 32
"""Of so many people each kind of thing keeps the statement; one takes some ten kilobytes."""

ASKED: BindParameter[int] = bindparam("asked", expanding=True)
"""The ids that are asked about, for `.in_()`."""


def seen_by(select_for: Callable[[Any], Select[int]]) -> Callable[[Any, Sequence[int]], set[int]]:
    """Make `IndexSource.visible` of a statement: the ids among ASKED that a viewer may see.

    What a viewer is (roles, school, county) stands in the statement, and what they belong to is asked by it, so the same
    viewer has the same statement all day; to put it together takes longer than to ask it.
    """

    @lru_cache(maxsize=VIEWERS_KEPT)
    def statement(viewer: Any, _today: date) -> Select[int]:
        return select_for(viewer)

    def visible(viewer: Any, ids: Sequence[int]) -> set[int]:
        asked = {"asked": list(ids)}
        return set(db.session.scalars(statement(viewer, clock.today()), asked))

    return visible
