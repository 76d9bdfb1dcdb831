"""管理: organizations, people, appointments, importing teachers, the audit log, the state of the system."""

from __future__ import annotations

from yanxiu.admin.views import appointments, audit, imports, organizations, overview, synonyms, system, users, watching
from yanxiu.admin.views.blueprint import bp
from yanxiu.web.slots import Filler

blueprints = (bp,)
SLOTS: dict[str, Filler] = {"dashboard_today": ("admin/_today.html", overview.today_for_administrators)}

__all__ = [
    "SLOTS",
    "appointments",
    "audit",
    "blueprints",
    "imports",
    "organizations",
    "overview",
    "synonyms",
    "system",
    "users",
    "watching",
]
