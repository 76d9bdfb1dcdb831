"""The shipped catalog for a county that has none: once by itself, by the worker, and a way back. A tree of people's own is not touched."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from yanxiu.accounts.models import Organization, User
from yanxiu.core.audit import AuditEntry, record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.core.tasks import enqueue
from yanxiu.resources.models import Resource, TextbookNode
from yanxiu.resources.queries.textbooks import EQUIPPED, equipped_at
from yanxiu.resources.services.textbooks import INSTALL_BOOKS, Chain, chains_of, import_chains
from yanxiu.resources.textbooks import shipped_chains

UNDONE = "textbook.unequipped"
AT_ONCE = 60
"""Books and lessons a transaction: everybody else waits meanwhile."""


def queue_counties() -> None:
    """Queue the catalog for every county that has none and never had it by itself; inside a unit of work."""
    kept = select(TextbookNode.id).where(TextbookNode.county_id == Organization.id)
    before = select(AuditEntry.id).where(AuditEntry.action == EQUIPPED, AuditEntry.object_id == Organization.id)
    bare = select(Organization.id).where(Organization.kind == "county", Organization.closed_at.is_(None))
    for county_id in db.session.scalars(bare.where(~kept.exists(), ~before.exists()).order_by(Organization.id)).all():
        enqueue(INSTALL_BOOKS, {"county_id": county_id}, key=f"{INSTALL_BOOKS}:{county_id}")


def equip_next(county_id: int) -> bool:
    """Add the next part of the catalog; False once all of it is there, or somebody has begun a tree of their own.

    What is there must be exactly what earlier parts brought. Running it again adds nothing.
    """
    county = db.session.get(Organization, county_id)
    if county is None or not hold(county) or _was_equipped(county_id):
        return False
    chains, there = shipped_chains(), chains_of(county_id)
    start = next((n for n in range(0, len(chains) + AT_ONCE, AT_ONCE) if _whole(chains[:n]) == there), None)
    if start is None or start >= len(chains):  # whole: somebody has installed it
        return False
    import_chains(None, county_id, chains[start : start + AT_ONCE])
    if start + AT_ONCE < len(chains):
        return True
    db.session.flush()
    record_audit(None, EQUIPPED, "organization", county_id, new=len(chains_of(county_id)))
    return False


def take_back_equipment(actor: User, county_id: int) -> None:
    """Remove the catalog that came by itself, as long as nobody has changed it; it does not come by itself again.

    Resources keep the words of their places.
    """
    county = db.session.get(Organization, county_id)
    if county is None or not hold(county) or equipped_at(county_id) is None:
        raise ConflictError("目录已经改过了，不能整个撤销；不用的可以停用")
    nodes = select(TextbookNode.id).where(TextbookNode.county_id == county_id)
    values = {"textbook_id": None, "updated_at": Resource.updated_at}
    db.session.execute(
        update(Resource)
        .where(Resource.textbook_id.in_(nodes))
        .values(values)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(TextbookNode).where(TextbookNode.county_id == county_id).execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    record_audit(actor, UNDONE, "organization", county_id)


def _was_equipped(county_id: int) -> bool:
    mine = AuditEntry.action == EQUIPPED, AuditEntry.object_id == county_id
    return bool(db.session.scalar(select(func.count()).select_from(AuditEntry).where(*mine)))


def _whole(chains: Sequence[Chain]) -> set[Chain]:
    """The chains with everything that stands above them."""
    return {chain[: level + 1] for chain in chains for level in range(len(chain))}
