"""Pages of the workshops, one module for each kind of thing."""

from __future__ import annotations

from yanxiu.web.slots import Filler
from yanxiu.workshops.views import activities, attention, dashboard, members, posts, topics, workshops
from yanxiu.workshops.views.frame import bp

blueprints = (bp,)
SLOTS: dict[str, Filler] = dashboard.SLOTS | activities.SLOTS

__all__ = ["SLOTS", "activities", "attention", "blueprints", "bp", "members", "posts", "topics", "workshops"]
