"""Who may do what with a lesson plan. Pure: what is needed is passed in (`Seat`) or loaded on the plan.

A plan is written by its owner, by the people invited to write and, where the owner allows it, by the members of its
workshop. It is read by them, by invited readers and by whoever its visibility names. Those who look after the research
work of the owner's school look into plans that are not private.
"""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.models import COUNTY, PRIVATE, SCHOOL, WRITER, LessonPlan

SCHOOL_ROLES = frozenset({"principal", "school_admin"})


@dataclass(frozen=True)
class Seat:
    """What binds a viewer to a plan: an invitation, a place in its workshop."""

    member_role: str | None = None
    in_workshop: bool = False
    leads_workshop: bool = False


NO_SEAT = Seat()


def can_view_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whoever may write, is invited, or is meant by the plan's visibility."""
    if not viewer.is_authenticated or plan.deleted_at is not None:
        return False
    if plan.owner_id == viewer.user_id or seat.member_role is not None or seat.leads_workshop:
        return True
    if plan.visibility == PRIVATE:
        return False
    if seat.in_workshop or _looks_after(viewer, plan):
        return True
    if plan.visibility == SCHOOL:
        return plan.school_id is not None and plan.school_id == viewer.school_id
    return plan.visibility == COUNTY and plan.county_id is not None and plan.county_id == viewer.county_id


def _looks_after(viewer: Viewer, plan: LessonPlan) -> bool:
    path = plan.organization.path
    return viewer.researches(path) or viewer.holds(SCHOOL_ROLES, path)


def rests_with_workshop(plan: LessonPlan) -> bool:
    """Whether the plan is shown in a workshop that has ended: then it is there to be read, like all in it."""
    workshop = plan.workshop
    return workshop is not None and workshop.archived_at is not None and plan.visibility != PRIVATE


def can_write_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """The owner, invited writers, the workshop's leaders, and its members unless the owner said otherwise.

    Nobody while it rests with its workshop; the owner can take it out.
    """
    if not viewer.is_authenticated or plan.deleted_at is not None or rests_with_workshop(plan):
        return False
    if plan.owner_id == viewer.user_id or seat.member_role == WRITER:
        return True
    if plan.workshop_id is None or plan.visibility == PRIVATE:
        return False
    return seat.leads_workshop or (seat.in_workshop and plan.workshop_writes)


def can_manage_plan(viewer: Viewer, plan: LessonPlan) -> bool:
    """Card, members, visibility and deleting: the owner."""
    return viewer.is_authenticated and plan.deleted_at is None and plan.owner_id == viewer.user_id


def can_hand_over_plan(viewer: Viewer, plan: LessonPlan) -> bool:
    """The owner; where the owner's account is closed, who administers the plan's school, private or not."""
    if not viewer.is_authenticated or plan.deleted_at is not None:
        return False
    if plan.owner_id == viewer.user_id:
        return True
    return not plan.owner.is_active and viewer.is_admin_over(plan.organization.path)


def can_undelete_plan(viewer: Viewer, plan: LessonPlan) -> bool:
    """The owner brings back what the owner deleted."""
    return viewer.is_authenticated and plan.deleted_at is not None and plan.owner_id == viewer.user_id


def can_leave_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whoever was invited may say goodbye."""
    return plan.owner_id != viewer.user_id and seat.member_role is not None
