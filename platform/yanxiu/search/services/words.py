"""The table of words for the same thing, and what people looked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.search.models import PopularQuery, SynonymVersion, TypedQuery
from yanxiu.search.queries.synonyms import newest_number, synonym_lines
from yanxiu.search.queries.typed import KEPT
from yanxiu.search.text.fold import squeeze

MAX_SETS = 500
MAX_WORDS = 12
MAX_WORD = 20
Counted = tuple[int | None, str]
"""A text and the county it counts for."""
SAVED_MEANWHILE = "刚才有人保存过这张表，请复制您的改动，刷新后再改"


def save_synonyms(actor: User, county_id: int, text: str, based_on: int) -> SynonymVersion | None:
    """Make a text, one set a line, the county's table; None if it is that already. `based_on`: the version it was of."""
    lines = _checked(text)
    number = newest_number(county_id)
    if number != based_on:
        raise ConflictError(SAVED_MEANWHILE)
    before = list(synonym_lines(county_id, number) or ())
    if lines == before:
        return None
    version = SynonymVersion(county_id=county_id, number=number + 1, content="\n".join(lines), author_id=actor.id)
    try:
        with db.session.begin_nested():
            db.session.add(version)
    except IntegrityError as error:
        raise ConflictError(SAVED_MEANWHILE) from error
    record_audit(
        actor,
        "search.synonyms",
        "synonyms",
        version.number,
        added=sorted(set(lines) - set(before))[:20],
        removed=sorted(set(before) - set(lines))[:20],
    )
    return version


def _checked(text: str) -> list[str]:
    written = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, words in written:
        if len({squeeze(word) for word in words}) < 2:
            raise InvalidError(f"第 {number} 行只有一个词，同一行至少写两个意思相同的词", field="content")
        if len(words) > MAX_WORDS:
            raise InvalidError(f"第 {number} 行有 {len(words)} 个词，一行最多 {MAX_WORDS} 个", field="content")
        long = next((word for word in words if len(word) > MAX_WORD), "")
        if long:
            raise InvalidError(f"第 {number} 行的“{long[:MAX_WORD]}…”太长，一个词最多 {MAX_WORD} 个字", field="content")
    if len(written) > MAX_SETS:
        raise InvalidError(f"现在有 {len(written)} 行，最多 {MAX_SETS} 行", field="content")
    return [" ".join(dict.fromkeys(words)) for _, words in written]


def note_query(actor_id: int, county_id: int | None, text: str) -> None:
    """Remember what somebody (by id: the page is done, and to read who it was costs more than this) looked for.

    The first time it also counts for their county. The oldest beyond fifty go.
    """
    note_queries([(actor_id, county_id, text)])


def note_queries(searches: Iterable[tuple[int, int | None, str]]) -> None:
    """The same for several people, each (actor, county, text); what counts is written last and in one order."""
    changes: Counter[Counted] = Counter()
    for actor_id, county_id, text in searches:
        row = {"user_id": actor_id, "county_id": county_id, "text": text, "typed_at": clock.now()}
        if db.session.scalar(_first_time(db.engine.dialect.name), row) is None:
            db.session.execute(_AGAIN, {"who": actor_id, "what": text, "typed_at": row["typed_at"]})
        else:
            changes[county_id, text] += 1
            changes.update(_taken_away(actor_id, beyond=KEPT))
    _count(changes)


def forget_queries(actor: User) -> None:
    """Everything somebody looked for; it counts for nobody any more, and what counts for nobody is gone."""
    _count(_taken_away(actor.id, beyond=0))


def _taken_away(actor_id: int, beyond: int) -> dict[Counted, int]:
    """Delete somebody's oldest; what each takes off the counts. Only rows really deleted here count."""
    gone = db.session.execute(_OLDEST, {"who": actor_id, "beyond": beyond})
    return {(row.county_id, row.text): -1 for row in gone}


def _count(changes: Mapping[Counted, int]) -> None:
    """Change how many people look for something, in one order, since others count the same texts."""
    known = sorted((county_id, text, change) for (county_id, text), change in changes.items() if county_id is not None)
    for county_id, text, change in known:
        if change > 0:
            row = {"county_id": county_id, "text": text, "people": change}
            db.session.execute(_more_people(db.engine.dialect.name), row)
        elif change < 0:
            place = {"where": county_id, "what": text}
            db.session.execute(_FEWER, {**place, "change": change})
            db.session.execute(_NOBODY, place)


# What follows is asked by every search, by tables and put together once: to build it takes longer than to ask it.

_typed: Table = TypedQuery.__table__  # type: ignore[assignment]
_popular: Table = PopularQuery.__table__  # type: ignore[assignment]
_AGAIN = update(_typed).where(_typed.c.user_id == bindparam("who"), _typed.c.text == bindparam("what"))
_newest = select(_typed.c.id).where(_typed.c.user_id == bindparam("who"))
_newest = _newest.order_by(_typed.c.typed_at.desc(), _typed.c.id.desc()).offset(bindparam("beyond"))
_OLDEST = delete(_typed).where(_typed.c.id.in_(_newest)).returning(_typed.c.county_id, _typed.c.text)
_here = _popular.c.county_id == bindparam("where"), _popular.c.text == bindparam("what")
_FEWER = update(_popular).where(*_here).values(people=_popular.c.people + bindparam("change"))
_NOBODY = delete(_popular).where(*_here, _popular.c.people <= 0)


@cache
def _first_time(dialect: str) -> sqlite.Insert | postgresql.Insert:
    new = _insert(dialect)(_typed).on_conflict_do_nothing(index_elements=["user_id", "text"])
    return new.returning(_typed.c.id)  # type: ignore[return-value]


@cache
def _more_people(dialect: str) -> sqlite.Insert | postgresql.Insert:
    new = _insert(dialect)(_popular)
    more = {"people": _popular.c.people + new.excluded.people}
    return new.on_conflict_do_update(index_elements=["county_id", "text"], set_=more)


def _insert(dialect: str) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    return sqlite.insert if dialect == "sqlite" else postgresql.insert
