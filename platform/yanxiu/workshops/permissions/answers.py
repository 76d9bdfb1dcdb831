"""Who may say which answer solved a question."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Topic, TopicKind, WorkshopMember
from yanxiu.workshops.permissions.teams import can_moderate, takes_part


def can_accept(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """Who asked, and the leader team; also when the topic is locked."""
    if topic.kind != TopicKind.QUESTION or topic.deleted_at is not None:
        return False
    asked = topic.author_id == viewer.user_id and takes_part(viewer, topic.workshop, member)
    return asked or can_moderate(viewer, topic.workshop, member)
