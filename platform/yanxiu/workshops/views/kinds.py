"""What the page of a topic shows because of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.core.clock import now
from yanxiu.web.auth import current_viewer
from yanxiu.workshops.models import Poll, Post, Topic, TopicKind, TopicRequirement
from yanxiu.workshops.permissions import answers as may_answers
from yanxiu.workshops.permissions import polls as may_polls
from yanxiu.workshops.permissions import requirements as may_require
from yanxiu.workshops.queries import answers, polls, requirements, threads
from yanxiu.workshops.queries.polls import OptionLine
from yanxiu.workshops.queries.requirements import Progress, Reach
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.standings import until_words


@dataclass(frozen=True)
class PollView:
    """A poll as the viewer may see it: `lines` carry figures and names only when `results` says so."""

    poll: Poll
    lines: list[OptionLine]
    voters: int
    mine: set[int]
    may_vote: bool
    may_close: bool
    may_list: bool
    results: bool
    until: str
    over: bool


@dataclass(frozen=True)
class KindView:
    """What the macros of `workshops/kinds/` need besides the topic; nothing for a plain discussion."""

    requirement: TopicRequirement | None = None
    own: Progress | None = None
    reach: Reach | None = None
    accepted: Post | None = None
    poll: PollView | None = None
    powers: str = ""

    @property
    def personal(self) -> bool:
        """Whether what is shown depends on who looks, so that a fragment with it is for nobody else."""
        return self.requirement is not None or self.poll is not None


def kind_context(seat: Seat, topic: Topic, shown: Sequence[Post] = ()) -> dict[str, Any]:
    """Return the variable by which a topic's page, or a part of it, shows its kind. `shown`: the posts on it."""
    found = _asked(seat, topic)
    if topic.kind == TopicKind.QUESTION:
        found |= _question(seat, topic)
    if topic.kind == TopicKind.POLL:
        found["poll"] = _poll(seat, topic)
    return {"kind_view": KindView(**found)}


def _asked(seat: Seat, topic: Topic) -> dict[str, Any]:
    """What the topic asks of every member: how far the viewer is, or how many have done it."""
    requirement = requirements.requirement_of(topic.id)
    if requirement is None:
        return {}
    viewer, workshop, member = current_viewer(), seat.workshop, seat.member
    found: dict[str, Any] = {"requirement": requirement}
    if may_require.is_asked(viewer, workshop, member) and viewer.user_id is not None:
        found["own"] = requirements.progress_of(requirement, [viewer.user_id])[viewer.user_id]
    if may_require.can_see_progress(viewer, workshop, member):
        found["reach"] = requirements.reach_of(topic, requirement)
    return found


def _question(seat: Seat, topic: Topic) -> dict[str, Any]:
    accepted = answers.accepted_post_id(topic.id)
    return {
        "accepted": threads.find_post(topic.id, accepted) if accepted else None,
        "powers": "accept" if may_answers.can_accept(current_viewer(), topic, seat.member) else "",
    }


def _poll(seat: Seat, topic: Topic) -> PollView | None:
    poll = polls.poll_of(topic.id)
    if poll is None:
        return None
    viewer, at = current_viewer(), now()
    ballot = polls.ballot_of(poll, viewer.user_id)
    results = may_polls.can_see_results(poll, topic, at, voted=ballot is not None)
    return PollView(
        poll=poll,
        lines=polls.tally_of(poll) if results else [OptionLine(option, 0) for option in poll.options],
        voters=polls.count_voters(poll),
        mine=polls.choices_of(ballot),
        may_vote=may_polls.can_vote(viewer, poll, topic, seat.member, at),
        may_close=may_polls.can_close_poll(viewer, topic, seat.member) and not poll.is_closed(at),
        may_list=results and may_polls.can_see_ballots(viewer, poll, topic, seat.member),
        results=results,
        until=until_words(poll.closes_at, at) if poll.closes_at else "",
        over=may_polls.is_over(poll, topic, at),
    )
