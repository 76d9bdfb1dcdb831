"""Who says what a topic asks of every member, of whom it is asked, and who sees how far they are."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Workshop, WorkshopMember
from yanxiu.workshops.permissions.attention import can_see_insights
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.permissions.teams import can_moderate, has_role

ASKED = HANDING_IN
"""As with tasks, who leads or guides is not counted."""


def can_require(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """The leader team."""
    return can_moderate(viewer, workshop, member)


def can_see_progress(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Who asks, and who sees the figures of the workshop."""
    return can_require(viewer, workshop, member) or can_see_insights(viewer, workshop, member)


def is_asked(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Whether what is asked of members is asked of the viewer."""
    return has_role(viewer, workshop, member, ASKED)
