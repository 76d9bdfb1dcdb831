"""Lists of plans: mine, waiting, shared with me, a workshop's; and their places on other pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import STAGES, SUBJECTS
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.live import current_seq
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.models import COUNTY, SCHOOL, WORKSHOP
from yanxiu.lessonplans.queries.adaptations import reflections_waiting
from yanxiu.lessonplans.queries.checks import is_checker
from yanxiu.lessonplans.views.doors import bp
from yanxiu.web.auth import current_viewer
from yanxiu.web.slots import Filler
from yanxiu.workshops.queries import find_workshop, is_member, workshop_head_for

AMONG_MINE = {"own": "我主备的", "joined": "我参与的"}
AMONG_OTHERS = {WORKSHOP: "放在工作坊的", SCHOOL: "本校公开的", COUNTY: "本县公开的"}


@bp.get("/lesson-plans")
def index() -> ResponseReturnValue:
    """Show my plans and those waiting for me, or (`?show=shared`) those of my workshops, school and county."""
    viewer, cursor = current_viewer(), request.args.get("cursor")
    shared = request.args.get("show") == "shared"
    scopes = AMONG_OTHERS if shared else AMONG_MINE
    wanted = _wanted(scopes)
    page = (queries.shared_plans_page if shared else queries.my_plans_page)(viewer, wanted, cursor=cursor)
    waiting = [] if shared or cursor or wanted.narrows else queries.waiting_plans(viewer)
    return render_template(
        "lessonplans/index.html",
        page=page,
        copies=queries.copies_among(page.items),
        waiting=waiting,
        checker=is_checker(viewer),
        shared=shared,
        wanted=wanted,
        scopes=scopes,
        subjects=[(name, name) for name in SUBJECTS],
        stages=[(name, name) for name in STAGES],
    )


def _wanted(scopes: dict[str, str]) -> queries.PlanFilter:
    """The filter in the address; what it cannot mean is left out."""

    def one_of(name: str, known: Iterable[str]) -> str:
        value = request.args.get(name, "")
        return value if value in known else ""

    words = without_invisible(request.args.get("q", ""))[:60].strip()
    return queries.PlanFilter(words, one_of("subject", SUBJECTS), one_of("stage", STAGES), one_of("whose", scopes))


@bp.get("/workshops/<int:workshop_id>/lesson-plans")
def workshop(workshop_id: int) -> ResponseReturnValue:
    """Show a workshop's plans."""
    viewer = current_viewer()
    head = workshop_head_for(viewer, workshop_id)
    if head is None:
        raise NotFoundError
    page = queries.workshop_plans_page(viewer, workshop_id, cursor=request.args.get("cursor"))
    return render_template(
        "lessonplans/workshop.html",
        **head,
        page=page,
        seq=current_seq(f"workshop-plans:{workshop_id}"),
    )


@bp.get("/workshops/<int:workshop_id>/lesson-plans/items")
def workshop_items(workshop_id: int) -> ResponseReturnValue:
    """Answer the plans of a workshop that changed after `?since=`, for the live list."""
    viewer = current_viewer()
    if find_workshop(viewer, workshop_id) is None:
        raise NotFoundError
    seq = current_seq(f"workshop-plans:{workshop_id}")
    since = max(0, min(request.args.get("since", 0, type=int), seq))
    changes = queries.workshop_plans_since(viewer, workshop_id, since)
    response = make_response(render_template("lessonplans/_workshop_items.html", changes=changes))
    response.headers["X-Seq"] = str(seq if changes.seq is None else changes.seq)
    if changes.seq is not None:
        response.headers["X-More"] = "1"
    response.headers["Cache-Control"] = "no-store"
    return response


def _tab(viewer: Viewer, workshop: Any, **_more: Any) -> dict[str, Any]:
    return {"count": queries.count_workshop_plans(viewer, workshop.id)}


def _home(viewer: Viewer, workshop: Any, **_more: Any) -> dict[str, Any] | None:
    page = queries.workshop_plans_page(viewer, workshop.id, size=4)
    member = is_member(workshop.id, viewer.user_id)
    return {"plans": page.items, "member": member} if page.items or member else None


def _continue(viewer: Viewer, **_more: Any) -> dict[str, Any] | None:
    plans = queries.my_plans_page(viewer, size=3).items
    return {"plans": plans} if plans else None


def _waiting(viewer: Viewer, **_more: Any) -> dict[str, Any] | None:
    waiting, reflections = queries.waiting_plans(viewer, limit=5), reflections_waiting(viewer.user_id)
    return {"waiting": waiting, "reflections": reflections} if waiting or reflections else None


SLOTS: dict[str, Filler] = {
    "workshop_tabs": ("lessonplans/_workshop_tab.html", _tab),
    "workshop_home_main": ("lessonplans/_workshop_home.html", _home),
    "dashboard_today": ("lessonplans/_waiting_items.html", _waiting),
    "dashboard_continue": ("lessonplans/_continue_items.html", _continue),
}
