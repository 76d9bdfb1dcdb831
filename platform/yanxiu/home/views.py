"""Pages of the front: 工作台 for those signed in, the public page for everybody else."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from yanxiu.web.auth import current_viewer, public
from yanxiu.web.slots import Filler

bp = Blueprint("home", __name__)
blueprints = (bp,)
SLOTS: dict[str, Filler] = {}


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """Show 工作台, or the public front page."""
    page = "home/dashboard.html" if current_viewer().is_authenticated else "home/front.html"
    return render_template(page)
