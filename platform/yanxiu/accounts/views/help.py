"""帮助: keys and short how-tos."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from yanxiu.accounts.views.blueprint import bp
from yanxiu.web.auth import public


@bp.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """What the keys do and how the daily things go."""
    return render_template("accounts/help.html")
