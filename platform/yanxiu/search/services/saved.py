"""Searches that somebody keeps: saved under a name, changed, paused, and what each has told of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.tasks import enqueue
from yanxiu.search.engines.interface import Key
from yanxiu.search.events import SavedSearchFound
from yanxiu.search.models import SavedSearch, SavedSearchHit
from yanxiu.search.queries.finding import Wanted
from yanxiu.search.queries.saved import AT_ONCE, OFTEN, WEEKLY, Matches, same_search

MAX_SAVED = 30
MAX_NAME = 40
TOLD_AT_HOUR = 7
"""When the daily and the weekly ones are looked at, on Mondays the latter."""
LOOK = "search.saved"
GATHERED_S = 10
"""So long what is told at once waits for more of the same."""


def save_search(actor: User, name: str, wanted: Wanted, often: str, matches: Matches) -> SavedSearch:
    """Keep a search; what it finds now (`matches`) is known and will not be told."""
    _check(name, often)
    if not wanted.text.strip():
        raise InvalidError("请先写要找什么，再保存搜索", field="name")
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    mine = select(func.count()).where(SavedSearch.user_id == actor.id)
    if (db.session.scalar(mine) or 0) >= MAX_SAVED:
        raise ConflictError(f"最多存 {MAX_SAVED} 个搜索，请先删去不用的", field="name")
    if same_search(actor.id, wanted) is not None:
        raise ConflictError("这个搜索已经存过了", field="name")
    _check_name_is_free(actor, name)
    saved = SavedSearch(
        user_id=actor.id,
        name=name,
        text=wanted.text,
        filters=dict(wanted.filters),
        workshop=wanted.workshop,
        often=often,
        next_look_at=next_look(often, clock.now()),
        known=matches.known,
        horizon=matches.horizon,
    )
    db.session.add(saved)
    db.session.flush()
    return saved


def change_search(actor: User, saved: SavedSearch, name: str, often: str, *, paused: bool) -> None:
    """Rename it, tell more or less often, or not for now; what comes during a pause is told after it."""
    _check(name, often)
    if name != saved.name:
        _check_name_is_free(actor, name)
    if often != saved.often:
        saved.next_look_at = next_look(often, clock.now())
    saved.name, saved.often = name, often
    saved.paused_at = (saved.paused_at or clock.now()) if paused else None


def remove_search(saved: SavedSearch) -> None:
    """Keep it no longer, nor what it told of."""
    db.session.execute(delete(SavedSearchHit).where(SavedSearchHit.saved_id == saved.id))
    db.session.delete(saved)


def note_told(saved: SavedSearch, new: Collection[Key], matches: Matches) -> int:
    """Note what a look found; of `new`, what was never told before is told. Returns how much that was."""
    rows = [{"saved_id": saved.id, "kind": kind, "object_id": object_id} for kind, object_id in sorted(new)]
    told = 0
    if rows:
        insert = (sqlite.insert if is_sqlite() else postgresql.insert)(SavedSearchHit)
        once = insert.values(found_at=clock.now()).on_conflict_do_nothing().returning(SavedSearchHit.id)
        told = len(db.session.scalars(once, rows).all())
    saved.known, saved.horizon = matches.known, matches.horizon
    saved.next_look_at = next_look(saved.often, clock.now())
    if told:
        record(SavedSearchFound(saved.id, saved.user_id, saved.name, told))
    return told


def see_news(saved_id: int, hit_ids: Iterable[int]) -> None:
    """Note that their person saw these."""
    unseen = SavedSearchHit.id.in_(list(hit_ids)), SavedSearchHit.seen_at.is_(None)
    db.session.execute(
        update(SavedSearchHit).where(SavedSearchHit.saved_id == saved_id, *unseen).values(seen_at=clock.now())
    )


def wake_looks() -> None:
    """The index took something in: have a look for those who want to know at once, if there are any."""
    waiting = exists().where(SavedSearch.often == AT_ONCE, SavedSearch.paused_at.is_(None))
    if db.session.scalar(select(waiting)):
        enqueue(LOOK, {"at_once": True}, key=f"{LOOK}:at-once", delay_s=GATHERED_S)


def next_look(often: str, after: datetime) -> datetime:
    """The moment of the next regular look: a quarter of an hour for those told at once, a morning for the others."""
    if often == AT_ONCE:
        return after + timedelta(minutes=15)
    local = after.astimezone(clock.LOCAL_ZONE)
    morning = local.replace(hour=TOLD_AT_HOUR, minute=0, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    if often == WEEKLY:
        morning += timedelta(days=-morning.weekday() % 7)
    return morning.astimezone(after.tzinfo)


def _check(name: str, often: str) -> None:
    if not name:
        raise InvalidError("请给这个搜索起个名字", field="name")
    if len(name) > MAX_NAME:
        raise InvalidError(f"名字最多 {MAX_NAME} 个字", field="name")
    if often not in OFTEN:
        raise InvalidError("请从列表中选择", field="often")


def _check_name_is_free(actor: User, name: str) -> None:
    taken = exists().where(SavedSearch.user_id == actor.id, SavedSearch.name == name)
    if db.session.scalar(select(taken)):
        raise ConflictError("您已有一个搜索叫这个名字，请换一个", field="name")
