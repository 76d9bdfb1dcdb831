"""The seal of a debate: what others said is not sent to who has not said anything yet."""

from __future__ import annotations

from yanxiu.core.errors import NotFoundError
from yanxiu.web.auth import current_viewer
from yanxiu.workshops.models import Post, Topic, TopicKind
from yanxiu.workshops.permissions import debates as may
from yanxiu.workshops.queries import debates
from yanxiu.workshops.queries.teams import Seat

STATE_FIRST = "请先说出您的立场，再看其他老师的发言"


def is_sealed(seat: Seat, topic: Topic) -> bool:
    """Tell whether the others' posts are kept from the viewer; without a query for anything but a debate."""
    if topic.kind != TopicKind.DEBATE:
        return False
    viewer = current_viewer()
    stated = debates.stand_of(topic.id, viewer.user_id) is not None
    return may.is_sealed(viewer, debates.debate_of(topic.id), topic, seat.member, stated=stated)


def respect_seal(seat: Seat, topic: Topic, post: Post | None) -> None:
    """Stop as if the post did not exist, if it is kept from the viewer."""
    if post is not None and may.is_kept_from(current_viewer(), post) and is_sealed(seat, topic):
        raise NotFoundError(STATE_FIRST)
