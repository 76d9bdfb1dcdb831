"""The tasks of a workshop: the list, giving one, its page, and the grade list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import LOCAL_ZONE, now, today
from yanxiu.core.errors import InvalidError, NotFoundError, YanxiuError
from yanxiu.core.live import current_seq
from yanxiu.core.storage import ReceivedFile
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.core.uploads import receive_upload
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored
from yanxiu.workshops import anonymous, gradebook, standings
from yanxiu.workshops.forms.mirror import MIRROR_FILES
from yanxiu.workshops.forms.tasks import TaskForm, WorkForm, local_minutes
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.models import Submission, Task
from yanxiu.workshops.permissions import can_remind
from yanxiu.workshops.permissions import tasks as may
from yanxiu.workshops.queries import attention, mirror, peers
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries import tasks as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import mirror as mirror_services
from yanxiu.workshops.services import tasks as services
from yanxiu.workshops.services.posts import checked_uuid
from yanxiu.workshops.views.frame import (
    bp,
    done,
    dropped_files,
    form_page,
    frame,
    number_argument,
    open_seat,
    require,
    since_argument,
)
from yanxiu.workshops.views.topics import fragment, typed_html

RUNNING, OVER, EXCELLENT = "running", "over", "excellent"
SHOWS = {RUNNING: "进行中", OVER: "已截止", EXCELLENT: "优秀作业"}
ONLY_TEAM = "布置任务由坊主和管理成员来做"
MISSING_SHOWN = 60


def open_task(workshop_id: int, task_id: int) -> tuple[Seat, Task]:
    """Return a task that is not deleted, with the viewer's seat in its workshop."""
    seat = open_seat(workshop_id)
    task = queries.find_task(workshop_id, task_id)
    if task is None:
        raise NotFoundError
    return seat, task


def task_url(task: Task, **more: Any) -> str:
    """Return the address of a task's page."""
    return url_for("workshops.task", workshop_id=task.workshop_id, task_id=task.id, **more)


def received_papers(field: str = "files") -> list[ReceivedFile]:
    """Put the request's files into the store, outside any transaction."""
    sent = [file for file in request.files.getlist(field) if file.filename]
    if len(sent) > services.MAX_FILES:
        raise InvalidError(f"一次最多上传 {services.MAX_FILES} 个附件", field=field)
    received = []
    for file in sent:
        try:
            received.append(receive_upload(file.stream, file.filename or ""))
        except InvalidError as error:
            error.field = error.field or field
            raise
    return received


def task_frame(seat: Seat) -> dict[str, Any]:
    """Return the variables of every page about tasks: the workshop's head, the words for states, what the viewer may."""
    viewer = current_viewer()
    return frame(seat, "tasks") | {
        "at": now(),
        "state_of": standings.state_of,
        "due_mark": standings.due_mark,
        "due_words": standings.due_words,
        "until_words": standings.until_words,
        "peer_files": anonymous.WORDS,
        "mark_of": standings.mark_of,
        "grades": standings.GRADES,
        "may_give": may.can_give_tasks(viewer, seat.workshop, seat.member),
        "may_mark": may.can_mark(viewer, seat.workshop, seat.member),
        "sees_all": may.can_see_all_work(viewer, seat.workshop, seat.member),
        "hands_in": may.must_hand_in(viewer, seat.workshop, seat.member),
    }


@bp.get("/workshops/<int:workshop_id>/tasks")
def tasks(workshop_id: int) -> ResponseReturnValue:
    """List tasks, or the excellent works; with `?since=` only the rows that changed, for the live list."""
    seat = open_seat(workshop_id)
    topic = f"tasks:{workshop_id}"
    if "since" in request.args:
        since, seq = since_argument(), current_seq(topic)
        rows = queries.tasks_since(workshop_id, since)
        reached = rows[-1].seq if len(rows) == queries.CATCH_UP_LIMIT else None
        return fragment(render_template("workshops/tasks/_rows.html", **_row_context(seat, rows)), seq, reached)
    show = request.args.get("show", RUNNING)
    show = show if show in SHOWS else RUNNING
    cursor, seq = request.args.get("cursor"), current_seq(topic)
    found: dict[str, Any] = {"rows": [], "works": []}
    if show == EXCELLENT:
        page: Any = queries.excellent_works(workshop_id, cursor)
        found["works"] = page.items
    else:
        page = queries.tasks_page(workshop_id, now(), over=show == OVER, cursor=cursor)
    rows = [] if show == EXCELLENT else page.items
    context = _row_context(seat, rows) | found | {"rows": rows}
    return render_template(
        "workshops/tasks/index.html",
        **context,
        page=page,
        show=show,
        shows=SHOWS,
        seq=seq,
        first=not cursor,
        deleted=_restorable(seat, number_argument("deleted")),
    )


def _row_context(seat: Seat, rows: Any) -> dict[str, Any]:
    """Return what rows of tasks show: the figures to those who see all work, the own state to members."""
    context = task_frame(seat)
    ids = [row.id for row in rows]
    mine: dict[int, Submission] = queries.own_standings(ids, current_viewer().user_id) if context["hands_in"] else {}
    counts = queries.counts_of(seat.workshop.id, ids) if context["sees_all"] else {}
    return context | {"rows": rows, "mine": mine, "counts": counts}


@bp.get("/workshops/<int:workshop_id>/tasks/new")
def new_task(workshop_id: int) -> ResponseReturnValue:
    """Show the form for a new task."""
    seat = open_seat(workshop_id)
    require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
    form = TaskForm(formdata=None, client_uuid=checked_uuid(None), due_at=_in_a_week())
    return render_template("workshops/tasks/form.html", **task_frame(seat), form=form, task=None)


def _in_a_week() -> datetime:
    """Sunday-evening work: a week from today, at ten."""
    return datetime.combine(today() + timedelta(days=7), datetime.min.time()) + timedelta(hours=22)


@bp.post("/workshops/<int:workshop_id>/tasks")
def publish_task(workshop_id: int) -> ResponseReturnValue:
    """Give a task."""
    seat = open_seat(workshop_id)
    require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
    form = TaskForm()
    if not form.validate():
        return form_page("workshops/tasks/form.html", form, **task_frame(seat), task=None)
    try:
        files = received_papers()
        with unit_of_work():
            seat = open_seat(workshop_id)
            require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
            details = form.details(typed_html(form.html.data))
            uuid = form.client_uuid.data
            task = services.publish_task(current_actor(), seat.workshop, details, client_uuid=uuid, files=files)
            target = task_url(task)
    except YanxiuError as error:
        return form_page("workshops/tasks/form.html", form, error, **task_frame(open_seat(workshop_id)), task=None)
    return done(target, "任务已布置，成员会收到通知")


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>")
def task(workshop_id: int, task_id: int) -> ResponseReturnValue:
    """Show a task: to a member with the own work, to the team with what was handed in and who has not yet.

    With `?since=` only what changed, for the live list.
    """
    seat, found = open_task(workshop_id, task_id)
    topic = f"task:{task_id}"
    if "since" in request.args:
        return _changed_work(seat, found, topic)
    seq = current_seq(topic)
    return render_template("workshops/tasks/task.html", **page_of(seat, found), seq=seq, form=_work_form(seat, found))


def _changed_work(seat: Seat, found: Task, topic: str) -> Response:
    since, seq = since_argument(), current_seq(topic)
    context = task_frame(seat)
    rows = queries.submissions_since(found.id, since)
    reached = rows[-1].seq if len(rows) == queries.CATCH_UP_LIMIT else None
    shown = [row for row in rows if context["sees_all"] or row.user_id == current_viewer().user_id]
    figures = None
    if context["sees_all"]:
        figures = queries.counts_of(seat.workshop.id, [found.id])[found.id]
        context["close"] = _close(shown, context["may_mark"])
        context["uncounted"] = queries.uncounted_people(found, [row.user_id for row in rows])
    html = render_template("workshops/tasks/_changes.html", **context, task=found, works=shown, figures=figures)
    return fragment(html, seq, reached)


def _close(rows: Any, may_mark: bool) -> dict[int, int]:
    """Return for rows of works how close they are to earlier texts; only those who mark are told."""
    return mirror.closeness_of([row.id for row in rows], mirror_services.NOTED_FROM) if may_mark else {}


def page_of(seat: Seat, found: Task) -> dict[str, Any]:
    """Return everything the page of a task shows."""
    context = task_frame(seat)
    viewer = current_viewer()
    own = queries.submission_of(found.id, viewer.user_id)
    context |= {
        "task": found,
        "own": own,
        "may_hand_in": may.can_hand_in(viewer, found, seat.member, own, now()),
        "chosen": queries.excellent_of(found.id),
        "reviews": peers.reviews_by(found.id, viewer.user_id) if found.reviewers else [],
        "opinions": peers.reviews_about(own.id) if found.reviewers and own else [],
        "dropped": dropped_files(),
        "mirror_files": MIRROR_FILES,
    }
    if context["sees_all"]:
        missing = queries.missing_members(found, MISSING_SHOWN + 1)
        works = queries.submissions_page(found.id, request.args.get("cursor"))
        context |= _reminding(seat, found) | {
            "works": works,
            "close": _close(works.items, context["may_mark"]),
            "uncounted": queries.uncounted_people(found, [work.user_id for work in works.items]),
            "figures": queries.counts_of(seat.workshop.id, [found.id])[found.id],
            "peer_progress": peers.progress_of(found.id) if found.reviewers else None,
            "missing": missing[:MISSING_SHOWN],
            "waiting": queries.first_waiting(found.id),
        }
    return context


def _reminding(seat: Seat, found: Task) -> dict[str, Any]:
    """Return whom the viewer may remind of the task now, and who was reminded today."""
    wanted: set[int] = set()
    if can_remind(current_viewer(), seat.workshop, seat.member):
        wanted = set(attention.concerned(seat.workshop.id, Matter.TASK, found.id))
    reminded = attention.people_reminded_today(seat.workshop.id, Matter.TASK, found.id)
    return {"reminded": reminded, "remindable": len(wanted - reminded)}


def _work_form(seat: Seat, found: Task) -> WorkForm | None:
    own = queries.submission_of(found.id, current_viewer().user_id)
    said = own.copies[0].html if own is not None and own.copies else ""
    return WorkForm(formdata=None, html=said, client_uuid=checked_uuid(None))


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/edit")
def edit_task(workshop_id: int, task_id: int) -> ResponseReturnValue:
    """Show a task for changing."""
    seat, found = open_task(workshop_id, task_id)
    require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
    form = TaskForm(formdata=None, obj=found)
    form.due_at.data, form.required.data = local_minutes(found.due_at), "1" if found.required else "0"
    form.review_until.data = local_minutes(found.review_until) if found.review_until else None
    return render_template("workshops/tasks/form.html", form=form, **_edit_context(seat, found))


def _edit_context(seat: Seat, found: Task) -> dict[str, Any]:
    return task_frame(seat) | {"task": found, "dropped": dropped_files()}


@bp.post("/workshops/<int:workshop_id>/tasks/<int:task_id>/edit")
def change_task(workshop_id: int, task_id: int) -> ResponseReturnValue:
    """Change a task."""
    seat, found = open_task(workshop_id, task_id)
    require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
    form = TaskForm()
    if not form.validate():
        return form_page("workshops/tasks/form.html", form, **_edit_context(seat, found))
    try:
        files = received_papers()
        with unit_of_work():
            seat, found = open_task(workshop_id, task_id)
            require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
            details = form.details(typed_html(form.html.data))
            services.change_task(current_actor(), found, details, files=files, dropped=dropped_files())
            target = task_url(found)
    except YanxiuError as error:
        seat, found = open_task(workshop_id, task_id)
        return form_page("workshops/tasks/form.html", form, error, **_edit_context(seat, found))
    return done(target, "修改已保存")


@bp.post("/workshops/<int:workshop_id>/tasks/<int:task_id>/deletion")
def delete_task(workshop_id: int, task_id: int) -> ResponseReturnValue:
    """Delete a task."""
    with unit_of_work():
        seat, found = open_task(workshop_id, task_id)
        require(may.can_give_tasks(current_viewer(), seat.workshop, seat.member), ONLY_TEAM)
        services.delete_task(current_actor(), found)
        title = found.title
    return done(url_for("workshops.tasks", workshop_id=workshop_id, deleted=task_id), f"已删除任务“{title}”")


@bp.post("/workshops/<int:workshop_id>/tasks/<int:task_id>/restoration")
def restore_task(workshop_id: int, task_id: int) -> ResponseReturnValue:
    """Bring a deleted task back."""
    with unit_of_work():
        found = _restorable(open_seat(workshop_id), task_id)
        if found is None:
            raise NotFoundError
        services.restore_task(current_actor(), found)
        target = task_url(found)
    return done(target, "任务已恢复")


def _restorable(seat: Seat, task_id: int) -> Task | None:
    """Return a deleted task if the viewer may bring it back."""
    if not task_id or not may.can_give_tasks(current_viewer(), seat.workshop, seat.member):
        return None
    return queries.find_deleted_task(seat.workshop.id, task_id)


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/files/<int:file_id>")
def task_file(workshop_id: int, task_id: int, file_id: int) -> ResponseReturnValue:
    """Send a file that came with a task."""
    open_task(workshop_id, task_id)
    found = queries.find_task_file(task_id, file_id)
    if found is None:
        raise NotFoundError
    return send_stored(found.file, inline=found.file.mime.startswith("image/"))


@bp.get("/workshops/<int:workshop_id>/tasks.xlsx")
def grades(workshop_id: int) -> ResponseReturnValue:
    """Send the grade list: a row for each member, a column for each task."""
    seat = open_seat(workshop_id)
    require(may.can_see_all_work(current_viewer(), seat.workshop, seat.member), "成绩表由坊主和管理成员下载")
    people = [member for member in roster.all_members(workshop_id) if member.role in may.HANDING_IN]
    table = gradebook.Gradebook(
        seat.workshop, people, queries.all_tasks(workshop_id), queries.standings_in(workshop_id)
    )
    response = Response(table.drawn(now()), mimetype=gradebook.MIME)
    day = now().astimezone(LOCAL_ZONE).strftime("%Y%m%d")
    name = quote(f"{seat.workshop.name}任务完成表{day}.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response
