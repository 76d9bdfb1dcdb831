"""查阅: the queue of plans a leader reads, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.check_sheet import check_sheet
from yanxiu.lessonplans.forms.checks import CheckForm
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.permissions.checks import can_check_plan
from yanxiu.lessonplans.queries import checks as queries
from yanxiu.lessonplans.services.checks import check_plan
from yanxiu.lessonplans.views.doors import bp, done, open_plan
from yanxiu.lessonplans.views.plans import readable
from yanxiu.web.auth import current_actor, current_viewer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _period() -> str:
    asked = request.values.get("period", "")
    return asked if asked in queries.PERIODS else "term"


def _require_checker() -> None:
    if not queries.is_checker(current_viewer()):
        raise ForbiddenError("查阅由教研组长、校长和坊主来做")


@bp.get("/lesson-plans/checks")
def checks() -> ResponseReturnValue:
    """Show the plan to read now, with the way to the next and the one before; or figures by teacher, also as Excel."""
    _require_checker()
    if request.args.get("show") == "teachers":
        return _teachers()
    plan_id = request.args.get("plan", type=int)
    waiting = queries.waiting_checks(current_viewer(), _since())
    at = next((i for i, plan in enumerate(waiting) if plan.id == plan_id), 0)
    return _queue(waiting, waiting[at] if waiting else None, CheckForm(formdata=None))


def _since() -> Any:
    return queries.start_of(_period(), clock.today())


def _queue(waiting: Sequence[LessonPlan], plan: LessonPlan | None, form: CheckForm) -> str:
    ids = [row.id for row in waiting]
    at = ids.index(plan.id) if plan is not None and plan.id in ids else 0
    html, _sections = readable(plan) if plan is not None else (None, [])
    return render_template(
        "lessonplans/checks/queue.html",
        period=_period(),
        periods=queries.PERIODS,
        waiting=waiting,
        plan=plan,
        html=html,
        place=at + 1,
        before=ids[at - 1] if at > 0 else None,
        after=ids[at + 1] if at + 1 < len(ids) else None,
        earlier=queries.checks_of(plan.id) if plan is not None else [],
        form=form,
    )


def _teachers() -> ResponseReturnValue:
    lines = queries.lines_by_teacher(current_viewer(), _since())
    if request.args.get("format") == "xlsx":
        title = f"教案查阅统计（{queries.PERIODS[_period()]}，{clock.today().isoformat()}）"
        response = Response(check_sheet(title, lines), mimetype=XLSX)
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title + '.xlsx', safe='')}"
        response.headers["Cache-Control"] = "no-store"
        return response
    return render_template(
        "lessonplans/checks/teachers.html", period=_period(), periods=queries.PERIODS, lines=lines, waiting=None
    )


def _plan_to_check(plan_id: int) -> LessonPlan:
    plan, seat = open_plan(plan_id)
    if not can_check_plan(current_viewer(), plan, seat):
        raise ForbiddenError("这份教案由作者的教研组长、校长或坊主查阅")
    return plan


@bp.post("/lesson-plans/<int:plan_id>/checks")
def check(plan_id: int) -> ResponseReturnValue:
    """Grade a plan and go on to the next one."""
    plan = _plan_to_check(plan_id)
    form = CheckForm()
    waiting = queries.waiting_checks(current_viewer(), _since())
    if not form.validate():
        return _queue(waiting, plan, form), 422
    ids = [row.id for row in waiting]
    following = ids[ids.index(plan_id) + 1 :] if plan_id in ids else []
    try:
        with unit_of_work():
            plan = _plan_to_check(plan_id)
            check_plan(current_actor(), plan, form.grade.data, form.remark.data or "")
    except InvalidError as error:
        field = form[error.field or "grade"]
        field.errors = [*field.errors, error.message]
        return _queue(queries.waiting_checks(current_viewer(), _since()), _plan_to_check(plan_id), form), 422
    target = url_for(".checks", period=_period(), plan=following[0] if following else None)
    return done(target, "已查阅，告诉了作者")
