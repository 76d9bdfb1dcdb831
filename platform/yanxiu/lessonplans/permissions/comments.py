"""Who comments on the text of a plan. Pure."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.comments import PlanComment
from yanxiu.lessonplans.permissions.plans import Seat, can_view_plan, is_author, is_frozen, rests_with_workshop


def can_comment(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whoever may read the plan, also who may not write it; once it is agreed on, comments are there to be read."""
    closed = plan.is_record or rests_with_workshop(plan) or is_frozen(plan)
    return can_view_plan(viewer, plan, seat) and not closed


def can_list_people(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Be offered the names behind an @: its people, its workshop, its school; not every reader of the county."""
    at_home = plan.school_id is not None and plan.school_id == viewer.school_id
    inside = plan.owner_id == viewer.user_id or seat.member_role is not None or seat.in_workshop or at_home
    return inside and can_comment(viewer, plan, seat)


def can_resolve_comments(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Tick off what others said: who writes the plan."""
    return can_comment(viewer, plan, seat) and is_author(viewer, plan, seat)


def can_resolve_comment(viewer: Viewer, plan: LessonPlan, seat: Seat, comment: PlanComment) -> bool:
    """One's own, or as one who writes the plan."""
    own = comment.author_id == viewer.user_id and can_comment(viewer, plan, seat)
    return own or can_resolve_comments(viewer, plan, seat)


def can_withdraw_comment(viewer: Viewer, plan: LessonPlan, seat: Seat, comment: PlanComment) -> bool:
    """One's own, as long as nothing was decided on it."""
    return comment.author_id == viewer.user_id and not comment.verdict and can_comment(viewer, plan, seat)
