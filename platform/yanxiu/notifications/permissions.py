"""A message is its reader's own business."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.notifications.models import Notification


def can_read_notification(viewer: Viewer, notification: Notification) -> bool:
    """Only the person it is for."""
    return viewer.is_authenticated and notification.user_id == viewer.user_id


def can_follow_inbox(viewer: Viewer, user_id: int) -> bool:
    """Only one's own."""
    return viewer.is_authenticated and viewer.user_id == user_id
