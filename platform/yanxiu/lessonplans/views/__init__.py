"""Pages of lesson plans, one module for each kind of thing."""

from __future__ import annotations

from yanxiu.lessonplans.views import (
    adaptations,
    checks,
    comments,
    copies,
    documents,
    fillings,
    history,
    imports,
    layouts,
    lists,
    people,
    plans,
    preparations,
    records,
    revisions,
    rounds,
    templates,
    word,
)
from yanxiu.lessonplans.views.doors import bp
from yanxiu.lessonplans.views.term_plans import PLAN_TARGETS
from yanxiu.web.slots import Filler

blueprints = (bp,)
SLOTS: dict[str, Filler] = lists.SLOTS | records.SLOTS

__all__ = [
    "PLAN_TARGETS",
    "SLOTS",
    "adaptations",
    "blueprints",
    "bp",
    "checks",
    "comments",
    "copies",
    "documents",
    "fillings",
    "history",
    "imports",
    "layouts",
    "lists",
    "people",
    "plans",
    "preparations",
    "records",
    "revisions",
    "rounds",
    "templates",
    "word",
]
