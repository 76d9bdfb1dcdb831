"""Coming in and going out, the list of members, groups, invitations, and the list on paper."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.queries import find_user, users_named
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.fields import tidy
from yanxiu.workshops.forms.standing import RIGHT_NAMES
from yanxiu.workshops.forms.teams import (
    AnswerForm,
    ApplicationForm,
    DecisionForm,
    GroupForm,
    InvitationForm,
    MemberGroupForm,
    RoleForm,
)
from yanxiu.workshops.models import WorkshopGroup, WorkshopMember
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries import teams
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.rosters import roster_of
from yanxiu.workshops.services import groups, membership
from yanxiu.workshops.views.frame import (
    bp,
    done,
    done_in_place,
    frame,
    number_argument,
    open_seat,
    require,
    require_valid,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _seat_to_find(workshop_id: int) -> Seat:
    """Return a workshop the viewer may find, from outside or inside."""
    viewer = current_viewer()
    seat = teams.find_seat(viewer, workshop_id)
    invited = roster.invitation_for(workshop_id, viewer.user_id) is not None
    if seat is None or not permissions.can_find_workshop(viewer, seat.workshop, seat.member, invited=invited):
        raise NotFoundError
    return seat


def _managed(workshop_id: int) -> Seat:
    seat = open_seat(workshop_id)
    require(permissions.can_manage_workshop(current_viewer(), seat.workshop, seat.member))
    return seat


def _admitting(workshop_id: int) -> Seat:
    seat = open_seat(workshop_id)
    require(permissions.can_admit(current_viewer(), seat.workshop, seat.member))
    return seat


def _member_of(seat: Seat, user_id: int) -> WorkshopMember:
    member = teams.membership_of(seat.workshop.id, user_id)
    if member is None:
        raise NotFoundError
    return member


def _group_of(seat: Seat, group_id: int) -> WorkshopGroup:
    group = roster.find_group(seat.workshop.id, group_id)
    if group is None:
        raise NotFoundError
    return group


def _home(workshop_id: int) -> str:
    return url_for("workshops.home", workshop_id=workshop_id)


def _members(workshop_id: int) -> str:
    return url_for("workshops.members", workshop_id=workshop_id)


@bp.post("/workshops/<int:workshop_id>/membership")
def join(workshop_id: int) -> ResponseReturnValue:
    """Walk into an open workshop; who is in stays in."""
    with unit_of_work():
        seat = _seat_to_find(workshop_id)
        if seat.member is None:
            allowed = permissions.can_join_workshop(current_viewer(), seat.workshop, seat.member)
            require(allowed, "这个工作坊需要申请或受邀才能加入")
            membership.join_workshop(current_actor(), seat.workshop)
    return done(_home(workshop_id), "欢迎加入，先看看大家在聊什么")


@bp.post("/workshops/<int:workshop_id>/departure")
def leave(workshop_id: int) -> ResponseReturnValue:
    """Leave a workshop one belongs to."""
    with unit_of_work():
        seat = open_seat(workshop_id)
        membership.leave_workshop(current_actor(), seat.workshop)
        name = seat.workshop.name
    return done(url_for("workshops.index"), f"您已退出“{name}”")


@bp.post("/workshops/<int:workshop_id>/applications")
def apply(workshop_id: int) -> ResponseReturnValue:
    """Ask to be let in."""
    form = ApplicationForm()
    with unit_of_work():
        seat = _seat_to_find(workshop_id)
        require_valid(form)
        allowed = permissions.can_apply(current_viewer(), seat.workshop, seat.member)
        require(allowed, "这个工作坊现在不接受申请")
        membership.apply_to_workshop(current_actor(), seat.workshop, form.message.data or "")
    return done(_home(workshop_id), "申请已提交，坊主处理后会通知您")


@bp.post("/workshops/<int:workshop_id>/applications/withdrawal")
def withdraw_application(workshop_id: int) -> ResponseReturnValue:
    """Take one's own application back."""
    with unit_of_work():
        seat = _seat_to_find(workshop_id)
        membership.withdraw_application(current_actor(), seat.workshop)
    return done(_home(workshop_id), "申请已撤回")


@bp.post("/workshops/<int:workshop_id>/applications/<int:application_id>/decision")
def decide_application(workshop_id: int, application_id: int) -> ResponseReturnValue:
    """Let an applicant in, or refuse with a reason."""
    form = DecisionForm()
    with unit_of_work():
        seat = _admitting(workshop_id)
        require_valid(form)
        application = roster.find_application(workshop_id, application_id)
        if application is None:
            raise NotFoundError
        accept = form.decision.data == "accept"
        membership.decide_application(
            current_actor(), seat.workshop, application, accept=accept, reason=form.reason.data or ""
        )
        name = application.user.name
    return done(_members(workshop_id), f"{name}已经加入" if accept else f"已回绝{name}的申请")


@bp.get("/workshops/<int:workshop_id>/invitations")
def invitations(workshop_id: int) -> ResponseReturnValue:
    """Search for people to invite, and see whom nobody has heard from."""
    seat = _admitting(workshop_id)
    q = tidy(request.args.get("q", ""))[:50]
    found = users_named(q, current_viewer(), limit=20) if q else []
    return render_template(
        "workshops/invitations.html",
        **frame(seat, "members"),
        q=q,
        found=found,
        taken=roster.places_taken(workshop_id, [user.id for user in found]),
        pending=roster.pending_invitations(workshop_id, request.args.get("cursor")),
        pending_count=roster.count_invitations(workshop_id),
    )


@bp.post("/workshops/<int:workshop_id>/invitations")
def invite(workshop_id: int) -> ResponseReturnValue:
    """Invite one teacher of the county."""
    form = InvitationForm()
    with unit_of_work():
        seat = _admitting(workshop_id)
        require_valid(form)
        person = find_user(form.user_id.data)
        path = current_viewer().county_path
        if person is None or not path or not person.organization.path.startswith(path):
            raise NotFoundError("没有找到这位老师，请重新搜索")
        membership.invite_person(current_actor(), seat.workshop, person)
        name = person.name
    back = url_for("workshops.invitations", workshop_id=workshop_id, q=request.args.get("q") or None)
    return done(back, f"已邀请{name}")


@bp.post("/workshops/<int:workshop_id>/invitations/<int:invitation_id>/revocation")
def revoke_invitation(workshop_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an unanswered invitation back."""
    with unit_of_work():
        seat = _admitting(workshop_id)
        invitation = roster.find_invitation(workshop_id, invitation_id)
        if invitation is None:
            raise NotFoundError
        membership.revoke_invitation(current_actor(), seat.workshop, invitation)
    return done(url_for("workshops.invitations", workshop_id=workshop_id), "邀请已取消")


@bp.post("/workshops/<int:workshop_id>/invitations/<int:invitation_id>/answer")
def answer_invitation(workshop_id: int, invitation_id: int) -> ResponseReturnValue:
    """Accept or decline one's own invitation."""
    form = AnswerForm()
    with unit_of_work():
        seat = teams.find_seat(current_viewer(), workshop_id)
        invitation = roster.find_invitation(workshop_id, invitation_id)
        if seat is None or invitation is None or invitation.user_id != current_viewer().user_id:
            raise NotFoundError
        require_valid(form)
        accept = form.answer.data == "accept"
        membership.answer_invitation(current_actor(), seat.workshop, invitation, accept=accept)
    if accept:
        return done(_home(workshop_id), "欢迎加入，先看看大家在聊什么")
    return done(url_for("workshops.index"), "已谢绝邀请")


@bp.get("/workshops/<int:workshop_id>/members")
def members(workshop_id: int) -> ResponseReturnValue:
    """Show who takes part; leaders also see who wants to."""
    seat = open_seat(workshop_id)
    q = tidy(request.args.get("q", ""))[:50]
    group_id = number_argument("group") or None
    cursor = request.args.get("cursor")
    context = frame(seat, "members")
    admits = context["may"]["admit"] and not cursor
    team = [] if cursor else roster.team_members(workshop_id, q, group_id)
    page = roster.members_page(workshop_id, q, group_id, cursor)
    return render_template(
        "workshops/members.html",
        **context,
        q=q,
        group_id=group_id,
        team=team,
        page=page,
        groups=roster.groups_of(workshop_id),
        applications=roster.pending_applications(workshop_id, request.args.get("applications")) if admits else None,
        applications_count=roster.count_applications(workshop_id) if admits else 0,
        written=roster.written_counts(workshop_id, [row.user_id for row in (*team, *page.items)]),
        right_names=RIGHT_NAMES,
        rights_of=permissions.rights_of,
        first=not cursor,
    )


@bp.get("/workshops/<int:workshop_id>/members.xlsx")
def members_table(workshop_id: int) -> ResponseReturnValue:
    """Send the list of members as an Excel file to those who lead."""
    seat = _admitting(workshop_id)
    table = roster_of(seat.workshop, roster.all_members(workshop_id), roster.written_counts(workshop_id))
    response = Response(table, mimetype=XLSX)
    name = quote(f"{seat.workshop.name}成员名单.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/workshops/<int:workshop_id>/people")
def people(workshop_id: int) -> ResponseReturnValue:
    """Answer names for @ as JSON."""
    open_seat(workshop_id)
    found = roster.member_names(workshop_id, tidy(request.args.get("q", ""))[:50])
    return jsonify([{"id": u.id, "name": u.name, "place": u.organization.label} for u in found])


@bp.post("/workshops/<int:workshop_id>/members/<int:user_id>/role")
def change_role(workshop_id: int, user_id: int) -> ResponseReturnValue:
    """Make a member leader, facilitator, mentor or plain member."""
    form = RoleForm()
    with unit_of_work():
        seat = _managed(workshop_id)
        require_valid(form)
        member = _member_of(seat, user_id)
        membership.change_role(current_actor(), seat.workshop, member, form.role.data)
    return done(_members(workshop_id), "角色已调整")


@bp.post("/workshops/<int:workshop_id>/members/<int:user_id>/group")
def change_group(workshop_id: int, user_id: int) -> ResponseReturnValue:
    """Put a member into a group, or into none."""
    form = MemberGroupForm()
    with unit_of_work():
        seat = _admitting(workshop_id)
        require_valid(form)
        member = _member_of(seat, user_id)
        group = _group_of(seat, form.group_id.data) if form.group_id.data else None
        groups.assign_group(current_actor(), member, group)
        text = f"已分到{group.name}" if group else "已移出小组"
    return done_in_place(_members(workshop_id), text)


@bp.post("/workshops/<int:workshop_id>/members/<int:user_id>/removal")
def remove(workshop_id: int, user_id: int) -> ResponseReturnValue:
    """Remove a member; what they wrote stays."""
    with unit_of_work():
        seat = _managed(workshop_id)
        member = _member_of(seat, user_id)
        name = member.user.name
        membership.remove_member(current_actor(), seat.workshop, member)
    return done(_members(workshop_id), f"已将{name}移出工作坊")


@bp.post("/workshops/<int:workshop_id>/groups")
def create_group(workshop_id: int) -> ResponseReturnValue:
    """Add a group."""
    form = GroupForm()
    with unit_of_work():
        seat = _admitting(workshop_id)
        require_valid(form)
        name = groups.create_group(current_actor(), seat.workshop, form.name.data).name
    return done(_members(workshop_id), f"已新建小组“{name}”")


@bp.post("/workshops/<int:workshop_id>/groups/<int:group_id>/name")
def rename_group(workshop_id: int, group_id: int) -> ResponseReturnValue:
    """Give a group another name."""
    form = GroupForm()
    with unit_of_work():
        seat = _admitting(workshop_id)
        require_valid(form)
        groups.rename_group(current_actor(), seat.workshop, _group_of(seat, group_id), form.name.data)
    return done(_members(workshop_id), "小组名称已修改")


@bp.post("/workshops/<int:workshop_id>/groups/<int:group_id>/dissolution")
def delete_group(workshop_id: int, group_id: int) -> ResponseReturnValue:
    """Dissolve a group; its members stay in the workshop."""
    with unit_of_work():
        seat = _admitting(workshop_id)
        group = _group_of(seat, group_id)
        name = group.name
        groups.delete_group(current_actor(), seat.workshop, group)
    return done(_members(workshop_id), f"已解散小组“{name}”，成员仍在工作坊")
