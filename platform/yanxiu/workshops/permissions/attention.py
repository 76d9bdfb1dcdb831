"""Who looks after a workshop: sees who took part, and reminds."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Role, Workshop, WorkshopMember
from yanxiu.workshops.permissions.teams import LEADER_TEAM, OVERSEEING_ROLES, can_admit, has_role

TEAM = LEADER_TEAM | {Role.MENTOR.value}


def can_see_insights(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Figures by name, and who has opened an announcement: the team, and those who oversee the workshop."""
    if has_role(viewer, workshop, member, TEAM):
        return True
    return viewer.is_authenticated and viewer.holds(OVERSEEING_ROLES, workshop.organization.path)


def can_remind(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Those who lead; who only guides or oversees looks."""
    return can_admit(viewer, workshop, member)
