"""What was taken over from Word files."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.lessonplans.models import PlanImport


def import_sent(actor_id: int, client_uuid: str) -> PlanImport | None:
    """Return what the actor took over before under this number."""
    same = PlanImport.actor_id == actor_id, PlanImport.client_uuid == client_uuid
    return db.session.scalars(select(PlanImport).where(*same)).first()
