"""Pages of people: sign-in, settings, a person's page, help."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.views import help as help_pages
from yanxiu.accounts.views import people, settings, sign_in
from yanxiu.accounts.views.blueprint import bp

blueprints = (bp,)
SLOTS: dict[str, Any] = {}

__all__ = ["SLOTS", "blueprints", "help_pages", "people", "settings", "sign_in"]
