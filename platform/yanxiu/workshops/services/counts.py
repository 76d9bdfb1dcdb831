"""Numbers kept beside what they count."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from yanxiu.core.db import db
from yanxiu.workshops.models import Post, Topic, Workshop


def add_to(row: Post | Topic | Workshop, count: InstrumentedAttribute[int], change: int) -> None:
    """Add to a number where it is kept: reading, adding and writing would lose what somebody else adds meanwhile."""
    db.session.flush()
    model = type(row)
    db.session.execute(
        update(model)
        .where(model.id == row.id)
        .values({count: count + change})
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(row, [count.key])
