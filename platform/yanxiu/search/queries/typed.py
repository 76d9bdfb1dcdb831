"""What people looked for: one's own latest, and what many of the county looked for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import bindparam, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.search.models import PopularQuery, TypedQuery

ENOUGH_PEOPLE = 5
"""So many different people typed it before anybody else is told."""
KEPT = 50
MOST_POPULAR = 20
AGAIN = timedelta(minutes=10)

_RECENT = (
    select(TypedQuery.text)
    .where(TypedQuery.user_id == bindparam("who"))
    .order_by(TypedQuery.typed_at.desc(), TypedQuery.id.desc())
    .limit(bindparam("most"))
)
_POPULAR = (
    select(PopularQuery.text)
    .where(PopularQuery.county_id == bindparam("where"), PopularQuery.people >= ENOUGH_PEOPLE)
    .order_by(PopularQuery.people.desc(), PopularQuery.id)
    .limit(MOST_POPULAR)
)
_TYPED = select(TypedQuery.typed_at).where(TypedQuery.user_id == bindparam("who"), TypedQuery.text == bindparam("what"))
"""Asked at every key or by every search, so they are put together once."""


def recent_queries(viewer: Viewer, limit: int = KEPT) -> list[str]:
    """One's own, the newest first."""
    if viewer.user_id is None:
        return []
    return list(db.session.scalars(_RECENT, {"who": viewer.user_id, "most": limit}))


def popular_queries(viewer: Viewer) -> list[str]:
    """What at least five people of one's county typed, by how many did."""
    if viewer.county_id is None:
        return []
    return list(db.session.scalars(_POPULAR, {"where": viewer.county_id}))


def typed_lately(user_id: int, text: str) -> bool:
    """Whether it was noted a moment ago: turning a page or coming back is no new search."""
    when = db.session.scalar(_TYPED, {"who": user_id, "what": text})
    return when is not None and clock.now() - when < AGAIN
