"""Searches that somebody keeps: which there are, what each finds now, and what of it is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.search.engines.interface import Key, SearchEngine
from yanxiu.search.models import SavedSearch, SavedSearchHit
from yanxiu.search.queries.finding import Hit, Reader, Wanted
from yanxiu.search.queries.reading import in_characters, read_letters
from yanxiu.search.queries.synonyms import synonyms_in_use
from yanxiu.search.text.queries import understand

AT_ONCE, DAILY, WEEKLY = "now", "daily", "weekly"
OFTEN = {AT_ONCE: "立即", DAILY: "每天", WEEKLY: "每周"}
LOOKED_AT = 500
"""So many of the newest hits are compared with those of the last look."""
SHOWN = 100
STILL_NEW = timedelta(days=1)
"""So long after they were first seen news stay on their page."""


@dataclass(frozen=True)
class Matches:
    """What a search finds: the newest hits, and, where there are more, the moment of the oldest of them."""

    keys: tuple[Key, ...]
    dates: Mapping[Key, int]
    horizon: int = 0

    @property
    def known(self) -> dict[str, list[int]]:
        """The keys as the database keeps them."""
        kinds: dict[str, list[int]] = defaultdict(list)
        for kind, object_id in sorted(self.keys):
            kinds[kind].append(object_id)
        return dict(kinds)

    def beside(self, saved: SavedSearch) -> tuple[list[Key], Matches]:
        """What is new since the last look, and what to remember: what is out of sight for a while is still known."""
        before = {(kind, object_id) for kind, ids in saved.known.items() for object_id in ids}
        new = [key for key in self.keys if key not in before and (not saved.horizon or self.dates[key] > saved.horizon)]
        kept = sorted(before - set(self.keys), key=lambda key: key[1])[-LOOKED_AT:]
        return new, replace(self, keys=(*self.keys, *kept), horizon=max(self.horizon, saved.horizon))

    def without(self, keys: Collection[Key]) -> Matches:
        """Not these: what may not be opened yet is new on the day it may."""
        return replace(self, keys=tuple(key for key in self.keys if key not in keys))


@dataclass(frozen=True)
class SavedRow:
    """A kept search and how many of its news wait to be seen."""

    saved: SavedSearch
    unseen: int


@dataclass(frozen=True)
class News:
    """A hit one was told of; `fresh` until it was seen."""

    hit: Hit
    fresh: bool


def matches(engine: SearchEngine, viewer: Viewer, wanted: Wanted) -> Matches:
    """What holds everything that is asked for: who is told of something means all of it, not any part."""
    reader = Reader(engine, viewer)
    spelled = read_letters(wanted.text, reader.lexicon(wanted))
    text, more = in_characters(wanted.text, spelled)
    query = understand(text, synonyms_in_use(viewer.county_id).also(more))
    if query.empty:
        return Matches((), {})
    asked = replace(
        reader.ask(query, wanted),
        every=True,
        newest_first=True,
        without=reader.hidden,
        offset=0,
        limit=LOOKED_AT,
        per_kind=0,
        facets=(),
    )
    page = engine.search(asked, reader.principals)
    dates = {hit.key: hit.date for hit in page.hits}
    return Matches(tuple(dates), dates, min(dates.values()) if page.total > len(dates) else 0)


def readable(engine: SearchEngine, viewer: Viewer, wanted: Wanted, keys: Collection[Key]) -> list[Key]:
    """Those that this person may see and that hold the phrases asked for. Reads whole documents: for outside a write."""
    reader = Reader(engine, viewer)
    reader.turn_to(understand(wanted.text))
    failed = reader.failing(keys)
    return [key for key in keys if key not in failed and key not in reader.hidden]


def wanted_of(saved: SavedSearch) -> Wanted:
    """What it asks for."""
    return Wanted(saved.text, dict(saved.filters), workshop=saved.workshop)


def find_saved(user_id: int | None, saved_id: int) -> SavedSearch | None:
    """One of somebody's own."""
    mine = select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.user_id == user_id)
    return db.session.scalar(mine)


_ALIKE = select(SavedSearch).where(SavedSearch.user_id == bindparam("who"), SavedSearch.text == bindparam("what"))


def same_search(user_id: int | None, wanted: Wanted) -> SavedSearch | None:
    """One's own search for exactly this, in whatever order it shows what it finds."""
    like = db.session.scalars(_ALIKE, {"who": user_id, "what": wanted.text})
    same = (saved for saved in like if saved.workshop == wanted.workshop)
    return next((saved for saved in same if saved.filters == dict(wanted.filters)), None)


def saved_searches(user_id: int | None) -> list[SavedRow]:
    """Somebody's own, the latest first."""
    unseen = func.count(SavedSearchHit.id)
    statement = (
        select(SavedSearch, unseen)
        .outerjoin(SavedSearchHit, (SavedSearchHit.saved_id == SavedSearch.id) & SavedSearchHit.seen_at.is_(None))
        .where(SavedSearch.user_id == user_id)
        .group_by(SavedSearch.id)
        .order_by(SavedSearch.created_at.desc(), SavedSearch.id.desc())
    )
    return [SavedRow(row[0], row[1]) for row in db.session.execute(statement)]


def due_searches(now: datetime, *, at_once: bool, after: int = 0, limit: int = 50) -> Sequence[int]:
    """Ids of the searches whose turn it is; with `at_once`, those whose people want to know at once."""
    turn = SavedSearch.often == AT_ONCE if at_once else SavedSearch.next_look_at <= now
    due = select(SavedSearch.id).where(SavedSearch.paused_at.is_(None), turn, SavedSearch.id > after)
    return db.session.scalars(due.order_by(SavedSearch.id).limit(limit)).all()


def news_of(engine: SearchEngine, viewer: Viewer, saved: SavedSearch) -> tuple[list[News], list[int]]:
    """What one was told of and has not seen, or saw first today; only what one may still see. And the ids of all that
    waited until now, also of what cannot be shown any more: nobody would ever see that."""
    lately = or_(SavedSearchHit.seen_at.is_(None), SavedSearchHit.seen_at > clock.now() - STILL_NEW)
    told = select(SavedSearchHit).where(SavedSearchHit.saved_id == saved.id, lately)
    latest = told.order_by(SavedSearchHit.found_at.desc(), SavedSearchHit.id.desc()).limit(SHOWN)
    rows = db.session.scalars(latest).all()
    by_key = {(row.kind, row.object_id): row for row in rows}
    reader = Reader(engine, viewer)
    reader.turn_to(understand(saved.text, synonyms_in_use(viewer.county_id)))
    shown = reader.shown_keys(_but(by_key, reader.failing(by_key) | reader.hidden))
    found = [(hit, by_key[hit.kind, hit.object_id]) for hit in shown]
    return [News(hit, row.seen_at is None) for hit, row in found], [row.id for row in rows if row.seen_at is None]


def _but(keys: Iterable[Key], failed: Collection[Key]) -> list[Key]:
    return [key for key in keys if key not in failed]
