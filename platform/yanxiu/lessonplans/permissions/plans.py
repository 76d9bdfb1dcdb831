"""Who may do what with a lesson plan. Pure: what is needed is passed in (`Seat`) or loaded on the plan.

A plan is written by its owner, by the people invited to write and, where the owner allows it, by the members of its
workshop. It is read by them, by invited readers and by whoever its visibility names. Those who look after the research
work of the owner's school look into plans that are not private. The record of an activity is read and written by whoever
may see and take part in the activity; nobody owns it.
"""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.collab.protocol import Role
from yanxiu.lessonplans.models import COUNTY, FROZEN, PRIVATE, SCHOOL, WRITER, LessonPlan
from yanxiu.workshops.models import WorkshopMember
from yanxiu.workshops.permissions import can_join_activity, can_view_activity

SCHOOL_ROLES = frozenset({"principal", "school_admin"})


@dataclass(frozen=True)
class Seat:
    """What binds a viewer to a plan: an invitation, a place in its workshop; `place` is that in the activity's."""

    member_role: str | None = None
    in_workshop: bool = False
    leads_workshop: bool = False
    place: WorkshopMember | None = None


NO_SEAT = Seat()


def can_view_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whoever may write, is invited, or is meant by the plan's visibility."""
    if not viewer.is_authenticated or plan.deleted_at is not None:
        return False
    if plan.activity is not None:
        return can_view_activity(viewer, plan.activity, seat.place)
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


def is_frozen(plan: LessonPlan) -> bool:
    """Whether the group agreed on it: it is a version now, and each teacher works in an own copy."""
    return plan.phase in FROZEN


def can_write_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """The owner, invited writers, the workshop's leaders, and its members unless the owner said otherwise.

    Nobody while it rests with its workshop; the owner can take it out. Nobody either once it is the 共案.
    """
    if not viewer.is_authenticated or plan.deleted_at is not None or rests_with_workshop(plan) or is_frozen(plan):
        return False
    if plan.activity is not None:
        return can_join_activity(viewer, plan.activity, seat.place)
    return is_author(viewer, plan, seat)


def can_propose(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Suggest changes (修订) in the text without being one who writes it: who may comment, where the owner allows it."""
    closed = plan.is_record or rests_with_workshop(plan) or is_frozen(plan)
    if closed or not plan.readers_propose or not can_view_plan(viewer, plan, seat):
        return False
    return not can_write_plan(viewer, plan, seat)


def role_in(viewer: Viewer, plan: LessonPlan, seat: Seat) -> Role | None:
    """What the viewer may do in the document; None: nothing, not even see it."""
    if can_write_plan(viewer, plan, seat):
        return "write"
    if can_propose(viewer, plan, seat):
        return "suggest"
    return "read" if can_view_plan(viewer, plan, seat) else None


def is_author(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whether this is one of those who write the plan, also while nobody may."""
    if plan.owner_id == viewer.user_id or seat.member_role == WRITER:
        return True
    if plan.workshop_id is None or plan.visibility == PRIVATE:
        return False
    return seat.leads_workshop or (seat.in_workshop and plan.workshop_writes)


def can_manage_plan(viewer: Viewer, plan: LessonPlan) -> bool:
    """Card, members, visibility and deleting: the owner."""
    return _owns(viewer, plan) and plan.deleted_at is None


def can_hand_over_plan(viewer: Viewer, plan: LessonPlan) -> bool:
    """The owner; where the owner's account is closed, who administers the plan's school, private or not."""
    if not viewer.is_authenticated or plan.deleted_at is not None or plan.is_record:
        return False
    if plan.owner_id == viewer.user_id:
        return True
    return not plan.owner.is_active and viewer.is_admin_over(plan.organization.path)


def can_undelete_plan(viewer: Viewer, plan: LessonPlan) -> bool:
    """The owner brings back what the owner deleted."""
    return _owns(viewer, plan) and plan.deleted_at is not None


def can_leave_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whoever was invited may say goodbye."""
    return plan.owner_id != viewer.user_id and seat.member_role is not None


def _owns(viewer: Viewer, plan: LessonPlan) -> bool:
    return viewer.is_authenticated and not plan.is_record and plan.owner_id == viewer.user_id
