"""What happens to lesson plans. Events carry ids; whoever must be told is named in them."""

from __future__ import annotations

from yanxiu.lessonplans.events.plans import (
    PlanChanged,
    PlanCreated,
    PlanDeleted,
    PlanEdited,
    PlanHandedOver,
    PlanMemberChanged,
    PlanMemberInvited,
    PlanMemberRemoved,
    PlanRestored,
    RevisionKept,
    RevisionRestored,
    RevisionSaved,
)

__all__ = [
    "PlanChanged",
    "PlanCreated",
    "PlanDeleted",
    "PlanEdited",
    "PlanHandedOver",
    "PlanMemberChanged",
    "PlanMemberInvited",
    "PlanMemberRemoved",
    "PlanRestored",
    "RevisionKept",
    "RevisionRestored",
    "RevisionSaved",
]
