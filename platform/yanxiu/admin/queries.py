"""What the management pages show of the house itself: who did what, jobs, disk, database, index."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_of_people_in_reach, names_of, names_of_organizations
from yanxiu.admin.actions import details, person_ids, place_ids
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.paging import Page, paginate
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.storage import StoredFile
from yanxiu.core.tasks import Job

PAGE_SIZE = 50
EXPORT_CHUNK = 500


@dataclass(frozen=True)
class AuditFilter:
    """What the log is narrowed to; empty means everything."""

    action: str = ""
    """The beginning of an action's name, e.g. "user."."""
    actor: str = ""
    """A person's name or username."""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AuditLine:
    """An entry with the name of who acted; `subject` names the person it was about, if it was one."""

    entry: AuditEntry
    actor: str
    subject: str
    details: str


def audit_page(viewer: Viewer, wanted: AuditFilter, cursor: str | None = None) -> Page[AuditLine]:
    """Return entries of the viewer's county, the latest first."""
    page = paginate(_audit(viewer, wanted), AuditEntry.id.desc(), cursor=cursor, size=PAGE_SIZE)
    return Page(_with_names(page.items), page.next_cursor)


def all_audit_lines(viewer: Viewer, wanted: AuditFilter) -> Iterator[AuditLine]:
    """Yield every entry the filter finds, the latest first, without holding them all."""
    last: int | None = None
    while True:
        statement = _audit(viewer, wanted)
        if last is not None:
            statement = statement.where(AuditEntry.id < last)
        entries = db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(EXPORT_CHUNK)).all()
        yield from _with_names(entries)
        if len(entries) < EXPORT_CHUNK:
            return
        last = entries[-1].id
        db.session.expunge_all()


def _audit(viewer: Viewer, wanted: AuditFilter) -> Select[Any]:
    """Entries by people of the viewer's places, or about them (the system's acts have no actor)."""
    reach = ids_of_people_in_reach(viewer)
    about = and_(AuditEntry.object_kind == "user", AuditEntry.object_id.in_(reach))
    statement = select(AuditEntry).where(or_(AuditEntry.actor_id.in_(reach), about))
    return statement.where(*_audit_conditions(viewer, wanted))


def _audit_conditions(viewer: Viewer, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.action:
        conditions.append(AuditEntry.action.startswith(wanted.action, autoescape=True))
    if wanted.actor:
        conditions.append(AuditEntry.actor_id.in_(ids_of_people_in_reach(viewer, named=wanted.actor)))
    if wanted.since is not None:
        conditions.append(AuditEntry.at >= _start_of(wanted.since))
    if wanted.until is not None:
        conditions.append(AuditEntry.at < _start_of(wanted.until) + timedelta(days=1))
    return conditions


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LOCAL_ZONE).astimezone(UTC)


def _with_names(entries: Sequence[AuditEntry]) -> list[AuditLine]:
    people = {e.actor_id for e in entries if e.actor_id} | {
        e.object_id for e in entries if e.object_kind == "user" and e.object_id
    }
    people = people.union(*(person_ids(e.data) for e in entries))
    names = names_of(people)
    places = names_of_organizations({place for e in entries for place in place_ids(e.data)})
    return [
        AuditLine(e, names.get(e.actor_id or 0, "系统"), names.get(_about(e) or 0, ""), details(e.data, places, names))
        for e in entries
    ]


def _about(entry: AuditEntry) -> int | None:
    if entry.object_kind == "user":
        return entry.object_id
    user_id = entry.data.get("user_id")
    return user_id if isinstance(user_id, int) else None


@dataclass(frozen=True)
class SystemState:
    """How the house is. Sizes in bytes, lags in seconds."""

    database: str
    database_bytes: int
    files_bytes: int
    disk_free: int
    disk_total: int
    jobs: dict[str, int]
    jobs_for_later: int
    oldest_job_s: int
    failed_jobs: Sequence[Job]
    index_waiting: int
    index_lag_s: int
    audit_entries: int


def system_state(instance: Path) -> SystemState:
    """Look at the database, the disk and the queues."""
    usage = shutil.disk_usage(instance)
    jobs = {row.state: row[1] for row in db.session.execute(select(Job.state, func.count()).group_by(Job.state))}
    queued = select(func.min(Job.run_at), func.count().filter(Job.run_at > clock.now())).where(Job.state == "queued")
    oldest, for_later = db.session.execute(queued).one()
    failed = db.session.scalars(select(Job).where(Job.state == "failed").order_by(Job.id.desc()).limit(10)).all()
    waiting, first_waiting = db.session.execute(
        select(func.count(SearchOutbox.id), func.min(SearchOutbox.created_at)).where(SearchOutbox.generation.is_(None))
    ).one()
    return SystemState(
        database="SQLite" if is_sqlite() else "PostgreSQL",
        database_bytes=_database_bytes(),
        files_bytes=_files_bytes(),
        disk_free=usage.free,
        disk_total=usage.total,
        jobs=jobs,
        jobs_for_later=for_later,
        oldest_job_s=_age(oldest),
        failed_jobs=failed,
        index_waiting=waiting,
        index_lag_s=_age(first_waiting),
        audit_entries=db.session.scalar(select(func.count(AuditEntry.id))) or 0,
    )


def _age(moment: datetime | None) -> int:
    return max(0, int((clock.now() - moment).total_seconds())) if moment else 0


def _database_bytes() -> int:
    if is_sqlite():
        pages, size = (db.session.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
        return int(pages) * int(size)
    return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _files_bytes() -> int:
    return int(db.session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0))) or 0)
