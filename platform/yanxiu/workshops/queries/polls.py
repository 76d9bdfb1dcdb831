"""Reads about polls. A ballot is found by its mark; of an anonymous poll no query returns a name, for there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.workshops.ballots import mark_of
from yanxiu.workshops.models import Poll, PollBallot, PollChoice, PollOption

NAMES_SHOWN = 12


def poll_of(topic_id: int) -> Poll | None:
    """Return the poll of a topic with its options."""
    return db.session.scalar(select(Poll).where(Poll.topic_id == topic_id).options(selectinload(Poll.options)))


def ballot_of(poll: Poll, user_id: int | None) -> PollBallot | None:
    """Return a person's ballot, as long as it can be told whose it is."""
    mark = mark_of(poll, user_id)
    if mark is None:
        return None
    mine = (PollBallot.topic_id == poll.topic_id, PollBallot.voter_mark == mark)
    return db.session.scalar(select(PollBallot).where(*mine))


def choices_of(ballot: PollBallot | None) -> set[int]:
    """Return the options a ballot is for."""
    if ballot is None:
        return set()
    return set(db.session.scalars(select(PollChoice.option_id).where(PollChoice.ballot_id == ballot.id)))


def count_voters(poll: Poll) -> int:
    """Return how many people have voted."""
    return db.session.scalar(select(func.count()).where(PollBallot.topic_id == poll.topic_id)) or 0


@dataclass(frozen=True)
class OptionLine:
    """An option with its figure; `names` only where they may be shown."""

    option: PollOption
    count: int
    names: tuple[str, ...] = ()


def tally_of(poll: Poll) -> list[OptionLine]:
    """Return every option with the number of ballots for it, and in a named poll the first names."""
    rows = db.session.execute(
        select(PollChoice.option_id, func.count())
        .join(PollOption, PollOption.id == PollChoice.option_id)
        .where(PollOption.topic_id == poll.topic_id)
        .group_by(PollChoice.option_id)
    )
    counts = {row[0]: row[1] for row in rows}
    names = {} if poll.anonymous else _first_names(poll)
    return [OptionLine(option, counts.get(option.id, 0), tuple(names.get(option.id, ()))) for option in poll.options]


def _first_names(poll: Poll) -> dict[int, list[str]]:
    place = func.row_number().over(partition_by=PollChoice.option_id, order_by=(User.name_key, User.id))
    ranked = (
        select(PollChoice.option_id, User.name, place.label("place"))
        .join(PollBallot, PollBallot.id == PollChoice.ballot_id)
        .join(User, User.id == PollBallot.voter_id)
        .where(PollBallot.topic_id == poll.topic_id)
        .subquery()
    )
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(select(ranked).where(ranked.c.place <= NAMES_SHOWN).order_by(ranked.c.place))
    for row in rows:
        found[row.option_id].append(row.name)
    return found


def named_ballots(poll: Poll) -> list[tuple[User, set[int]]]:
    """Return who voted for what in a named poll, by name."""
    ballots: Sequence[PollBallot] = db.session.scalars(
        select(PollBallot)
        .join(PollBallot.voter)
        .options(joinedload(PollBallot.voter).joinedload(User.organization))
        .where(PollBallot.topic_id == poll.topic_id)
        .order_by(User.name_key, User.id)
    ).all()
    chosen: dict[str, set[int]] = defaultdict(set)
    rows = db.session.execute(
        select(PollChoice.ballot_id, PollChoice.option_id)
        .join(PollBallot, PollBallot.id == PollChoice.ballot_id)
        .where(PollBallot.topic_id == poll.topic_id)
    )
    for row in rows:
        chosen[row.ballot_id].add(row.option_id)
    return [(ballot.voter, chosen[ballot.id]) for ballot in ballots if ballot.voter is not None]
