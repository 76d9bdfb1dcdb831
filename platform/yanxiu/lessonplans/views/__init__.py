"""Pages of lesson plans, one module for each kind of thing."""

from __future__ import annotations

from yanxiu.lessonplans.views import documents, lists, people, plans, revisions
from yanxiu.lessonplans.views.doors import bp
from yanxiu.lessonplans.views.term_plans import PLAN_TARGETS
from yanxiu.web.slots import Filler

blueprints = (bp,)
SLOTS: dict[str, Filler] = lists.SLOTS

__all__ = ["PLAN_TARGETS", "SLOTS", "blueprints", "bp", "documents", "lists", "people", "plans", "revisions"]
