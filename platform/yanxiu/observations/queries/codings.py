"""Codings of a lesson. Others' codes are loaded only where the caller has checked `can_view_codings`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.observations.instruments.question_agreement import LedgerComparison, compare_ledgers
from yanxiu.observations.instruments.questions import KNOWN, LEDGER, questions_of
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.models import Adjudication, CodeInterval, CodingSession, CodingState, SchemeVersion
from yanxiu.observations.question_agreement_sheet import Compared

COMMON = ("st", "fias", LEDGER.slug)
"""Schemes that are offered first."""

WITH_DEFINITION = joinedload(CodingSession.definition).joinedload(SchemeVersion.family)


@dataclass(frozen=True)
class Standing:
    """How far the codings of a lesson with one scheme are: the viewer's own state, and who has finished. Never a code."""

    scheme: Scheme
    own: str | None = None
    coders: list[User] = field(default_factory=list)

    @property
    def is_near(self) -> bool:
        """Whether the page of the lesson names it at once: what somebody used here, and what most use."""
        return self.own is not None or bool(self.coders) or self.scheme.slug in COMMON


def standings_of(lesson_id: int, user_id: int | None, usable: Sequence[Scheme] = ()) -> list[Standing]:
    """Return one line for each scheme, in one query; an unfinished coding is nobody's business but its coder's.

    To the shipped ones come those that the viewer may use, and those with which somebody has finished here.
    """
    statement = (
        select(CodingSession)
        .where(CodingSession.lesson_id == lesson_id)
        .options(joinedload(CodingSession.coder), WITH_DEFINITION)
        .order_by(CodingSession.finished_at, CodingSession.id)
    )
    found = db.session.scalars(statement).all()
    met = [one.scheme_of for one in found if one.definition and (one.is_done or one.coder_id == user_id)]
    schemes = {**KNOWN, **{one.slug: one for one in usable}, **{one.slug: one for one in met}}
    return [
        Standing(
            scheme,
            next((one.state for one in found if one.scheme == slug and one.coder_id == user_id), None),
            [one.coder for one in found if one.scheme == slug and one.is_done],
        )
        for slug, scheme in schemes.items()
    ]


def coding_of(lesson_id: int, scheme: str, coder_id: int | None) -> CodingSession | None:
    """Return one coder's coding with its stretches, whatever its state."""
    statement = (
        select(CodingSession)
        .where(CodingSession.lesson_id == lesson_id, CodingSession.scheme == scheme, CodingSession.coder_id == coder_id)
        .options(selectinload(CodingSession.intervals), WITH_DEFINITION)
    )
    return db.session.scalars(statement).first()


def has_finished_codings(lesson_id: int, scheme: str) -> bool:
    """Tell whether somebody has finished a coding with this scheme."""
    statement = select(CodingSession.id).where(
        CodingSession.lesson_id == lesson_id,
        CodingSession.scheme == scheme,
        CodingSession.state == CodingState.DONE,
    )
    return db.session.scalar(statement.limit(1)) is not None


def finished_codings(lesson_id: int, *schemes: str) -> Sequence[CodingSession]:
    """Return the finished codings with these schemes in the order in which they were finished."""
    statement = _finished(lesson_id, schemes).options(selectinload(CodingSession.intervals))
    return db.session.scalars(statement).all()


def finished_heads(lesson_id: int, schemes: Collection[str]) -> Sequence[CodingSession]:
    """Return the finished codings with these schemes without a single code, in the order in which they were finished."""
    return db.session.scalars(_finished(lesson_id, schemes)).all()


def _finished(lesson_id: int, schemes: Collection[str]) -> Select[CodingSession]:
    return (
        select(CodingSession)
        .where(
            CodingSession.lesson_id == lesson_id,
            CodingSession.scheme.in_(schemes),
            CodingSession.state == CodingState.DONE,
        )
        .options(joinedload(CodingSession.coder), WITH_DEFINITION)
        .order_by(CodingSession.finished_at, CodingSession.id)
    )


def spans_of(session_id: int) -> list[Span]:
    """Return the stretches of a coding as plain figures: thousands of them are drawn at once."""
    rows = db.session.execute(
        select(CodeInterval.start_ms, CodeInterval.end_ms, CodeInterval.code)
        .where(CodeInterval.session_id == session_id, CodeInterval.is_gone.is_(False))
        .order_by(CodeInterval.start_ms, CodeInterval.id)
    )
    return [Span(start_ms, end_ms, code) for start_ms, end_ms, code in rows]


def coder_ids(lesson_id: int, scheme: str, *, finished: bool = True) -> list[int]:
    """Return who has finished a coding with this scheme, or who has begun one and not finished it."""
    states = CodingSession.state == CodingState.DONE if finished else CodingSession.state != CodingState.DONE
    statement = select(CodingSession.coder_id).where(
        CodingSession.lesson_id == lesson_id, CodingSession.scheme == scheme, states
    )
    return list(db.session.scalars(statement.order_by(CodingSession.id)))


def adjudications_of(first_id: int, second_id: int) -> Sequence[Adjudication]:
    """Return what two coders agreed on, in order of time."""
    statement = (
        select(Adjudication)
        .where(Adjudication.first_id == first_id, Adjudication.second_id == second_id)
        .options(joinedload(Adjudication.decided_by))
        .order_by(Adjudication.start_ms, Adjudication.label)
    )
    return db.session.scalars(statement).all()


def adjudications_among(ids: Collection[int]) -> dict[tuple[int, int], list[Adjudication]]:
    """Return what any two of these codings agreed on, by their pair (the one begun first comes first), in order of time."""
    rows = db.session.scalars(
        select(Adjudication)
        .where(Adjudication.first_id.in_(ids), Adjudication.second_id.in_(ids))
        .options(joinedload(Adjudication.decided_by))
        .order_by(Adjudication.start_ms, Adjudication.label)
    )
    found: dict[tuple[int, int], list[Adjudication]] = {}
    for row in rows:
        found.setdefault((row.first_id, row.second_id), []).append(row)
    return found


def compared_ledgers(
    first: CodingSession, second: CodingSession, agreed: Sequence[Adjudication] | None = None
) -> LedgerComparison | None:
    """Return two finished ledgers side by side with what was agreed on (`agreed`, where it is known), in the order in which
    they were begun."""
    low, high = sorted((first, second), key=lambda one: one.id)
    one, other = (questions_of((mark.start_ms, mark.code) for mark in each.kept) for each in (low, high))
    said = {
        (each.start_ms, each.label): each.code
        for each in (adjudications_of(low.id, high.id) if agreed is None else agreed)
    }
    return compare_ledgers(one, other, said)


def compared_for_file(first: CodingSession, second: CodingSession) -> Compared | None:
    """Return two finished ledgers as the sheets of a workbook show them; None where there are too many questions."""
    low, high = sorted((first, second), key=lambda one: one.id)
    found = compared_ledgers(low, high)
    return Compared((low.coder.name, high.coder.name), found) if found is not None else None
