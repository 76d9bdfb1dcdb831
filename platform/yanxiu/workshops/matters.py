"""What a leader keeps an eye on, and when it becomes one's business: the terms of the three-minute list."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

UNANSWERED_AFTER = timedelta(hours=48)
QUIET_DAYS = 14
OVERDUE_SHOWN = timedelta(days=14)
UNDATED_AFTER = timedelta(days=7)
"""Replies that were asked for without an end wait for so long before they are brought up."""


class Matter(StrEnum):
    """What people can be reminded of."""

    ANNOUNCEMENT = "announcement"
    UNANSWERED = "unanswered"
    AWAY = "away"
    SILENT = "silent"
    TASK = "task"
    REPLIES = "replies"
    BULLETIN = "bulletin"
