"""Reads of the workshops: teams, threads, and what others need to know about them."""

from yanxiu.workshops.queries.members import member_ids
from yanxiu.workshops.queries.teams import (
    Seat,
    find_seat,
    find_workshop,
    has_ended,
    is_leader,
    is_member,
    membership_of,
    memberships_in,
    visible_workshop_ids,
    workshop_head_for,
    workshop_ids_below,
    workshop_ids_of,
    workshop_options,
    workshops_of,
)
from yanxiu.workshops.queries.threads import find_post, find_topic

__all__ = [
    "Seat",
    "find_post",
    "find_seat",
    "find_topic",
    "find_workshop",
    "has_ended",
    "is_leader",
    "is_member",
    "member_ids",
    "membership_of",
    "memberships_in",
    "visible_workshop_ids",
    "workshop_head_for",
    "workshop_ids_below",
    "workshop_ids_of",
    "workshop_options",
    "workshops_of",
]
