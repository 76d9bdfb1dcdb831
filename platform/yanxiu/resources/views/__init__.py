"""Pages of the resource bank."""

from __future__ import annotations

from yanxiu.resources.views import (
    arrivals,
    cards,
    collections,
    editing,
    import_arrivals,
    imports,
    library,
    origins,
    reviews,
    standards,
    subtitles,
    textbooks,
    uploads,
    usage,
    version_arrivals,
    voices,
)
from yanxiu.resources.views.blueprint import bp
from yanxiu.resources.views.slots import SLOTS as _SLOTS
from yanxiu.resources.views.term_plans import PLAN_TARGETS
from yanxiu.web.slots import Filler

__all__ = [
    "PLAN_TARGETS",
    "SLOTS",
    "arrivals",
    "blueprints",
    "cards",
    "collections",
    "editing",
    "import_arrivals",
    "imports",
    "library",
    "origins",
    "reviews",
    "standards",
    "subtitles",
    "textbooks",
    "uploads",
    "usage",
    "version_arrivals",
    "voices",
]

blueprints = (
    bp,
    arrivals.arrivals_bp,
    import_arrivals.import_arrivals_bp,
    version_arrivals.version_arrivals_bp,
)
SLOTS: dict[str, Filler] = _SLOTS
