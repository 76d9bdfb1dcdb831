"""What every page of a plan needs: the door and the frame's variables."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.lessonplans import permissions
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.permissions import Seat
from yanxiu.lessonplans.permissions.checks import can_see_history
from yanxiu.lessonplans.queries import find_plan, seat_of
from yanxiu.web.auth import current_viewer, wants_fragment

bp = Blueprint("lessonplans", __name__)


def open_document(plan_id: int) -> tuple[LessonPlan, Seat]:
    """Return a plan, or the record of an activity, that the viewer may see, and what binds the viewer to it; for
    everybody else there is none."""
    viewer = current_viewer()
    plan = find_plan(plan_id)
    if plan is None:
        raise NotFoundError
    seat = seat_of(viewer, plan)
    if not permissions.can_view_plan(viewer, plan, seat):
        raise NotFoundError
    return plan, seat


def open_plan(plan_id: int) -> tuple[LessonPlan, Seat]:
    """Return a plan the viewer may see and what binds the viewer to it; the record of an activity is none."""
    plan, seat = open_document(plan_id)
    if plan.is_record:
        raise NotFoundError
    return plan, seat


def own_plan(plan_id: int) -> LessonPlan:
    """Return a plan that the viewer manages; 403 for those who may only see it."""
    plan, _seat = open_plan(plan_id)
    if not permissions.can_manage_plan(current_viewer(), plan):
        raise ForbiddenError("只有主备人可以这样做")
    return plan


def plan_to_hand_over(plan_id: int) -> LessonPlan:
    """Return a plan whose owner the viewer may change, also one whose text is not for them."""
    plan = find_plan(plan_id)
    if plan is not None and permissions.can_hand_over_plan(current_viewer(), plan):
        return plan
    open_plan(plan_id)
    raise ForbiddenError("只有主备人可以把教案交给别人")


def writable_document(plan_id: int) -> tuple[LessonPlan, Seat]:
    """Return a plan or record that the viewer may write; 403 for those who may only see it."""
    plan, seat = open_document(plan_id)
    if not permissions.can_write_plan(current_viewer(), plan, seat):
        if plan.is_record:
            raise ForbiddenError("这份活动记录您可以看，不能修改")
        if permissions.rests_with_workshop(plan):
            raise ForbiddenError("工作坊已经结束，教案只供阅读；主备人可以在“设置”里把它移出工作坊再接着写")
        if permissions.is_frozen(plan):
            raise ForbiddenError("共案已经定下，不再改动；请在自己的个案里改，或请主备人重新评议")
        raise ForbiddenError("您可以看这份教案，但不能修改；需要一起写，请联系主备人")
    return plan, seat


def document_to_propose_in(plan_id: int) -> tuple[LessonPlan, Seat]:
    """Return a plan or record that the viewer may write or suggest changes in; 403 for those who may only see it."""
    plan, seat = open_document(plan_id)
    if permissions.can_propose(current_viewer(), plan, seat):
        return plan, seat
    return writable_document(plan_id)


def rights(viewer: Viewer, plan: LessonPlan, seat: Seat) -> dict[str, bool]:
    """Return what the viewer may do, for templates."""
    return {
        "write": permissions.can_write_plan(viewer, plan, seat),
        "propose": permissions.can_propose(viewer, plan, seat),
        "frozen": permissions.is_frozen(plan),
        "rests": permissions.rests_with_workshop(plan),
        "manage": permissions.can_manage_plan(viewer, plan),
        "hand_over": permissions.can_hand_over_plan(viewer, plan),
        "leave": permissions.can_leave_plan(viewer, plan, seat),
        "history": can_see_history(viewer, plan, seat),
    }


@bp.app_template_global("plan_trail")
def plan_trail(plan: LessonPlan) -> list[tuple[str, str]]:
    """Return what stands before a plan's own pages in the breadcrumb: where it belongs, and itself."""
    here = url_for("lessonplans.show", plan_id=plan.id)
    if plan.activity is None or plan.workshop is None:
        return [("备课", url_for("lessonplans.index")), (plan.title, here)]
    workshop_id, activity = plan.workshop.id, plan.activity
    return [
        ("工作坊", url_for("workshops.index")),
        (plan.workshop.name, url_for("workshops.home", workshop_id=workshop_id)),
        (activity.title, url_for("workshops.activity", workshop_id=workshop_id, activity_id=activity.id)),
        ("活动记录", here),
    ]


def done(url: str, message: str, **more: Any) -> ResponseReturnValue:
    """Answer a write that worked: JSON for our scripts, else a redirect with the message."""
    if wants_fragment():
        return jsonify(ok=True, redirect=url, toast=message, **more)
    flash(message)
    return redirect(url)
