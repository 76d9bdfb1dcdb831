"""Making a new topic the kind its author chose."""

from __future__ import annotations

from dataclasses import dataclass, field

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.workshops.models import Topic, TopicKind, TopicRequirement
from yanxiu.workshops.services.debates import DebateDetails, open_debate
from yanxiu.workshops.services.polls import PollDetails, open_poll
from yanxiu.workshops.services.requirements import Asked, require_of_members


@dataclass(frozen=True)
class Shape:
    """What the form says about the kind of a topic, and what is asked of every member."""

    kind: str = TopicKind.DISCUSSION.value
    asked: Asked = field(default_factory=Asked)
    poll: PollDetails = field(default_factory=PollDetails)
    debate: DebateDetails = field(default_factory=DebateDetails)


def shape_topic(actor: User, topic: Topic, shape: Shape) -> None:
    """Give a topic its kind, in the transaction that publishes it; a form that arrives twice changes nothing."""
    if topic.kind == TopicKind.DISCUSSION:
        topic.kind = shape.kind
        if shape.kind == TopicKind.POLL:
            open_poll(actor, topic, shape.poll)
        if shape.kind == TopicKind.DEBATE:
            open_debate(actor, topic, shape.debate)
    if shape.asked and db.session.get(TopicRequirement, topic.id) is None:
        require_of_members(actor, topic, shape.asked)
