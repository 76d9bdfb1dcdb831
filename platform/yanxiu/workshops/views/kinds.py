"""What the page of a topic shows because of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import now
from yanxiu.core.live import current_seq
from yanxiu.web.auth import current_viewer
from yanxiu.workshops.forms.threads import PostForm
from yanxiu.workshops.models import Debate, DebateMove, Poll, Post, Topic, TopicKind, TopicRequirement
from yanxiu.workshops.permissions import answers as may_answers
from yanxiu.workshops.permissions import can_reply
from yanxiu.workshops.permissions import debates as may_debates
from yanxiu.workshops.permissions import polls as may_polls
from yanxiu.workshops.permissions import requirements as may_require
from yanxiu.workshops.queries import answers, debates, polls, requirements, threads
from yanxiu.workshops.queries.polls import OptionLine
from yanxiu.workshops.queries.requirements import Progress, Reach
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services.posts import checked_uuid
from yanxiu.workshops.standings import until_words
from yanxiu.workshops.views.passages import passage_cards


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
class DebateView:
    """A debate as the viewer may see it: sealed, nothing of the others is in it, not how many they are either."""

    debate: Debate
    sealed: bool
    own: str
    may_speak: bool
    may_stay_neutral: bool
    tally: debates.Tally
    moves: Sequence[DebateMove]
    sides: dict[int, str]


@dataclass(frozen=True)
class KindView:
    """What the macros of `workshops/kinds/` need besides the topic; nothing for a plain discussion."""

    requirement: TopicRequirement | None = None
    own: Progress | None = None
    reach: Reach | None = None
    asked_until: str = ""
    accepted: Post | None = None
    poll: PollView | None = None
    debate: DebateView | None = None
    powers: str = ""

    @property
    def personal(self) -> bool:
        """Whether what is shown depends on who looks, so that a fragment with it is for nobody else."""
        return any(part is not None for part in (self.requirement, self.poll, self.debate))


def kind_context(seat: Seat, topic: Topic, shown: Sequence[Post] = ()) -> dict[str, Any]:
    """Return the variable by which a topic's page, or a part of it, shows its kind. `shown`: the posts on it."""
    found = _asked(seat, topic)
    if topic.kind == TopicKind.QUESTION:
        found |= _question(seat, topic)
    if topic.kind == TopicKind.POLL:
        found["poll"] = _poll(seat, topic)
    if topic.kind == TopicKind.DEBATE:
        found["debate"] = _debate(seat, topic, shown)
    return {"kind_view": KindView(**found)}


def _asked(seat: Seat, topic: Topic) -> dict[str, Any]:
    """What the topic asks of every member: how far the viewer is, or how many have done it."""
    requirement = requirements.requirement_of(topic.id)
    if requirement is None:
        return {}
    viewer, workshop, member = current_viewer(), seat.workshop, seat.member
    until = until_words(requirement.due_at, now()) if requirement.due_at else ""
    found: dict[str, Any] = {"requirement": requirement, "asked_until": until}
    in_time = member is None or requirement.due_at is None or member.joined_at < requirement.due_at
    if in_time and may_require.is_asked(viewer, workshop, member) and viewer.user_id is not None:
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


def _debate(seat: Seat, topic: Topic, shown: Sequence[Post]) -> DebateView | None:
    debate = debates.debate_of(topic.id)
    if debate is None:
        return None
    viewer, member = current_viewer(), seat.member
    stand = debates.stand_of(topic.id, viewer.user_id)
    sealed = may_debates.is_sealed(viewer, debate, topic, member, stated=stand is not None)
    return DebateView(
        debate=debate,
        sealed=sealed,
        own=stand.side if stand else "",
        may_speak=can_reply(viewer, topic, member),
        may_stay_neutral=may_debates.may_stay_neutral(viewer, topic, member),
        tally=debates.Tally() if sealed else debates.tally_of(topic.id),
        moves=() if sealed else debates.moves_of(topic.id),
        sides=debates.sides_of([post.id for post in shown]),
    )


def sealed_page(seat: Seat, topic: Topic, context: dict[str, Any]) -> ResponseReturnValue:
    """Show the text of a debate, and the form in which one states a view; nothing of the others is loaded."""
    viewer = current_viewer()
    visit, opener = threads.visit_of(topic.id, viewer.user_id), threads.opener_of(topic.id)
    return render_template(
        "workshops/kinds/sealed.html",
        **context,
        **kind_context(seat, topic),
        opener=opener,
        thumbs=threads.thumbs_of([opener] if opener else [], viewer.user_id),
        cards=passage_cards([opener] if opener else []),
        noted=visit.last_seen_number if visit and visit.opened_at else 0,
        seq=current_seq(f"topic:{topic.id}"),
        form=PostForm(formdata=None, client_uuid=checked_uuid(None)),
    )
