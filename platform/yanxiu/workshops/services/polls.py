"""Polls: opening one with its topic, voting once, changing one's vote, closing."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.live import bump
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.ballots import mark_of, new_key
from yanxiu.workshops.models import Poll, PollBallot, PollChoice, PollOption, Results, Topic
from yanxiu.workshops.queries.polls import ballot_of, choices_of
from yanxiu.workshops.services.holding import hold_topic

FEWEST, MOST = 2, 10
OPTION_LENGTH = 100
CLOSE = "workshops.close_poll"


@dataclass(frozen=True)
class PollDetails:
    """What the author says about a poll."""

    options: tuple[str, ...] = ()
    max_choices: int = 1
    anonymous: bool = False
    results: str = Results.VOTED.value
    closes_at: datetime | None = None


def open_poll(actor: User, topic: Topic, details: PollDetails) -> Poll:
    """Add the poll of a topic that is being published."""
    check_poll(details)
    poll = Poll(
        topic_id=topic.id,
        max_choices=details.max_choices,
        anonymous=details.anonymous,
        results=details.results,
        closes_at=details.closes_at,
        ballot_key=new_key() if details.anonymous else "",
    )
    db.session.add(poll)
    db.session.flush()
    add_options(poll, details.options)
    plan_closing(poll)
    return poll


def add_options(poll: Poll, texts: Sequence[str], *, after: int = 0) -> None:
    """Add options behind the first `after`."""
    for position, text in enumerate(texts, start=after):
        db.session.add(PollOption(topic_id=poll.topic_id, position=position, text=text))
    db.session.flush()


def plan_closing(poll: Poll) -> None:
    """Have a poll closed when its time is over; what was queued for an earlier end finds that it is not."""
    if poll.closes_at is not None:
        wait = (poll.closes_at - now()).total_seconds() + 1
        key = f"{CLOSE}:{poll.topic_id}:{poll.closes_at.astimezone(UTC).isoformat()}"
        enqueue(CLOSE, {"topic_id": poll.topic_id}, key=key, delay_s=wait)


def check_poll(details: PollDetails) -> None:
    if not FEWEST <= len(details.options) <= MOST:
        raise InvalidError(f"请写 {FEWEST} 到 {MOST} 个选项，一行一个", field="poll_options")
    if any(len(text) > OPTION_LENGTH for text in details.options):
        raise InvalidError(f"每个选项请控制在 {OPTION_LENGTH} 字以内", field="poll_options")
    if len(set(details.options)) < len(details.options):
        raise InvalidError("有两个选项是一样的", field="poll_options")
    if not 1 <= details.max_choices <= len(details.options):
        raise InvalidError(f"最多可选请填 1 到 {len(details.options)}", field="poll_max")
    if details.closes_at is not None and details.closes_at <= now():
        raise InvalidError("截止时间已经过去，请选一个将来的时间", field="poll_closes_at")


def cast_vote(actor: User, topic: Topic, poll: Poll, option_ids: Collection[int]) -> None:
    """Vote, or vote otherwise than before; the same again changes nothing. Nobody has two ballots."""
    hold_topic(topic)
    if not hold(poll) or poll.is_closed(now()):
        raise ConflictError("投票已经截止")
    chosen = set(option_ids)
    _check_choice(poll, chosen)
    ballot = ballot_of(poll, actor.id)
    if ballot is not None and choices_of(ballot) == chosen:
        return
    ballot = ballot or _new_ballot(actor, poll)
    db.session.execute(delete(PollChoice).where(PollChoice.ballot_id == ballot.id))
    db.session.add_all(PollChoice(ballot_id=ballot.id, option_id=option) for option in sorted(chosen))
    db.session.flush()
    _touch(poll)


def _check_choice(poll: Poll, chosen: set[int]) -> None:
    if not chosen or not chosen <= {option.id for option in poll.options}:
        raise InvalidError("请先选择", field="choice")
    if len(chosen) > poll.max_choices:
        raise InvalidError(f"最多选 {poll.max_choices} 项", field="choice")


def _new_ballot(actor: User, poll: Poll) -> PollBallot:
    voter = None if poll.anonymous else actor.id
    mark = mark_of(poll, actor.id)
    ballot = PollBallot(id=str(uuid.uuid4()), topic_id=poll.topic_id, voter_id=voter, voter_mark=mark)
    db.session.add(ballot)
    db.session.flush()
    return ballot


def close_poll(actor: User, topic: Topic, poll: Poll) -> None:
    """End a poll before its time; it is not opened again."""
    hold_topic(topic)
    _close(poll)


def close_poll_in_time(topic: Topic, poll: Poll) -> None:
    """End a poll whose time is over; harmless twice, and when the topic was deleted."""
    hold(topic)
    if poll.closes_at is not None and poll.closes_at <= now():
        _close(poll)


def _close(poll: Poll) -> None:
    if not hold(poll) or poll.closed_at is not None:
        return
    poll.closed_at, poll.ballot_key = now(), ""
    _touch(poll)


def _touch(poll: Poll) -> None:
    """Open pages show the new figures; the message says nothing of who voted."""
    db.session.flush()
    bump(f"topic:{poll.topic_id}", "poll", poll.topic_id)
