"""What becomes of a resource: taught with, taken down. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.resources.events import ResourceRemoved, ResourceTakenDown, ResourceTaught
from yanxiu.resources.models import Resource, ResourceUse


def report_use(actor: User, resource: Resource, taught_on: date, note: str = "") -> ResourceUse:
    """Say that one taught with it on a day; saying it again changes the note."""
    if taught_on > clock.today():
        raise InvalidError("还没到这一天，上过以后再填", field="taught_on")
    _hold(resource)
    same = ResourceUse.resource_id == resource.id, ResourceUse.user_id == actor.id, ResourceUse.taught_on == taught_on
    use = db.session.scalars(select(ResourceUse).where(*same)).first()
    if use is not None:
        use.note = note
        return use
    use = ResourceUse(resource_id=resource.id, user_id=actor.id, taught_on=taught_on, note=note)
    db.session.add(use)
    _count(resource, 1)
    record(ResourceTaught(resource.id, actor.id, resource.owner_id))
    return use


def withdraw_use(actor: User, resource: Resource, use_id: int) -> None:
    """Take back what one said oneself."""
    _hold(resource)
    use = db.session.get(ResourceUse, use_id)
    if use is None or use.resource_id != resource.id or use.user_id != actor.id:
        raise NotFoundError
    db.session.delete(use)
    _count(resource, -1)


def take_down(actor: User, resource: Resource, reason: str) -> None:
    """Put a resource in the bin against its owner, who is told why; only those who may do this fetch it back."""
    if not reason:
        raise InvalidError("请写明下架的理由，作者会看到", field="reason")
    _hold(resource)
    if resource.removed_at is not None:
        return
    resource.removed_at, resource.takedown_reason = clock.now(), reason
    resource.seq = bump(f"resource:{resource.id}", "resource", resource.id)
    record_audit(actor, "resource.take_down", "resource", resource.id, title=resource.title, reason=reason)
    record(ResourceRemoved(resource.id, actor.id))
    record(ResourceTakenDown(resource.id, actor.id, resource.owner_id))


def _count(resource: Resource, step: int) -> None:
    counter = {"use_count": Resource.use_count + step, "updated_at": Resource.updated_at}
    db.session.execute(update(Resource).where(Resource.id == resource.id).values(counter))


def _hold(resource: Resource) -> None:
    if not hold(resource):
        raise NotFoundError
