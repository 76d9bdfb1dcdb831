"""Who moves a 集体备课 from one phase to the next: a table, and the predicates that read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.models import PRIVATE, LessonPlan
from yanxiu.lessonplans.models.preparations import AGREED, ALONE, DRAFT, FINAL, REVIEW
from yanxiu.lessonplans.permissions.plans import Seat, can_view_plan, rests_with_workshop

LEAD, HEAD = "lead", "head"
"""The lead author (主备人), and whoever leads the group: the workshop's leaders, 教研组长, 校长, 教研员."""
HEADS = frozenset({"group_head", "principal", "school_admin", "researcher", "county_admin"})


@dataclass(frozen=True)
class Move:
    """One step. `back` means that it takes the last one back; nothing is lost by it."""

    start: str
    goal: str
    words: str
    who: frozenset[str]
    back: bool = False


_LEAD, _BOTH = frozenset({LEAD}), frozenset({LEAD, HEAD})
MOVES: tuple[Move, ...] = (
    Move(ALONE, DRAFT, "发起集体备课", _LEAD),
    Move(DRAFT, REVIEW, "请大家评议", _LEAD),
    Move(REVIEW, AGREED, "定为共案", _BOTH),
    Move(AGREED, FINAL, "定案", _BOTH),
    Move(DRAFT, ALONE, "不再集体备课", _LEAD, back=True),
    Move(REVIEW, DRAFT, "收回初案再改", _LEAD, back=True),
    Move(AGREED, REVIEW, "重新评议", _BOTH, back=True),
    Move(FINAL, AGREED, "撤回定案", _BOTH, back=True),
)


def parts_of(viewer: Viewer, plan: LessonPlan, seat: Seat) -> frozenset[str]:
    """What the viewer is in this preparation."""
    if not can_view_plan(viewer, plan, seat) or rests_with_workshop(plan):
        return frozenset()
    lead = {LEAD} if plan.owner_id == viewer.user_id else set()
    heads = seat.leads_workshop or (plan.visibility != PRIVATE and viewer.holds(HEADS, plan.organization.path))
    return frozenset(lead | ({HEAD} if heads else set()))


def moves_open_to(viewer: Viewer, plan: LessonPlan, seat: Seat) -> list[Move]:
    """The steps the viewer may take now, forward ones first."""
    parts = parts_of(viewer, plan, seat)
    return [move for move in MOVES if move.start == plan.phase and move.who & parts]


def can_adapt_plan(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """Make an own copy of the 共案: who belongs to the group, the lead author too, once there is one."""
    if plan.phase not in (AGREED, FINAL) or not can_view_plan(viewer, plan, seat) or rests_with_workshop(plan):
        return False
    return plan.owner_id == viewer.user_id or seat.member_role is not None or seat.in_workshop


def can_follow_adaptations(viewer: Viewer, plan: LessonPlan, seat: Seat) -> bool:
    """See who has made theirs, taught it and written a reflection: the lead author and who leads the group."""
    return bool(parts_of(viewer, plan, seat)) or (plan.owner_id == viewer.user_id)
