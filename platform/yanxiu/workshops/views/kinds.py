"""What the page of a topic shows because of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.web.auth import current_viewer
from yanxiu.workshops.models import Post, Topic, TopicKind, TopicRequirement
from yanxiu.workshops.permissions import answers as may_answers
from yanxiu.workshops.permissions import requirements as may_require
from yanxiu.workshops.queries import answers, requirements, threads
from yanxiu.workshops.queries.requirements import Progress, Reach
from yanxiu.workshops.queries.teams import Seat


@dataclass(frozen=True)
class KindView:
    """What the macros of `workshops/kinds/` need besides the topic; nothing for a plain discussion."""

    requirement: TopicRequirement | None = None
    own: Progress | None = None
    reach: Reach | None = None
    accepted: Post | None = None
    powers: str = ""


def kind_context(seat: Seat, topic: Topic, shown: Sequence[Post] = ()) -> dict[str, Any]:
    """Return the variable by which a topic's page, or a part of it, shows its kind. `shown`: the posts on it."""
    found = _asked(seat, topic)
    if topic.kind == TopicKind.QUESTION:
        found |= _question(seat, topic)
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
