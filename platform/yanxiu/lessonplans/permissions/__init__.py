"""Who may do what with a lesson plan. Pure: what is needed is passed in or loaded on the plan."""

from __future__ import annotations

from yanxiu.lessonplans.permissions.plans import (
    NO_SEAT,
    SCHOOL_ROLES,
    Seat,
    can_hand_over_plan,
    can_leave_plan,
    can_manage_plan,
    can_propose,
    can_undelete_plan,
    can_view_plan,
    can_write_plan,
    is_frozen,
    rests_with_workshop,
    role_in,
)

__all__ = [
    "NO_SEAT",
    "SCHOOL_ROLES",
    "Seat",
    "can_hand_over_plan",
    "can_leave_plan",
    "can_manage_plan",
    "can_propose",
    "can_undelete_plan",
    "can_view_plan",
    "can_write_plan",
    "is_frozen",
    "rests_with_workshop",
    "role_in",
]
