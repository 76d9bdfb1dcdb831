"""Pages of search: `pages` finding, `saved` the searches somebody keeps."""

from __future__ import annotations

from yanxiu.search.views import pages, saved
from yanxiu.web.slots import Filler

__all__ = ["SLOTS", "blueprints", "pages", "saved"]

blueprints = (pages.bp, saved.bp)
SLOTS: dict[str, Filler] = {}
