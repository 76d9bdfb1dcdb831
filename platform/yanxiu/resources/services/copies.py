"""Noting what was made of a resource and who looked at it. The caller is inside a unit of work."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.resources.models import ResourceCopy, ResourceFile, ResourceView
from yanxiu.resources.services import insert_new


def note_copy(resource_id: int, file_id: int, plan_id: int, base: int, user_id: int) -> None:
    """Somebody made a plan of a version; a version that went meanwhile is nobody's original."""
    file = db.session.get(ResourceFile, file_id)
    if file is None or file.resource_id != resource_id:
        return
    made = {"plan_id": plan_id, "base": base, "user_id": user_id}
    db.session.add(ResourceCopy(resource_id=resource_id, file_id=file_id, **made))
    db.session.flush()


def note_view(actor: User, resource_id: int) -> None:
    """Count a look: each person once a day."""
    insert_new(ResourceView, resource_id=resource_id, user_id=actor.id, day=clock.today())
