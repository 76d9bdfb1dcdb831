"""Who votes, who sees the figures and the names, and who ends a poll."""

from __future__ import annotations

from datetime import datetime

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Poll, Results, Topic, WorkshopMember
from yanxiu.workshops.permissions.attention import can_see_insights
from yanxiu.workshops.permissions.teams import can_moderate, takes_part
from yanxiu.workshops.permissions.threads import can_reply


def is_over(poll: Poll, topic: Topic, at: datetime) -> bool:
    """Closed, or the topic is locked, or the workshop has ended."""
    return poll.is_closed(at) or topic.locked_at is not None or topic.workshop.archived_at is not None


def can_vote(viewer: Viewer, poll: Poll, topic: Topic, member: WorkshopMember | None, at: datetime) -> bool:
    """Every member, those who lead too, until it is over."""
    return can_reply(viewer, topic, member) and not is_over(poll, topic, at)


def can_see_results(poll: Poll, topic: Topic, at: datetime, *, voted: bool) -> bool:
    """As the author chose; once it is over everybody who sees the topic."""
    return poll.results == Results.ALWAYS or is_over(poll, topic, at) or (voted and poll.results == Results.VOTED)


def can_close_poll(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """Its author and the leader team."""
    own = topic.author_id == viewer.user_id and takes_part(viewer, topic.workshop, member)
    return topic.deleted_at is None and (own or can_moderate(viewer, topic.workshop, member))


def can_see_ballots(viewer: Viewer, poll: Poll, topic: Topic, member: WorkshopMember | None) -> bool:
    """The list of who voted for what: of a named poll, by those who look after the members. Of an anonymous one nobody."""
    return not poll.anonymous and can_see_insights(viewer, topic.workshop, member)
