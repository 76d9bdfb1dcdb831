"""概况: what this person manages, in figures that open the rows behind them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from yanxiu.accounts.queries import PeopleFilter, count_people, tree_in_reach
from yanxiu.admin.views.blueprint import bp, tabs
from yanxiu.web.auth import current_viewer


@bp.get("")
def index() -> ResponseReturnValue:
    """Figures and the schools."""
    viewer = current_viewer()
    nodes = tree_in_reach(viewer)
    schools = [node for node in nodes if node.organization.kind in ("school", "center")]
    return render_template(
        "admin/index.html",
        admin_tabs=tabs(viewer),
        schools=schools,
        people=count_people(viewer, PeopleFilter()),
        waiting=count_people(viewer, PeopleFilter(state="waiting")),
        closed=count_people(viewer, PeopleFilter(state="closed")),
    )
