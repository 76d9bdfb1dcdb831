"""Reads about bulletins. Callers have checked that the workshop may be seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE, today
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Bulletin, BulletinReading, BulletinSection, Workshop, WorkshopMember
from yanxiu.workshops.periods import term_around
from yanxiu.workshops.queries.announcements import Reach

CATCH_UP_LIMIT = 200


def _bulletins(workshop_id: int) -> Select[Bulletin]:
    standing = (Bulletin.workshop_id == workshop_id, Bulletin.deleted_at.is_(None))
    return select(Bulletin).options(joinedload(Bulletin.author)).where(*standing)


def _public() -> ColumnElement[bool]:
    return and_(Bulletin.published_at.is_not(None), Bulletin.withdrawn_at.is_(None), Bulletin.deleted_at.is_(None))


def published_page(workshop_id: int, cursor: str | None = None, size: int = 20) -> Page[Bulletin]:
    """Return the issues that members read, the newest first."""
    found = _bulletins(workshop_id).where(_public())
    return paginate(found, Bulletin.number.desc(), Bulletin.id.desc(), cursor=cursor, size=size)


def unpublished_page(workshop_id: int, cursor: str | None = None, size: int = 20) -> Page[Bulletin]:
    """Return drafts and what was withdrawn, the last touched first; for those who write them."""
    found = _bulletins(workshop_id).where(~_public())
    return paginate(found, Bulletin.updated_at.desc(), Bulletin.id.desc(), cursor=cursor, size=size)


def bulletins_since(workshop_id: int, seq: int) -> Sequence[Bulletin]:
    """Return what changed after `seq`, deleted and withdrawn ones too, oldest change first."""
    changed = select(Bulletin).options(joinedload(Bulletin.author))
    changed = changed.where(Bulletin.workshop_id == workshop_id, Bulletin.seq > seq)
    return db.session.scalars(changed.order_by(Bulletin.seq).limit(CATCH_UP_LIMIT)).all()


def find_bulletin(workshop_id: int, bulletin_id: int) -> Bulletin | None:
    """Return an issue of this workshop with its columns; the caller asks who may see it."""
    return db.session.scalar(
        _bulletins(workshop_id)
        .where(Bulletin.id == bulletin_id)
        .options(
            joinedload(Bulletin.workshop),
            selectinload(Bulletin.sections).joinedload(BulletinSection.edited_by),
        )
    )


def bulletin_by_id(bulletin_id: int) -> Bulletin | None:
    """Return an issue with its workshop whoever asks; the caller decides by a predicate."""
    found = select(Bulletin).where(Bulletin.id == bulletin_id)
    return db.session.scalar(found.options(joinedload(Bulletin.workshop)))


def published_ids(workshop_id: int) -> Select[int]:
    """Select the ids of the issues of a workshop that are read by its members."""
    return select(Bulletin.id).where(Bulletin.workshop_id == workshop_id, _public())


def public_bulletins() -> Select[Bulletin]:
    """Select every published issue, whoever asks."""
    return select(Bulletin).where(_public())


def last_number(workshop_id: int) -> int:
    """Return the number of the last issue, 0 before the first; also withdrawn ones keep theirs."""
    return db.session.scalar(select(func.max(Bulletin.number)).where(Bulletin.workshop_id == workshop_id)) or 0


def next_days(workshop: Workshop) -> tuple[date, date]:
    """Return the days the next issue would tell of: from the day after the last one, else from the term's beginning."""
    told = db.session.scalar(
        select(func.max(Bulletin.last_on)).where(
            Bulletin.workshop_id == workshop.id, Bulletin.number.is_not(None), Bulletin.deleted_at.is_(None)
        )
    )
    now = today()
    founded = workshop.created_at.astimezone(LOCAL_ZONE).date()
    first = told + timedelta(days=1) if told is not None else max(term_around(now)[0], founded)
    return min(first, now), now


def last_masthead(workshop_id: int) -> Bulletin | None:
    """Return the newest issue ever composed here: the next one is called the same."""
    newest = _bulletins(workshop_id).order_by(Bulletin.id.desc()).limit(1)
    return db.session.scalar(newest)


def _read() -> ColumnElement[bool]:
    return and_(BulletinReading.bulletin_id == Bulletin.id, BulletinReading.user_id == WorkshopMember.user_id)


def reach_of(bulletin_ids: Collection[int]) -> dict[int, Reach]:
    """Return for each issue how many of the present members, its author left out, have opened it."""
    rows = db.session.execute(
        select(Bulletin.id, func.count(WorkshopMember.id), func.count(BulletinReading.opened_at))
        .join(WorkshopMember, WorkshopMember.workshop_id == Bulletin.workshop_id)
        .join(User, User.id == WorkshopMember.user_id)
        .outerjoin(BulletinReading, _read())
        .where(Bulletin.id.in_(bulletin_ids), WorkshopMember.user_id != Bulletin.author_id, User.is_active)
        .group_by(Bulletin.id)
    )
    found = {row[0]: Reach(row[2], row[1]) for row in rows}
    return {bulletin_id: found.get(bulletin_id, Reach(0, 0)) for bulletin_id in bulletin_ids}


@dataclass(frozen=True)
class Reader:
    """A member, and when the issue was in front of them first."""

    seat: WorkshopMember
    opened_at: datetime | None


def readers_of(bulletin: Bulletin, *, opened: bool, limit: int) -> list[Reader]:
    """Return members who have (not) opened an issue: those who have by time, the last first, the others by name."""
    state = BulletinReading.opened_at.is_not(None) if opened else BulletinReading.opened_at.is_(None)
    order = (BulletinReading.opened_at.desc(), WorkshopMember.id) if opened else (User.name, WorkshopMember.id)
    rows = db.session.execute(
        select(WorkshopMember, BulletinReading.opened_at)
        .join(WorkshopMember.user)
        .join(Bulletin, Bulletin.workshop_id == WorkshopMember.workshop_id)
        .outerjoin(BulletinReading, _read())
        .options(contains_eager(WorkshopMember.user).joinedload(User.organization))
        .where(Bulletin.id == bulletin.id, WorkshopMember.user_id != bulletin.author_id, User.is_active, state)
        .order_by(*order)
        .limit(limit)
    )
    return [Reader(row[0], row[1]) for row in rows]


def not_read_by(bulletin: Bulletin) -> list[int]:
    """Return the ids of the present members who have not opened an issue."""
    found = (
        select(WorkshopMember.user_id)
        .join(WorkshopMember.user)
        .join(Bulletin, Bulletin.workshop_id == WorkshopMember.workshop_id)
        .outerjoin(BulletinReading, _read())
        .where(
            Bulletin.id == bulletin.id,
            WorkshopMember.user_id != bulletin.author_id,
            User.is_active,
            BulletinReading.opened_at.is_(None),
        )
    )
    return list(db.session.scalars(found))


def has_opened(bulletin_id: int, user_id: int) -> bool:
    """Tell whether it is noted that somebody had an issue in front of them."""
    mine = select(BulletinReading.user_id).where(BulletinReading.bulletin_id == bulletin_id)
    return db.session.scalar(mine.where(BulletinReading.user_id == user_id)) is not None
