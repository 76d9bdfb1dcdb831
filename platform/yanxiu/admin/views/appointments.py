"""任职: who holds which role where."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import APPOINTED_BY, ROLE_PLACES, ROLES
from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import can_appoint
from yanxiu.accounts.queries import appointment_in_reach, appointments_page, person_in_reach, person_named_in_reach
from yanxiu.accounts.services import appoint, end_appointment
from yanxiu.admin.forms import AppointmentForm
from yanxiu.admin.views.blueprint import bp, query_int, query_text, tabs
from yanxiu.admin.views.organizations import in_reach, place_choices
from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted, select_choices


@bp.get("/appointments")
def appointments() -> ResponseReturnValue:
    """Roles held at the places one manages."""
    viewer, ended = current_viewer(), request.args.get("state") == "ended"
    role, text, place = query_text("role"), query_text("q"), query_int("organization")
    page = appointments_page(
        viewer, role=role, organization_id=place, text=text, ended=ended, cursor=request.args.get("cursor")
    )
    return render_template(
        "admin/appointments.html",
        admin_tabs=tabs(viewer),
        page=page,
        roles=ROLES,
        role=role,
        text=text,
        place=place,
        places=place_choices(),
        ended=ended,
        today=clock.today(),
        endable={a.id for a in page.items if can_appoint(viewer, a.role, a.organization)},
    )


@bp.route("/appointments/new", methods=["GET", "POST"])
def new_appointment() -> ResponseReturnValue:
    """Give somebody a role."""
    form = AppointmentForm(data=_prefilled() if request.method == "GET" else None)
    roles = roles_to_hand_out()
    form.role.choices = select_choices(roles)
    form.organization_id.choices = select_choices(place_choices(_kinds_of(roles)))

    def act() -> None:
        place = in_reach(form.organization_id.data, "organization_id")
        if not can_appoint(current_viewer(), form.role.data, place):
            raise InvalidError(f"您不能任命{ROLES[form.role.data]}，请联系上级管理员", field="role")
        person = _named(form.user.data or "")
        appoint(current_actor(), person, form.role.data, place, form.starts_on.data, form.ends_on.data)

    if accepted(form, act):
        flash("任职已生效" if form.starts_on.data <= clock.today() else "任职已登记，到开始日期生效", "success")
        return redirect(url_for("admin.appointments"))
    page = render_template("admin/appointment_form.html", form=form, admin_tabs=tabs(current_viewer()))
    return page, form.status


@bp.post("/appointments/<int:appointment_id>/end")
def end_appointment_now(appointment_id: int) -> ResponseReturnValue:
    """End a role today."""
    with unit_of_work():
        found = appointment_in_reach(current_viewer(), appointment_id)
        if found is None:
            raise NotFoundError
        if not can_appoint(current_viewer(), found.role, found.organization):
            raise ForbiddenError
        end_appointment(current_actor(), found)
    flash("任职已结束，相应权限随即取消", "success")
    return redirect(url_for("admin.appointments"))


def roles_to_hand_out() -> list[tuple[str, str]]:
    """Return the roles this person may hand out somewhere."""
    viewer = current_viewer()
    return [(role, label) for role, label in ROLES.items() if viewer.holds_anywhere(APPOINTED_BY[role])]


def _kinds_of(roles: list[tuple[str, str]]) -> frozenset[str]:
    return frozenset(kind for role, _label in roles for kind in ROLE_PLACES[role])


def _prefilled() -> dict[str, object]:
    person_id = query_int("user")
    person = person_in_reach(current_viewer(), person_id) if person_id is not None else None
    return {"user": person.username if person else "", "starts_on": clock.today()}


def _named(account: str) -> User:
    found = person_named_in_reach(current_viewer(), account)
    if found is None:
        raise InvalidError("没有找到这位教师，或有同名的教师，请填写用户名或手机号", field="user")
    return found
