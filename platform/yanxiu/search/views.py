"""Pages of search."""

from __future__ import annotations

from flask import Blueprint

from yanxiu.web.slots import Filler

bp = Blueprint("search", __name__)
blueprints = (bp,)
SLOTS: dict[str, Filler] = {}
