"""Each county's table of words for the same thing, as its administrators left it: each save is a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from yanxiu.core.db import db
from yanxiu.search.models import SynonymVersion
from yanxiu.search.text.synonyms import Synonyms, shipped, shipped_lines, synonyms_from

SHIPPED = 0
"""The number of the table that comes with the program."""
HISTORY = 20
_NEWEST = (
    select(SynonymVersion.number, SynonymVersion.created_at)
    .where(SynonymVersion.county_id == bindparam("where"))
    .order_by(SynonymVersion.number.desc())
    .limit(1)
)
"""Asked by every search, so it is put together once."""


@dataclass(frozen=True)
class SynonymChange:
    """A version, and how many lines it added to the one before and took from it."""

    version: SynonymVersion
    added: int
    removed: int


def synonyms_in_use(county_id: int | None) -> Synonyms:
    """The table that counts now for people of a county: its newest version, or what comes with the program."""
    if county_id is None:
        return shipped()
    row = db.session.execute(_NEWEST, {"where": county_id}).first()
    return shipped() if row is None else _table(county_id, row.number, row.created_at)


@lru_cache(maxsize=16)
def _table(county_id: int, number: int, _written: datetime) -> Synonyms:
    """Read once by each process; the moment tells versions of a restored database apart."""
    return synonyms_from(synonym_lines(county_id, number) or ())


def newest_number(county_id: int) -> int:
    """The number of the county's table in use."""
    known = select(SynonymVersion.number).where(SynonymVersion.county_id == county_id)
    return db.session.scalar(known.order_by(SynonymVersion.number.desc()).limit(1)) or SHIPPED


def synonym_lines(county_id: int, number: int) -> Sequence[str] | None:
    """The lines of a county's version; None if there is none of that number."""
    if number == SHIPPED:
        return shipped_lines()
    this = SynonymVersion.county_id == county_id, SynonymVersion.number == number
    content = db.session.scalar(select(SynonymVersion.content).where(*this))
    return None if content is None else content.splitlines()


def synonym_history(county_id: int) -> list[SynonymChange]:
    """A county's newest versions, newest first."""
    statement = select(SynonymVersion).where(SynonymVersion.county_id == county_id)
    newest = statement.options(joinedload(SynonymVersion.author)).order_by(SynonymVersion.number.desc())
    versions = list(db.session.scalars(newest.limit(HISTORY + 1)))
    lines = [version.content.splitlines() for version in versions]
    if not versions or versions[-1].number == SHIPPED + 1:
        lines.append(list(shipped_lines()))
    return [
        SynonymChange(version, len(set(after) - set(before)), len(set(before) - set(after)))
        for version, (after, before) in zip(versions, pairwise(lines), strict=False)
    ]
