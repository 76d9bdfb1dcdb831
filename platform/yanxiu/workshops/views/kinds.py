"""What the page of a topic shows because of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.web.auth import current_viewer
from yanxiu.workshops.models import Post, Topic, TopicKind
from yanxiu.workshops.permissions import answers as may_answers
from yanxiu.workshops.queries import answers, threads
from yanxiu.workshops.queries.teams import Seat


@dataclass(frozen=True)
class KindView:
    """What the macros of `workshops/kinds/` need besides the topic; nothing for a plain discussion."""

    accepted: Post | None = None
    powers: str = ""


def kind_context(seat: Seat, topic: Topic, shown: Sequence[Post] = ()) -> dict[str, Any]:
    """Return the variable by which a topic's page, or a part of it, shows its kind. `shown`: the posts on it."""
    if topic.kind == TopicKind.QUESTION:
        return {"kind_view": _question(seat, topic)}
    return {"kind_view": KindView()}


def _question(seat: Seat, topic: Topic) -> KindView:
    accepted = answers.accepted_post_id(topic.id)
    return KindView(
        accepted=threads.find_post(topic.id, accepted) if accepted else None,
        powers="accept" if may_answers.can_accept(current_viewer(), topic, seat.member) else "",
    )
