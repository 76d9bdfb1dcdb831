"""Noting that somebody came by."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.core.clock import today
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.events import record
from yanxiu.workshops.events import WorkshopVisited
from yanxiu.workshops.models import WorkshopMember, WorkshopVisit


def note_visit(workshop_id: int, user_id: int) -> None:
    """Note today for a member; a second time the same day changes nothing."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(WorkshopVisit)
    row = {"workshop_id": workshop_id, "user_id": user_id, "day": today()}
    fresh = insert.values(**row).on_conflict_do_nothing().returning(WorkshopVisit.user_id)
    if db.session.execute(fresh).first() is None:
        return
    seat = (WorkshopMember.workshop_id == workshop_id, WorkshopMember.user_id == user_id)
    db.session.execute(update(WorkshopMember).where(*seat).values(visited_on=today()))
    record(WorkshopVisited(workshop_id, user_id))
