"""Debates: naming the sides, stating a view with a post, changing sides openly."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.workshops.models import Debate, DebateMove, DebateStand, Post, PostSide, Side, Topic, TopicKind
from yanxiu.workshops.services.holding import hold_topic

NAME_LENGTH = 30


@dataclass(frozen=True)
class DebateDetails:
    """What the author says about a debate."""

    side_a: str = ""
    side_b: str = ""
    views_first: bool = True


def open_debate(actor: User, topic: Topic, details: DebateDetails) -> Debate:
    """Name the sides of a topic that is being published."""
    side_a, side_b = checked_sides(details)
    debate = Debate(topic_id=topic.id, side_a=side_a, side_b=side_b, views_first=details.views_first)
    db.session.add(debate)
    db.session.flush()
    return debate


def checked_sides(details: DebateDetails) -> tuple[str, str]:
    """Return what both sides hold; two that say the same are none."""
    side_a, side_b = _checked_name(details.side_a, "debate_a"), _checked_name(details.side_b, "debate_b")
    if side_a == side_b:
        raise InvalidError("两方的观点不能一样", field="debate_b")
    return side_a, side_b


def _checked_name(name: str, field: str) -> str:
    name = " ".join(without_invisible(name).split())
    if not name:
        raise InvalidError("请写出这一方的观点", field=field)
    if len(name) > NAME_LENGTH:
        raise InvalidError(f"请控制在 {NAME_LENGTH} 字以内", field=field)
    return name


def checked_side(actor: User, topic: Topic, wanted: str | None, *, may_stay_neutral: bool) -> str | None:
    """Return for which side the next post of somebody is: theirs, or the one they choose with their first.

    None outside a debate, and for who may stay neutral; InvalidError when a side has to be chosen.
    """
    if topic.kind != TopicKind.DEBATE:
        return None
    stand = db.session.get(DebateStand, (topic.id, actor.id))
    if stand is not None:
        return stand.side
    if wanted in set(Side):
        return wanted
    if may_stay_neutral and not wanted:
        return None
    raise InvalidError("请先选择您站哪一方", field="side")


def state_view(actor: User, topic: Topic, post: Post, side: str | None) -> None:
    """Note with a new post for which side it speaks; the first one says where its author stands.

    The topic is held by whoever published the post, so of two first posts at once one decides.
    """
    if side is None or db.session.get(PostSide, post.id) is not None:
        return
    stand = db.session.get(DebateStand, (topic.id, actor.id), populate_existing=True)
    if stand is None:
        stand = DebateStand(topic_id=topic.id, user_id=actor.id, side=side, stated_at=now())
        db.session.add(stand)
    db.session.add(PostSide(post_id=post.id, side=stand.side))
    db.session.flush()


def change_side(actor: User, topic: Topic, side: str) -> bool:
    """Go over to the other side, for all to see; tell whether it was another one. What was written keeps its side."""
    hold_topic(topic)
    stand = db.session.get(DebateStand, (topic.id, actor.id), populate_existing=True)
    if stand is None:
        raise ConflictError("请先发言说出您的立场")
    if side not in set(Side):
        raise InvalidError("请选择您站哪一方", field="side")
    if stand.side == side:
        return False
    db.session.add(DebateMove(topic_id=topic.id, user_id=actor.id, from_side=stand.side, to_side=side, moved_at=now()))
    stand.side = side
    db.session.flush()
    bump(f"topic:{topic.id}", "topic", topic.id)
    return True
