"""组织: the tree, one node, its children."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import ORGANIZATION_KINDS
from yanxiu.accounts.models import Organization
from yanxiu.accounts.permissions import can_close_organization, can_move_organization
from yanxiu.accounts.queries import organization_in_reach, organizations_in_reach, tree_in_reach
from yanxiu.accounts.services import (
    CONTAINERS,
    close_organization,
    create_organization,
    move_organization,
    rename_organization,
    reopen_organization,
)
from yanxiu.admin.forms import MoveForm, NewOrganizationForm, OrganizationForm
from yanxiu.admin.views.blueprint import bp, query_int, tabs
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted, select_choices


def in_reach(organization_id: int | None, field: str | None = None) -> Organization:
    """Return a place the viewer manages; as a form's value it is refused beside its field, else it does not exist."""
    found = organization_in_reach(current_viewer(), organization_id) if organization_id is not None else None
    if found is None:
        raise InvalidError("请选择单位", field=field) if field else NotFoundError()
    return found


def place_choices(kinds: frozenset[str] | None = None) -> list[tuple[int, str]]:
    """Return the places the viewer manages for a select, indented as a tree."""
    nodes = tree_in_reach(current_viewer())
    return [
        (node.organization.id, "　" * node.depth + node.organization.name)
        for node in nodes
        if kinds is None or node.organization.kind in kinds
    ]


@bp.get("/organizations")
def organizations() -> ResponseReturnValue:
    """The tree one manages."""
    closed = request.args.get("closed") == "1"
    return render_template(
        "admin/organizations.html",
        admin_tabs=tabs(current_viewer()),
        nodes=tree_in_reach(current_viewer(), closed=closed),
        kinds=ORGANIZATION_KINDS,
        closed=closed,
    )


@bp.route("/organizations/new", methods=["GET", "POST"])
def new_organization() -> ResponseReturnValue:
    """Add a place below one that is managed."""
    form = NewOrganizationForm(data={"parent_id": query_int("parent")} if request.method == "GET" else None)
    form.parent_id.choices = select_choices(_parents())
    form.kind.choices = select_choices(_kinds_in_reach())

    def act() -> None:
        parent = in_reach(form.parent_id.data, "parent_id")
        create_organization(current_actor(), parent, form.kind.data, form.name.data or "", form.short_name.data or "")

    if accepted(form, act):
        flash(f"已新建“{form.name.data}”", "success")
        return redirect(url_for("admin.organizations"))
    return (
        render_template("admin/organization_new.html", form=form, admin_tabs=tabs(current_viewer())),
        form.status,
    )


@bp.route("/organizations/<int:organization_id>", methods=["GET", "POST"])
def organization(organization_id: int) -> ResponseReturnValue:
    """One place: names, introduction, and what can be done with it."""
    place = in_reach(organization_id)
    form = OrganizationForm(obj=place)

    def act() -> None:
        rename_organization(
            current_actor(),
            in_reach(organization_id),
            form.name.data or "",
            form.short_name.data or "",
            form.introduction.data or "",
        )

    if accepted(form, act):
        flash("已保存", "success")
        return redirect(url_for("admin.organization", organization_id=organization_id))
    return _page(organization_id, form, MoveForm(formdata=None)), form.status


@bp.post("/organizations/<int:organization_id>/parent")
def move_organization_to(organization_id: int) -> ResponseReturnValue:
    """Put a place under another parent."""
    in_reach(organization_id)
    form = MoveForm()
    form.parent_id.choices = select_choices(_new_parents(in_reach(organization_id)))

    def act() -> None:
        place, parent = in_reach(organization_id), in_reach(form.parent_id.data, "parent_id")
        if not can_move_organization(current_viewer(), place, parent):
            raise ForbiddenError
        move_organization(current_actor(), place, parent)

    if accepted(form, act):
        flash("已移动，上级单位的管理权限同时生效", "success")
        return redirect(url_for("admin.organization", organization_id=organization_id))
    place = in_reach(organization_id)
    return _page(organization_id, OrganizationForm(formdata=None, obj=place), form), form.status


@bp.post("/organizations/<int:organization_id>/closure")
def close_organization_now(organization_id: int) -> ResponseReturnValue:
    """Close a place that nobody needs."""
    with unit_of_work():
        place = in_reach(organization_id)
        if not can_close_organization(current_viewer(), place):
            raise ForbiddenError
        close_organization(current_actor(), place)
    flash("已关闭，可以随时恢复", "success")
    return redirect(url_for("admin.organization", organization_id=organization_id))


@bp.post("/organizations/<int:organization_id>/reopening")
def reopen_organization_now(organization_id: int) -> ResponseReturnValue:
    """Open a closed place again."""
    with unit_of_work():
        place = in_reach(organization_id)
        if not can_close_organization(current_viewer(), place):
            raise ForbiddenError
        reopen_organization(current_actor(), place)
    flash("已恢复", "success")
    return redirect(url_for("admin.organization", organization_id=organization_id))


def _page(organization_id: int, form: OrganizationForm, move_form: MoveForm) -> str:
    place, viewer = in_reach(organization_id), current_viewer()
    if not move_form.is_submitted():
        move_form.parent_id.choices = select_choices(_new_parents(place))
        move_form.parent_id.data = place.parent_id
    may_move = place.parent is not None and can_move_organization(viewer, place, place.parent)
    return render_template(
        "admin/organization.html",
        admin_tabs=tabs(viewer),
        place=place,
        kind=ORGANIZATION_KINDS[place.kind],
        children=[o for o in organizations_in_reach(viewer) if o.parent_id == place.id],
        kinds=ORGANIZATION_KINDS,
        form=form,
        move_form=move_form if may_move and move_form.parent_id.choices else None,
        may_close=can_close_organization(viewer, place),
    )


def _parents() -> list[tuple[int, str]]:
    may_contain = frozenset(kind for kinds in CONTAINERS.values() for kind in kinds)
    return place_choices(may_contain)


def _kinds_in_reach() -> list[tuple[str, str]]:
    """Only kinds that fit under something this person manages."""
    present = {place.kind for place in organizations_in_reach(current_viewer())}
    return [(kind, label) for kind, label in ORGANIZATION_KINDS.items() if present.intersection(CONTAINERS[kind])]


def _new_parents(place: Organization) -> list[tuple[int, str]]:
    inside = {o.id for o in organizations_in_reach(current_viewer(), closed=True) if o.path.startswith(place.path)}
    return [(key, text) for key, text in place_choices(frozenset(CONTAINERS[place.kind])) if key not in inside]
