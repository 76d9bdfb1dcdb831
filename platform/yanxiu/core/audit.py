"""The audit log: append-only rows, each carrying the hash of the one before.

Written in the same transaction as the act itself. Triggers refuse UPDATE and DELETE on both databases; whoever
changes or removes an entry beneath them breaks the chain, which `verify_audit` shows. That the newest were taken off
shows only against `audit_mark`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import JSON, Connection, String, event, select, text
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core import clock
from yanxiu.core.audit_mark import Mark, note_head
from yanxiu.core.db import Id, Model, db, is_sqlite
from yanxiu.core.unit_of_work import current_unit_of_work

ADVISORY_LOCK = 7_201_001
GENESIS = "0" * 64


class AuditEntry(Model):
    """One act: who did what to which thing, when. `hash` covers the row and `previous_hash`."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def record_audit(actor: Any, action: str, object_kind: str, object_id: int | None, **data: Any) -> AuditEntry:
    """Append an entry; `actor` is a user or None (the system), `data` what JSON can hold."""
    if not is_sqlite():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    newest = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    previous = db.session.execute(newest).one_or_none()
    entry = AuditEntry(
        at=clock.now(),
        actor_id=None if actor is None else actor.id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        data=data,
        previous_hash=GENESIS if previous is None else previous.hash,
    )
    entry.hash = hash_of(entry)
    db.session.add(entry)
    db.session.flush()
    uow = current_unit_of_work()
    if uow is not None:
        chained_to = None if previous is None else Mark(previous.id, previous.hash)
        uow.after_commit(partial(note_head, chained_to, Mark(entry.id, entry.hash)))
    return entry


def hash_of(entry: AuditEntry) -> str:
    """Return the SHA-256 of an entry's content and its predecessor's hash, in hex."""
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor_id,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.data,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def verify_audit() -> int | None:
    """Walk the whole chain; return the id of the first entry that does not fit, or None if all do.

    Whether the newest entries are still there is asked by `audit_mark.lost_head`.
    """
    previous = GENESIS
    chain = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with db.session.scalars(chain) as entries:
        for entry in entries:
            if entry.previous_hash != previous or entry.hash != hash_of(entry):
                return entry.id
            previous = entry.hash
    return None


SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
_REFUSE = """
CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql
"""
_TRIGGER = """
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()
"""
POSTGRESQL_TRIGGERS = (_REFUSE, _TRIGGER)


def create_triggers(connection: Connection) -> None:
    """Make the table append-only; used by the migration and by `create_all`."""
    for statement in SQLITE_TRIGGERS if connection.dialect.name == "sqlite" else POSTGRESQL_TRIGGERS:
        connection.exec_driver_sql(statement)


@event.listens_for(AuditEntry.__table__, "after_create")
def _after_create(_table: Any, connection: Connection, **_more: Any) -> None:
    create_triggers(connection)
