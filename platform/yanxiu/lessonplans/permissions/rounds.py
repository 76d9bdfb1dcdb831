"""Who suggests, who decides on a suggestion, who keeps a round. Pure."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.preparations import FINAL
from yanxiu.lessonplans.models.rounds import OPEN, Suggestion
from yanxiu.lessonplans.permissions.plans import Seat, can_view_plan, rests_with_workshop
from yanxiu.lessonplans.permissions.preparations import parts_of


def can_suggest(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Whoever may read the plan, until it is final."""
    return can_view_plan(viewer, plan, seat) and not rests_with_workshop(plan) and plan.phase != FINAL


def can_decide(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Say what becomes of a suggestion and keep a round: the lead author and who leads the group."""
    return bool(parts_of(viewer, plan, seat))


def can_withdraw(viewer: Viewer, suggestion: Suggestion) -> bool:
    """One's own, as long as nothing was decided."""
    return suggestion.state == OPEN and viewer.user_id in (suggestion.author_id, suggestion.recorder_id)
