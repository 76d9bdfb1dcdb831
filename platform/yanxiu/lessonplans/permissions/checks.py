"""Who reads the plans of others to say how good they are (查阅). Pure."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.models import PRIVATE, LessonPlan
from yanxiu.lessonplans.permissions.plans import Seat, can_view_plan, is_author, rests_with_workshop

CHECKERS = frozenset({"group_head", "principal", "school_admin"})


def can_check_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """The leaders of its workshop while that goes on, 教研组长 and 校长 of its author; never the author, never a private
    plan."""
    leads = seat.leads_workshop and not rests_with_workshop(plan)
    return _is_shown_to(viewer, plan, seat) and (leads or viewer.holds(CHECKERS, plan.organization.path))


def can_see_checks(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """What was said is for the author and for those who may say something themselves, or could before the end."""
    if plan.owner_id == viewer.user_id:
        return True
    return _is_shown_to(viewer, plan, seat) and (seat.leads_workshop or viewer.holds(CHECKERS, plan.organization.path))


def _is_shown_to(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    shared = plan.visibility != PRIVATE and plan.owner_id != viewer.user_id
    return shared and can_view_plan(viewer, plan, seat)


def can_see_history(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Each step with what was deleted and by whom: for who writes the plan and who checks it, not for readers.

    The record of an activity is before everybody in it from its first word.
    """
    if plan.is_record:
        return can_view_plan(viewer, plan, seat)
    return is_author(viewer, plan, seat) or can_see_checks(viewer, plan, seat)
