"""Peer review: reading a work without knowing whose it is, and writing about it without being named."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import anonymous
from yanxiu.workshops.forms.tasks import ReviewForm
from yanxiu.workshops.models import PeerReview, SubmissionFile
from yanxiu.workshops.permissions import tasks as may
from yanxiu.workshops.queries import peers as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import peers as services
from yanxiu.workshops.services.work import Mark
from yanxiu.workshops.views.frame import bp, done, form_page, require
from yanxiu.workshops.views.tasks import open_task, task_frame, task_url


def open_review(workshop_id: int, task_id: int, review_id: int) -> tuple[Seat, PeerReview]:
    """Return a review the viewer was asked for and may still write or read; there is no other."""
    seat, task = open_task(workshop_id, task_id)
    require(may.must_hand_in(current_viewer(), seat.workshop, seat.member), "互评由坊员完成")
    found = queries.find_review(task.id, review_id, current_viewer().user_id)
    if found is None:
        raise NotFoundError
    return seat, found


def _context(seat: Seat, review: PeerReview) -> dict[str, Any]:
    copy = review.submission.copies[0]
    mine = [item.id for item in queries.reviews_by(review.task_id, review.reviewer_id)]
    return task_frame(seat) | {
        "task": review.task,
        "review": review,
        "html": anonymous.nameless_html(copy.html),
        "place": mine.index(review.id) + 1,
        "papers": _papers(copy.files),
    }


def _papers(files: list[SubmissionFile]) -> list[tuple[int, str, int] | None]:
    """Return number, name and size of each file; None for one whose names cannot be taken out."""
    return [
        (number, anonymous.nameless_name(number, item.file.name), item.file.size)
        if anonymous.can_be_nameless(item.file.name)
        else None
        for number, item in enumerate(files, start=1)
    ]


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/reviews/<int:review_id>")
def review(workshop_id: int, task_id: int, review_id: int) -> ResponseReturnValue:
    """Show the work to be reviewed, without its author, and the form."""
    seat, found = open_review(workshop_id, task_id, review_id)
    form = ReviewForm(formdata=None, score=found.score, grade=found.grade, comment=found.comment)
    return render_template("workshops/tasks/review.html", form=form, **_context(seat, found))


@bp.post("/workshops/<int:workshop_id>/tasks/<int:task_id>/reviews/<int:review_id>")
def write_review(workshop_id: int, task_id: int, review_id: int) -> ResponseReturnValue:
    """Write the review, then go on to the next one that waits."""
    seat, found = open_review(workshop_id, task_id, review_id)
    form = ReviewForm()
    if not form.validate():
        return form_page("workshops/tasks/review.html", form, **_context(seat, found))
    try:
        with unit_of_work():
            seat, found = open_review(workshop_id, task_id, review_id)
            mark = Mark(form.score.data, form.grade.data, form.comment.data or "")
            services.write_review(current_actor(), found, mark)
            waiting = [item for item in queries.reviews_by(task_id, found.reviewer_id) if item.done_at is None]
            target = review_url(seat, waiting[0]) if waiting else task_url(found.task)
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        return form_page(
            "workshops/tasks/review.html", form, error, **_context(*open_review(workshop_id, task_id, review_id))
        )
    return done(target, "意见已提交" if waiting else "意见已提交，互评都完成了")


def review_url(seat: Seat, found: PeerReview) -> str:
    """Return the address of a review."""
    return f"/workshops/{seat.workshop.id}/tasks/{found.task_id}/reviews/{found.id}"


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/reviews/<int:review_id>/files/<int:number>")
def review_file(workshop_id: int, task_id: int, review_id: int, number: int) -> ResponseReturnValue:
    """Send a file of the work under a name that says nothing, without the names inside."""
    _seat, found = open_review(workshop_id, task_id, review_id)
    files = found.submission.copies[0].files
    if not 1 <= number <= len(files):
        raise NotFoundError
    file = files[number - 1].file
    content = anonymous.nameless_file(file)
    response: Response = send_file(io.BytesIO(content), mimetype="application/octet-stream")
    name = quote(anonymous.nameless_name(number, file.name), safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response
