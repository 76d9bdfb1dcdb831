"""用户: the list, one person, what can be done with an account."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import ROLES, STAGES, SUBJECTS
from yanxiu.accounts.identity import masked_id_number
from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import can_manage_user
from yanxiu.accounts.queries import PeopleFilter, count_people, live_sessions_of, people_page, person_in_reach
from yanxiu.accounts.services import (
    HOMES,
    PersonData,
    create_person,
    deactivate_user,
    edit_person,
    reactivate_user,
    reset_password,
    reveal_id_number,
)
from yanxiu.admin.forms import PersonForm
from yanxiu.admin.views.blueprint import bp, query_int, query_text, tabs
from yanxiu.admin.views.organizations import in_reach, place_choices
from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted, select_choices

STATES = (("", "在用"), ("waiting", "未设密码"), ("closed", "已停用"), ("all", "全部"))


@bp.get("/users")
def users() -> ResponseReturnValue:
    """People one manages, narrowed by what the address says."""
    viewer = current_viewer()
    wanted = PeopleFilter(
        text=query_text("q"),
        organization_id=query_int("organization"),
        subject=query_text("subject"),
        stage=query_text("stage"),
        state=query_text("state"),
    )
    return render_template(
        "admin/users.html",
        admin_tabs=tabs(viewer),
        page=people_page(viewer, wanted, request.args.get("cursor")),
        count=count_people(viewer, wanted),
        wanted=wanted,
        is_filtered=wanted != PeopleFilter(),
        places=place_choices(),
        subject_choices=[(word, word) for word in SUBJECTS],
        stage_choices=[(word, word) for word in STAGES],
        states=STATES,
        roles=ROLES,
        today=clock.today(),
    )


@bp.route("/users/new", methods=["GET", "POST"])
def new_user() -> ResponseReturnValue:
    """Add one person; the one-time password is shown once."""
    form = _person_form(
        PersonForm(data={"organization_id": query_int("organization")} if request.method == "GET" else None)
    )
    made: list[tuple[int, str]] = []

    def act() -> None:
        user, password = create_person(
            current_actor(), in_reach(form.organization_id.data, "organization_id"), _data(form)
        )
        made.append((user.id, password))

    if accepted(form, act):
        return _password_page(made[0][0], made[0][1], title="账号已建立")
    page = render_template("admin/user_form.html", form=form, person=None, admin_tabs=tabs(current_viewer()))
    return page, form.status


@bp.get("/users/<int:user_id>")
def user(user_id: int) -> ResponseReturnValue:
    """One person, with the identity number masked."""
    return _page(user_id)


@bp.route("/users/<int:user_id>/edit", methods=["GET", "POST"])
def edit_user(user_id: int) -> ResponseReturnValue:
    """Change what is known of a person."""
    person = managed(user_id)
    form = _person_form(PersonForm(obj=person), person)
    if request.method == "GET":
        form.id_number.data = ""  # shown masked; typing a number replaces it

    def act() -> None:
        place = in_reach(form.organization_id.data, "organization_id")
        edit_person(current_actor(), managed(user_id), place, _data(form))

    if accepted(form, act):
        flash("已保存", "success")
        return redirect(url_for("admin.user", user_id=user_id))
    page = render_template(
        "admin/user_form.html",
        form=form,
        person=managed(user_id),
        masked=masked_id_number(managed(user_id).id_number),
        admin_tabs=tabs(current_viewer()),
    )
    return page, form.status


@bp.post("/users/<int:user_id>/password-reset")
def reset_user_password(user_id: int) -> ResponseReturnValue:
    """Give a one-time password; it is in this answer and nowhere else."""
    with unit_of_work():
        password = reset_password(current_actor(), managed(user_id))
    return _password_page(user_id, password, title="密码已重置")


@bp.post("/users/<int:user_id>/closure")
def deactivate_user_now(user_id: int) -> ResponseReturnValue:
    """Close an account; its sign-ins end."""
    with unit_of_work():
        deactivate_user(current_actor(), managed(user_id))
    flash("账号已停用，各台设备上的登录都已退出", "success")
    return redirect(url_for("admin.user", user_id=user_id))


@bp.post("/users/<int:user_id>/reopening")
def reactivate_user_now(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    with unit_of_work():
        reactivate_user(current_actor(), managed(user_id))
    flash("账号已恢复", "success")
    return redirect(url_for("admin.user", user_id=user_id))


@bp.post("/users/<int:user_id>/id-number")
def show_user_id_number(user_id: int) -> ResponseReturnValue:
    """Show the whole identity number once; that it was shown is on record."""
    with unit_of_work():
        number = reveal_id_number(current_actor(), managed(user_id))
    return _without_cache(_page(user_id, id_number=number))


def managed(user_id: int) -> User:
    """Return a person the viewer manages: NotFoundError out of reach, ForbiddenError when their roles are above."""
    person = person_in_reach(current_viewer(), user_id)
    if person is None:
        raise NotFoundError
    if not can_manage_user(current_viewer(), person, today=clock.today()):
        raise ForbiddenError("这位老师另有上级任职，账号请由上级管理员办理")
    return person


def _page(user_id: int, **more: Any) -> str:
    viewer, today = current_viewer(), clock.today()
    person = person_in_reach(viewer, user_id)
    if person is None:
        raise NotFoundError
    return render_template(
        "admin/user.html",
        admin_tabs=tabs(viewer),
        person=person,
        masked=masked_id_number(person.id_number),
        may_manage=can_manage_user(viewer, person, today=today),
        is_self=person.id == viewer.user_id,
        session_count=len(live_sessions_of(person.id)),
        roles=ROLES,
        today=today,
        **more,
    )


def _password_page(user_id: int, password: str, *, title: str) -> ResponseReturnValue:
    person = person_in_reach(current_viewer(), user_id)
    page = render_template(
        "admin/one_time_password.html",
        admin_tabs=tabs(current_viewer()),
        person=person,
        password=password,
        heading_text=title,
    )
    return _without_cache(page)


def _without_cache(page: str) -> ResponseReturnValue:
    return page, 200, {"Cache-Control": "no-store"}


def _person_form(form: PersonForm, person: User | None = None) -> PersonForm:
    places = place_choices(HOMES)
    if person is not None and person.organization_id not in dict(places):
        places.insert(0, (person.organization_id, person.organization.name))
    form.organization_id.choices = select_choices(places)
    if person is None and len(places) > 1:
        # The first of the tree is the county itself: who forgets to choose would put every teacher there.
        form.organization_id.choices = select_choices([("", "请选择"), *places])
    if person is not None:
        form.id_number.description = "不改就留空" if person.id_number else "18 位，仅管理员按需查看"
    return form


def _data(form: PersonForm) -> PersonData:
    names = PersonData.__dataclass_fields__
    return PersonData(**{name: getattr(form, name).data or "" for name in names})
