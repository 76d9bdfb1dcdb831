"""What is handed in for a task: sending, and the leader's queue that goes from one to the next."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored
from yanxiu.workshops.forms.tasks import MarkForm, WorkForm
from yanxiu.workshops.models import Standing, Submission, Task, TextKind
from yanxiu.workshops.permissions import tasks as may
from yanxiu.workshops.queries import peers
from yanxiu.workshops.queries import tasks as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import mirror
from yanxiu.workshops.services import work as services
from yanxiu.workshops.views.frame import bp, done, dropped_files, form_page, require
from yanxiu.workshops.views.tasks import open_task, page_of, received_papers, task_frame, task_url
from yanxiu.workshops.views.topics import typed_html


def work_url(submission: Submission, submission_id: int | None = None) -> str:
    """Return the address of a submission, or of another one for the same task."""
    task = submission.task
    number = submission_id or submission.id
    return url_for("workshops.work", workshop_id=task.workshop_id, task_id=task.id, submission_id=number)


def open_work(workshop_id: int, task_id: int, submission_id: int) -> tuple[Seat, Task, Submission]:
    """Return a submission the viewer may see; others do not exist."""
    seat, task = open_task(workshop_id, task_id)
    submission = queries.find_submission(task_id, submission_id)
    if submission is None or not may.can_see_work(current_viewer(), submission, seat.member):
        raise NotFoundError
    return seat, task, submission


@bp.post("/workshops/<int:workshop_id>/tasks/<int:task_id>/submission")
def hand_in(workshop_id: int, task_id: int) -> ResponseReturnValue:
    """Hand in, or hand in another copy."""
    seat, task = open_task(workshop_id, task_id)
    require(may.must_hand_in(current_viewer(), seat.workshop, seat.member), "任务由坊员完成，您不用提交")
    form = WorkForm()
    try:
        files = received_papers()
        with unit_of_work():
            seat, task = open_task(workshop_id, task_id)
            require(may.must_hand_in(current_viewer(), seat.workshop, seat.member))
            services.hand_in(
                current_actor(),
                task,
                typed_html(form.html.data),
                client_uuid=form.client_uuid.data,
                files=files,
                dropped=dropped_files(),
            )
            target = task_url(task)
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        seat, task = open_task(workshop_id, task_id)
        return form_page("workshops/tasks/task.html", form, error, **page_of(seat, task), seq=0)
    return done(target, "已提交")


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/submissions/<int:submission_id>")
def work(workshop_id: int, task_id: int, submission_id: int) -> ResponseReturnValue:
    """Show a submission: to who marks, as a place in the queue; to others, to be read."""
    seat, _task, submission = open_work(workshop_id, task_id, submission_id)
    form = MarkForm(
        formdata=None,
        number=submission.copies_count,
        score=submission.score,
        grade=submission.grade,
        comment=submission.comment,
        excellent=submission.excellent_at is not None,
    )
    return render_template("workshops/tasks/work.html", form=form, **_work_context(seat, submission))


def _work_context(seat: Seat, submission: Submission) -> dict[str, Any]:
    viewer = current_viewer()
    context = task_frame(seat)
    full = context["sees_all"] or submission.user_id == viewer.user_id
    may_mark_this = may.can_mark_work(viewer, submission, seat.member)
    return context | {
        "task": submission.task,
        "submission": submission,
        "may_mark_this": may_mark_this,
        "near": mirror.near_of(TextKind.WORK, submission.id) if may_mark_this else None,
        "full": full,
        "opinions": peers.reviews_about(submission.id) if submission.task.reviewers and context["sees_all"] else [],
        "around": queries.neighbors_of(submission) if context["sees_all"] else None,
    }


@bp.post("/workshops/<int:workshop_id>/tasks/<int:task_id>/submissions/<int:submission_id>/mark")
def mark_work(workshop_id: int, task_id: int, submission_id: int) -> ResponseReturnValue:
    """Mark a copy or send it back, and go on to the next one that waits."""
    seat, _task, submission = open_work(workshop_id, task_id, submission_id)
    require(may.can_mark_work(current_viewer(), submission, seat.member), "批改由坊主、管理成员和指导教师来做")
    form = MarkForm()
    if not form.validate():
        return form_page("workshops/tasks/work.html", form, **_work_context(seat, submission))
    try:
        with unit_of_work():
            seat, _task, submission = open_work(workshop_id, task_id, submission_id)
            require(may.can_mark_work(current_viewer(), submission, seat.member))
            _decide(submission, form)
            following = queries.neighbors_of(submission).waiting
            target = work_url(submission, following) if following else task_url(submission.task)
            returned = submission.standing == Standing.RETURNED
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        seat, _task, submission = open_work(workshop_id, task_id, submission_id)
        return form_page("workshops/tasks/work.html", form, error, **_work_context(seat, submission))
    toast = "已退回，老师会收到通知" if returned else "已保存"
    return done(target, toast if following else f"{toast}，没有待批的作业了")


def _decide(submission: Submission, form: MarkForm) -> None:
    number = form.number.data
    if form.action.data == "return":
        services.return_work(current_actor(), submission, number, form.reason.data or "")
        return
    mark = services.Mark(form.score.data, form.grade.data, form.comment.data or "", bool(form.excellent.data))
    services.mark_work(current_actor(), submission, number, mark)


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/submissions/<int:submission_id>/files/<int:file_id>")
def work_file(workshop_id: int, task_id: int, submission_id: int, file_id: int) -> ResponseReturnValue:
    """Send a file of a submission; of an excellent one only its newest copy is for everybody."""
    seat, _task, submission = open_work(workshop_id, task_id, submission_id)
    found = queries.find_submitted_file(submission_id, file_id)
    viewer = current_viewer()
    full = submission.user_id == viewer.user_id or may.can_see_all_work(viewer, seat.workshop, seat.member)
    if found is None or not (full or found.copy.number == submission.copies_count):
        raise NotFoundError
    return send_stored(found.file, inline=found.file.mime.startswith("image/") or found.file.mime == "application/pdf")
