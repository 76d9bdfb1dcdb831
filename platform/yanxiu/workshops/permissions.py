"""Who may do what in a workshop. Pure: everything needed is passed in or loaded.

`member` is the viewer's own row in this workshop, or None. What happens inside a workshop
is seen by its members and by those whose appointment covers its owner organization
(county administrators and researchers, the principal and the administrators of the
school). Those overseers look; only members take part, so that a post always comes from
somebody on the list of members.
"""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import JoinMode, Post, Role, Topic, Workshop, WorkshopMember

OVERSEEING_ROLES = frozenset({"county_admin", "researcher", "principal", "school_admin"})
MANAGING_ROLES = frozenset({"county_admin"})
LEADER_TEAM = frozenset({Role.LEADER.value, Role.FACILITATOR.value})
MAX_LEADERS = 3


def _is_member(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    return member is not None and member.user_id == viewer.user_id and member.workshop_id == workshop.id


def _has_role(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None, roles: frozenset[str]) -> bool:
    return member is not None and _is_member(viewer, workshop, member) and member.role in roles


def can_view_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Members and overseers see what happens inside."""
    if not viewer.is_authenticated:
        return False
    return _is_member(viewer, workshop, member) or viewer.holds(OVERSEEING_ROLES, workshop.organization.path)


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
    return workshop.join_mode == JoinMode.OPEN and member is None and can_find_workshop(viewer, workshop, member)


def can_apply(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Asking to join is for workshops that take applications."""
    return workshop.join_mode == JoinMode.APPLY and member is None and can_find_workshop(viewer, workshop, member)


def can_manage_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Settings, roles and removing people: leaders, and the county's administrators."""
    return _has_role(viewer, workshop, member, frozenset({Role.LEADER.value})) or (
        viewer.is_authenticated and viewer.holds(MANAGING_ROLES, workshop.organization.path)
    )


def can_admit(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Inviting people, answering applications and sorting members into groups."""
    return _has_role(viewer, workshop, member, LEADER_TEAM) or can_manage_workshop(viewer, workshop, member)


def can_moderate(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Pinning, digest, locking, and taking back what others wrote."""
    return can_admit(viewer, workshop, member)


def can_publish_topic(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Every member, unless the leader keeps topics to the team."""
    if not _is_member(viewer, workshop, member):
        return False
    if workshop.members_may_publish:
        return True
    team = LEADER_TEAM | {Role.MENTOR.value}
    return _has_role(viewer, workshop, member, team)


def can_view_topic(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """A deleted topic does not exist for anybody."""
    return topic.deleted_at is None and can_view_workshop(viewer, topic.workshop, member)


def can_reply(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """Members; in a locked topic only the leader team has the last word."""
    if topic.deleted_at is not None or not _is_member(viewer, topic.workshop, member):
        return False
    return topic.locked_at is None or _has_role(viewer, topic.workshop, member, LEADER_TEAM)


def can_like(viewer: Viewer, post: Post, member: WorkshopMember | None) -> bool:
    """Members, on anything that still stands."""
    return (
        post.withdrawn_at is None and post.topic.deleted_at is None and _is_member(viewer, post.topic.workshop, member)
    )


def can_edit_post(viewer: Viewer, post: Post, member: WorkshopMember | None) -> bool:
    """One's own words only: a leader may withdraw a post, never rewrite it."""
    return post.author_id == viewer.user_id and post.withdrawn_at is None and can_reply(viewer, post.topic, member)


def can_withdraw_post(viewer: Viewer, post: Post, member: WorkshopMember | None) -> bool:
    """Its author or the leader team; the opener goes only with its topic."""
    if post.is_opener or post.topic.deleted_at is not None:
        return False
    if can_moderate(viewer, post.topic.workshop, member):
        return True
    return post.author_id == viewer.user_id and _is_member(viewer, post.topic.workshop, member)


def can_restore_post(viewer: Viewer, post: Post, member: WorkshopMember | None) -> bool:
    """The leader team, or the author as long as the author took it back: a leader's word is not undone by others."""
    if not can_withdraw_post(viewer, post, member):
        return False
    return can_moderate(viewer, post.topic.workshop, member) or post.withdrawn_by_id == viewer.user_id


def can_edit_topic(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """The title and the opening text belong to the author."""
    return topic.author_id == viewer.user_id and can_reply(viewer, topic, member)


def can_delete_topic(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """The leader team, or the author as long as nobody has answered."""
    if topic.deleted_at is not None:
        return False
    if can_moderate(viewer, topic.workshop, member):
        return True
    return topic.replies_count == 0 and can_edit_topic(viewer, topic, member)


def can_restore_topic(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """The leader team, or whoever deleted it and still belongs here."""
    if topic.deleted_at is None:
        return False
    if can_moderate(viewer, topic.workshop, member):
        return True
    return topic.deleted_by_id == viewer.user_id and _is_member(viewer, topic.workshop, member)
