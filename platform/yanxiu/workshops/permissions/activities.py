"""Who may do what with an activity. `member` is the viewer's own row in the activity's workshop, or None."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Activity, Right, Workshop, WorkshopMember
from yanxiu.workshops.permissions.teams import (
    OVERSEEING_ROLES,
    can_view_workshop,
    has_right,
    takes_part,
)


def can_view_activity(viewer: Viewer, activity: Activity, member: WorkshopMember | None) -> bool:
    """Whoever sees the inside of the workshop; a cancelled one stays to be seen as cancelled."""
    return can_view_workshop(viewer, activity.workshop, member)


def can_organize(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Fixing, changing and cancelling activities: leaders, and helpers who have the right."""
    return has_right(viewer, workshop, member, Right.ACTIVITIES)


def can_host_activity(viewer: Viewer, activity: Activity, member: WorkshopMember | None) -> bool:
    """Showing the code and ticking names: the leader team, and the main speaker who is a member."""
    if activity.cancelled_at is not None:
        return False
    if can_organize(viewer, activity.workshop, member):
        return True
    return activity.speaker_id == viewer.user_id and takes_part(viewer, activity.workshop, member)


def can_read_attendance(viewer: Viewer, activity: Activity, member: WorkshopMember | None) -> bool:
    """Names of who came: the leader team and the speaker, and those who look after the school."""
    if can_organize(viewer, activity.workshop, member) or can_host_activity(viewer, activity, member):
        return True
    return viewer.is_authenticated and viewer.holds(OVERSEEING_ROLES, activity.workshop.organization.path)


def can_join_activity(viewer: Viewer, activity: Activity, member: WorkshopMember | None) -> bool:
    """Signing in, writing the record and handing in a reflection are for members, as long as it was not cancelled."""
    return activity.cancelled_at is None and takes_part(viewer, activity.workshop, member)
