"""Pages of notifications."""

from __future__ import annotations

from flask import Blueprint

from yanxiu.web.slots import Filler

bp = Blueprint("notifications", __name__)
blueprints = (bp,)
SLOTS: dict[str, Filler] = {}
