"""我上过了, figures of use, and taking something down."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from yanxiu.core import clock
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.figures_sheet import figures_book
from yanxiu.resources.forms import TakedownForm, UseForm
from yanxiu.resources.import_sheet import XLSX
from yanxiu.resources.permissions import can_read_school_figures, can_take_down
from yanxiu.resources.queries.figures import (
    FIGURES,
    SORTS,
    figures_by_month,
    figures_by_resource,
    figures_by_teacher,
    looked_at,
    looked_at_in,
)
from yanxiu.resources.queries.usage import scope_of, usage_figures, usage_page
from yanxiu.resources.services.usage import report_use, take_down, withdraw_use
from yanxiu.resources.views.blueprint import bp, load_for, load_resource, viewer_workshops
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import Form


@bp.get("/resources/figures")
def figures() -> str:
    """How one's own resources are used; who leads the school also sees the school's (`?of=school`), by teacher."""
    school, scope = _scope()
    sort = request.args.get("sort", "")
    page = usage_page(scope, request.args.get("cursor"))
    return render_template(
        "resources/figures.html",
        figures=usage_figures(scope),
        looked=looked_at_in(scope),
        page=page,
        each=looked_at([resource.id for resource in page.items]),
        months=figures_by_month(scope, clock.today()),
        teachers=figures_by_teacher(scope, sort) if school else [],
        sort=sort if sort in SORTS else "downloads",
        sorts=SORTS,
        names=FIGURES,
        school=school,
        may_school=can_read_school_figures(current_viewer()),
    )


@bp.get("/resources/figures.xlsx")
def figures_file() -> Response:
    """The same as an Excel file, with every resource."""
    school, scope = _scope()
    title = f"{'本校' if school else '我的'}资源使用情况 {clock.today():%Y-%m-%d}"
    teachers = figures_by_teacher(scope, request.args.get("sort", "")) if school else []
    body = figures_book(title, *figures_by_resource(scope), figures_by_month(scope, clock.today()), teachers)
    answer = Response(body, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title + '.xlsx', safe='')}"
    return answer


def _scope() -> tuple[bool, ColumnElement[bool]]:
    viewer = current_viewer()
    school = can_read_school_figures(viewer) and request.args.get("of") == "school"
    return school, scope_of(viewer, viewer_workshops(), school=school)


@bp.post("/resources/<int:resource_id>/uses")
def add_use(resource_id: int) -> ResponseReturnValue:
    """Say that one taught with it."""
    form = UseForm()
    _require(form)
    with unit_of_work():
        report_use(current_actor(), load_resource(resource_id), form.taught_on.data, form.note.data or "")
    flash("记下了，作者会知道您用过", "success")
    return redirect(url_for("resources.show", resource_id=resource_id) + "#uses")


@bp.post("/resources/<int:resource_id>/uses/<int:use_id>/removal")
def remove_use(resource_id: int, use_id: int) -> ResponseReturnValue:
    """Take it back."""
    with unit_of_work():
        withdraw_use(current_actor(), load_resource(resource_id), use_id)
    flash("已撤回", "success")
    return redirect(url_for("resources.show", resource_id=resource_id) + "#uses")


@bp.post("/resources/<int:resource_id>/takedown")
def takedown(resource_id: int) -> ResponseReturnValue:
    """Take a resource down with a reason; the page that follows offers the way back."""
    load_for(can_take_down, resource_id)
    form = TakedownForm()
    _require(form)
    with unit_of_work():
        take_down(current_actor(), load_for(can_take_down, resource_id), form.reason.data or "")
    return redirect(url_for("resources.show", resource_id=resource_id))


def _require(form: Form) -> None:
    """These forms have one or two fields: what is wrong is said on a page of its own."""
    if not form.validate():
        name, messages = next(iter(form.errors.items()))
        raise InvalidError(str(messages[0]), field=name)
