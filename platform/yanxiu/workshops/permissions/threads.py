"""Who may read, write and take back what is said in a workshop."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Post, Right, Topic, WorkshopMember
from yanxiu.workshops.permissions.teams import can_moderate, can_view_workshop, has_right, is_member, takes_part


def can_view_topic(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """A deleted topic does not exist for anybody."""
    return topic.deleted_at is None and can_view_workshop(viewer, topic.workshop, member)


def can_reply(viewer: Viewer, topic: Topic, member: WorkshopMember | None) -> bool:
    """Members; in a locked topic only those who moderate have the last word."""
    if topic.deleted_at is not None or not takes_part(viewer, topic.workshop, member):
        return False
    return topic.locked_at is None or has_right(viewer, topic.workshop, member, Right.MODERATE)


def can_like(viewer: Viewer, post: Post, member: WorkshopMember | None) -> bool:
    """Members, on anything that still stands."""
    return (
        post.withdrawn_at is None and post.topic.deleted_at is None and takes_part(viewer, post.topic.workshop, member)
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
    return post.author_id == viewer.user_id and takes_part(viewer, post.topic.workshop, member)


def can_read_withdrawn(viewer: Viewer, post: Post, member: WorkshopMember | None) -> bool:
    """Whoever wrote it and the leader team see what was taken back; for all others its place is empty."""
    mine = post.author_id == viewer.user_id and is_member(viewer, post.topic.workshop, member)
    return mine or can_moderate(viewer, post.topic.workshop, member)


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
    return topic.deleted_by_id == viewer.user_id and takes_part(viewer, topic.workshop, member)
