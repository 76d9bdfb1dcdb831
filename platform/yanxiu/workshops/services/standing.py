"""What a workshop is to the county, and whether it goes on."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.workshops.events import WorkshopEnded, WorkshopPromoted
from yanxiu.workshops.models import Kind, Workshop, WorkshopPromotion


def promote_workshop(actor: User, workshop: Workshop, kind: str, reason: str) -> WorkshopPromotion:
    """Make a workshop one of another kind; who, when and why is kept."""
    if not reason.strip():
        raise InvalidError("请写明理由，坊主会看到", field="reason")
    if not hold(workshop):
        raise NotFoundError
    if workshop.kind == kind:
        raise ConflictError("工作坊已经是这个类型了")
    step = WorkshopPromotion(
        workshop_id=workshop.id, actor_id=actor.id, kind_before=workshop.kind, kind=Kind(kind).value, reason=reason
    )
    workshop.kind = step.kind
    db.session.add(step)
    record(WorkshopPromoted(workshop.id, actor.id, step.kind))
    record_audit(
        actor, "workshop.promoted", "workshop", workshop.id, before=step.kind_before, kind=step.kind, reason=reason
    )
    db.session.flush()
    return step


def end_workshop(actor: User, workshop: Workshop, *, ended: bool) -> None:
    """End a workshop: it is there to be read and takes nothing new; or let it go on. Doing it twice is no error."""
    if not hold(workshop):
        raise NotFoundError
    if ended == (workshop.archived_at is not None):
        return
    workshop.archived_at = now() if ended else None
    record(WorkshopEnded(workshop.id, actor.id, ended))
    record_audit(actor, "workshop.ended" if ended else "workshop.reopened", "workshop", workshop.id)
    db.session.flush()
