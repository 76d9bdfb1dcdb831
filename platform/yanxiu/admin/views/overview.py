"""概况: what this person manages, in figures that open the rows behind them."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import Viewer, can_enter_admin
from yanxiu.accounts.queries import PeopleFilter, count_people, count_unconfirmed_imports, tree_in_reach
from yanxiu.admin.views.blueprint import bp, tabs
from yanxiu.observations.queries.watching import watching_years
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
        watching_years=watching_years(viewer),
    )


def today_for_administrators(viewer: Viewer) -> dict[str, Any] | None:
    """What waits for an administrator on the 工作台; None when nothing does."""
    if not can_enter_admin(viewer):
        return None
    waiting, lists = count_people(viewer, PeopleFilter(state="waiting")), count_unconfirmed_imports(viewer)
    return {"waiting": waiting, "lists": lists} if waiting or lists else None
