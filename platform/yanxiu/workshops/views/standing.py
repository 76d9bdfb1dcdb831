"""What kind of workshop it is, whether it goes on, and what its helpers may do."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.standing import KIND_NAMES, KindForm, RightsForm
from yanxiu.workshops.forms.threads import SwitchForm
from yanxiu.workshops.queries import teams
from yanxiu.workshops.services import membership, standing
from yanxiu.workshops.views.frame import bp, done, open_seat, require, require_valid


@bp.post("/workshops/<int:workshop_id>/kind")
def promote(workshop_id: int) -> ResponseReturnValue:
    """Make a workshop one of another kind; the county decides."""
    form = KindForm()
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.can_promote(current_viewer(), seat.workshop), "工作坊的类型由县级管理员认定")
        require_valid(form)
        standing.promote_workshop(current_actor(), seat.workshop, form.kind.data, form.reason.data)
    return done(url_for("workshops.home", workshop_id=workshop_id), f"已认定为{KIND_NAMES[form.kind.data]}")


@bp.post("/workshops/<int:workshop_id>/ending")
def end(workshop_id: int) -> ResponseReturnValue:
    """End a workshop, or let it go on."""
    form = SwitchForm()
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.can_end_workshop(current_viewer(), seat.workshop, seat.member))
        require_valid(form)
        ended = form.on.data == "1"
        standing.end_workshop(current_actor(), seat.workshop, ended=ended)
    text = "工作坊已结束，内容都在，大家仍能查看" if ended else "工作坊已恢复，可以继续研修"
    return done(url_for("workshops.home", workshop_id=workshop_id), text)


@bp.post("/workshops/<int:workshop_id>/members/<int:user_id>/rights")
def change_rights(workshop_id: int, user_id: int) -> ResponseReturnValue:
    """Say what a helper may do."""
    form = RightsForm()
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.can_manage_workshop(current_viewer(), seat.workshop, seat.member))
        require_valid(form)
        member = teams.membership_of(workshop_id, user_id)
        if member is None:
            raise NotFoundError
        membership.set_rights(current_actor(), seat.workshop, member, form.rights.data or [])
        name = member.user.name
    return done(url_for("workshops.members", workshop_id=workshop_id), f"{name}的权限已保存")
