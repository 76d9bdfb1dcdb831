"""Pages of the workshops, one module for each kind of thing."""

from __future__ import annotations

from yanxiu.web.slots import Filler
from yanxiu.workshops.views import (
    activities,
    answers,
    archives,
    attendance,
    attention,
    bulletins,
    cloning,
    dashboard,
    debates,
    editing,
    insights,
    members,
    mirror,
    passages,
    peers,
    plan_progress,
    polls,
    posts,
    records,
    relocations,
    requirements,
    standing,
    task_slots,
    tasks,
    termplan,
    topics,
    work,
    workshops,
)
from yanxiu.workshops.views.frame import bp

blueprints = (bp,)
SLOTS: dict[str, Filler] = dashboard.SLOTS | activities.SLOTS
MORE_SLOTS: tuple[dict[str, Filler], ...] = (task_slots.SLOTS, passages.SLOTS)
"""What the nouns of this feature put into the same places, in this order."""

__all__ = [
    "MORE_SLOTS",
    "SLOTS",
    "activities",
    "answers",
    "archives",
    "attendance",
    "attention",
    "blueprints",
    "bp",
    "bulletins",
    "cloning",
    "debates",
    "editing",
    "insights",
    "members",
    "mirror",
    "passages",
    "peers",
    "plan_progress",
    "polls",
    "posts",
    "records",
    "relocations",
    "requirements",
    "standing",
    "tasks",
    "termplan",
    "topics",
    "work",
    "workshops",
]
