"""Who may do what in a workshop. Pure: everything needed is passed in or loaded.

`member` is the viewer's own row in this workshop, or None. What happens inside a workshop
is seen by its members and by those whose appointment covers its owner organization
(county administrators and researchers, the principal and the administrators of the
school). Those overseers look; only members take part, so that a post always comes from
somebody on the list of members.
"""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import JoinMode, Right, Role, Workshop, WorkshopMember

OVERSEEING_ROLES = frozenset({"county_admin", "researcher", "principal", "school_admin"})
MANAGING_ROLES = frozenset({"county_admin"})
LEADER_TEAM = frozenset({Role.LEADER.value, Role.FACILITATOR.value})
MAX_LEADERS = 3


def is_member(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    return member is not None and member.user_id == viewer.user_id and member.workshop_id == workshop.id


def takes_part(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """A member of a workshop that goes on: one that was ended is there to be read."""
    return workshop.archived_at is None and is_member(viewer, workshop, member)


def has_role(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None, roles: frozenset[str]) -> bool:
    return member is not None and is_member(viewer, workshop, member) and member.role in roles


def rights_of(member: WorkshopMember | None) -> frozenset[str]:
    """What this place lets somebody do: a leader everything, a facilitator what a leader ticked, at first all."""
    every = frozenset(right.value for right in Right)
    if member is None or member.role not in LEADER_TEAM:
        return frozenset()
    if member.role == Role.LEADER or member.rights is None:
        return every
    return every & frozenset(member.rights.split(","))


def has_right(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None, right: Right) -> bool:
    """Whether the viewer's place in this workshop carries a right; it rests when the workshop has ended."""
    return takes_part(viewer, workshop, member) and right.value in rights_of(member)


def can_view_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Members and overseers see what happens inside."""
    if not viewer.is_authenticated:
        return False
    return is_member(viewer, workshop, member) or viewer.holds(OVERSEEING_ROLES, workshop.organization.path)


def can_find_workshop(
    viewer: Viewer, workshop: Workshop, member: WorkshopMember | None, *, invited: bool = False
) -> bool:
    """Teachers of the county see that an open or applying workshop exists, not its inside."""
    if can_view_workshop(viewer, workshop, member):
        return True
    if not viewer.is_authenticated:
        return False
    if invited:
        return True
    if workshop.join_mode == JoinMode.INVITE or not viewer.county_path:
        return False
    return workshop.organization.path.startswith(viewer.county_path)


def can_join_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Only an open workshop is joined without asking."""
    going = workshop.archived_at is None and workshop.join_mode == JoinMode.OPEN
    return going and member is None and can_find_workshop(viewer, workshop, member)


def can_apply(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Asking to join is for workshops that take applications."""
    going = workshop.archived_at is None and workshop.join_mode == JoinMode.APPLY
    return going and member is None and can_find_workshop(viewer, workshop, member)


def can_manage_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Settings, roles and removing people: leaders, and the county's administrators, while the workshop goes on."""
    return workshop.archived_at is None and can_end_workshop(viewer, workshop, member)


def can_end_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Ending a workshop, bringing it back, and making one for the next term out of it."""
    return has_role(viewer, workshop, member, frozenset({Role.LEADER.value})) or (
        viewer.is_authenticated and viewer.holds(MANAGING_ROLES, workshop.organization.path)
    )


def can_promote(viewer: Viewer, workshop: Workshop) -> bool:
    """What kind of workshop it is decides the county, also after its end."""
    return viewer.is_authenticated and viewer.holds(MANAGING_ROLES, workshop.organization.path)


def can_admit(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Inviting people, answering applications and sorting members into groups."""
    return has_right(viewer, workshop, member, Right.ADMIT) or can_manage_workshop(viewer, workshop, member)


def can_moderate(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Digest, locking, and taking back what others wrote."""
    return has_right(viewer, workshop, member, Right.MODERATE) or can_manage_workshop(viewer, workshop, member)


def can_announce(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Putting a topic on top for everybody."""
    return has_right(viewer, workshop, member, Right.ANNOUNCE) or can_manage_workshop(viewer, workshop, member)


def can_plan(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Writing and ordering the plan of the term."""
    return has_right(viewer, workshop, member, Right.PLAN) or can_manage_workshop(viewer, workshop, member)


def can_publish_topic(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Every member, unless the leader keeps topics to the team."""
    if not takes_part(viewer, workshop, member):
        return False
    if workshop.members_may_publish:
        return True
    team = LEADER_TEAM | {Role.MENTOR.value}
    return has_role(viewer, workshop, member, team)
