"""Who writes and who reads a plan."""

from __future__ import annotations

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import can_view_person
from yanxiu.accounts.queries import find_user, users_named
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import permissions, queries, services
from yanxiu.lessonplans.forms import HandOverForm, InviteForm, MemberForm
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.views.doors import bp, done, open_plan, own_plan, plan_to_hand_over, rights
from yanxiu.web.auth import current_actor, current_viewer


@bp.get("/lesson-plans/<int:plan_id>/members")
def members(plan_id: int) -> ResponseReturnValue:
    """Show who writes and who reads, with the form to invite somebody."""
    return _members_page(plan_id, InviteForm(formdata=None))


def _members_page(plan_id: int, form: InviteForm) -> str:
    plan, seat = open_plan(plan_id)
    return render_template(
        "lessonplans/members.html",
        plan=plan,
        may=rights(current_viewer(), plan, seat),
        members=queries.members_of(plan_id),
        form=form,
    )


@bp.post("/lesson-plans/<int:plan_id>/members")
def invite(plan_id: int) -> ResponseReturnValue:
    """Invite a colleague by choice from the list or by exact name."""
    own_plan(plan_id)
    form = InviteForm()
    if not form.validate_on_submit():
        return _members_page(plan_id, form), 422
    try:
        with unit_of_work():
            plan = own_plan(plan_id)
            user = _chosen(form)
            services.invite_member(current_actor(), plan, user, form.role.data)
            name = user.name
    except InvalidError as error:
        form.name.errors = [*form.name.errors, error.message]
        return _members_page(plan_id, form), 422
    return done(url_for(".members", plan_id=plan_id), f"已邀请{name}")


def _chosen(form: InviteForm) -> User:
    """The person picked from the list, else the only one of that name in the county."""
    viewer = current_viewer()
    if form.user_id.data and form.user_id.data.isdecimal():
        user = find_user(int(form.user_id.data[:12]))
        if user is None or not can_view_person(viewer, user):
            raise InvalidError("没有找到这位老师，请重新选择", field="name")
        return user
    wanted = form.name.data or ""
    found = [user for user in users_named(wanted, viewer) if wanted in (user.name, user.username)]
    if not found:
        raise InvalidError("没有找到这位老师，请输入完整的姓名或用户名", field="name")
    if len(found) > 1:
        raise InvalidError("有几位同名的老师，请从列表里选择，或输入用户名", field="name")
    return found[0]


@bp.route("/lesson-plans/<int:plan_id>/owner", methods=["GET", "POST"])
def owner(plan_id: int) -> ResponseReturnValue:
    """Hand a plan over to somebody who takes part in it."""
    plan = plan_to_hand_over(plan_id)
    people = {user.id: user for user in queries.possible_owners(plan)}
    form = HandOverForm()
    form.offer((user.id, f"{user.name}（{user.organization.label}）") for user in people.values())
    if not form.validate_on_submit():
        page = render_template("lessonplans/owner.html", plan=plan, form=form, people=people)
        return page, 422 if request.method == "POST" else 200
    with unit_of_work():
        plan = plan_to_hand_over(plan_id)
        user = next(user for user in queries.possible_owners(plan) if user.id == form.user_id.data)
        services.hand_over_plan(current_actor(), plan, user)
        name, stays = user.name, plan_still_open(plan)
    return done(url_for(".members", plan_id=plan_id) if stays else url_for(".index"), f"已交给{name}主备")


def plan_still_open(plan: LessonPlan) -> bool:
    """Whether the viewer sees the plan itself; an administrator need not."""
    viewer = current_viewer()
    return permissions.can_view_plan(viewer, plan, queries.seat_of(viewer, plan))


@bp.get("/lesson-plans/<int:plan_id>/colleagues")
def colleagues(plan_id: int) -> ResponseReturnValue:
    """List people by part of a name, for the invitation."""
    own_plan(plan_id)
    found = users_named(request.args.get("q", ""), current_viewer())
    return jsonify([{"id": user.id, "name": user.name, "place": user.organization.label} for user in found])


@bp.post("/lesson-plans/<int:plan_id>/members/<int:user_id>")
def change_member(plan_id: int, user_id: int) -> ResponseReturnValue:
    """Let a member write, or read only."""
    own_plan(plan_id)
    form = MemberForm()
    if not form.validate_on_submit():
        raise InvalidError("请选择一起写，还是只看和批注", field="role")
    with unit_of_work():
        plan = own_plan(plan_id)
        member = queries.find_member(plan.id, user_id)
        if member is None:
            raise NotFoundError
        services.change_member(current_actor(), plan, member, form.role.data)
    return done(url_for(".members", plan_id=plan_id), "已改好")


@bp.post("/lesson-plans/<int:plan_id>/members/<int:user_id>/removal")
def remove_member(plan_id: int, user_id: int) -> ResponseReturnValue:
    """Take a member out (the owner), or leave (the member)."""
    with unit_of_work():
        plan, seat = open_plan(plan_id)
        _require_removal(plan, seat, user_id)
        member = queries.find_member(plan.id, user_id)
        if member is None:
            raise NotFoundError
        services.remove_member(current_actor(), plan, member)
    if user_id == current_viewer().user_id:
        return done(url_for(".index"), "您已退出这份教案")
    return done(url_for(".members", plan_id=plan_id), "已移出，对方写过的内容都保留")


def _require_removal(plan: LessonPlan, seat: permissions.Seat, user_id: int) -> None:
    viewer = current_viewer()
    leaves = user_id == viewer.user_id and permissions.can_leave_plan(viewer, plan, seat)
    if not leaves and not permissions.can_manage_plan(viewer, plan):
        raise ForbiddenError("只有主备人可以移出别人")
