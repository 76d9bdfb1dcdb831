"""Who reads the others' views in a debate only after stating one's own, and who may change sides."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Debate, Post, Topic, WorkshopMember
from yanxiu.workshops.permissions.attention import can_see_insights
from yanxiu.workshops.permissions.threads import can_reply


def is_sealed(
    viewer: Viewer, debate: Debate | None, topic: Topic, member: WorkshopMember | None, *, stated: bool
) -> bool:
    """Whether the others' posts are kept from the viewer: who may still state a view and has not.

    Who leads, guides or oversees reads all of it, so does everybody once the topic is locked or the workshop has ended.
    """
    if debate is None or not debate.views_first or stated:
        return False
    return can_reply(viewer, topic, member) and not can_see_insights(viewer, topic.workshop, member)


def is_kept_from(viewer: Viewer, post: Post) -> bool:
    """Which posts of a sealed debate are: all but its text and one's own."""
    return not post.is_opener and post.author_id != viewer.user_id


def may_stay_neutral(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """Who leads or guides may speak without taking a side."""
    return can_see_insights(viewer, topic.workshop, member)
