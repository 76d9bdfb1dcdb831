"""Who may put discussions in order: move, merge and split topics."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Right, Topic, Workshop, WorkshopMember
from yanxiu.workshops.permissions.teams import can_moderate, has_right


def can_rearrange(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """Whoever moderates the workshop."""
    return topic.deleted_at is None and can_moderate(viewer, topic.workshop, member)


def can_take_in(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """A topic is brought only where one is in the team oneself, with the right to moderate, while the workshop goes on."""
    return has_right(viewer, workshop, member, Right.MODERATE)
