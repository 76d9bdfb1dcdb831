"""The mirror (提交前看看): how close a text is to earlier ones, for its author before sending and for those who mark."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.html import clean_html, text_of
from yanxiu.web.auth import current_viewer
from yanxiu.workshops import permissions, resemblance
from yanxiu.workshops.forms.mirror import MirrorForm
from yanxiu.workshops.models import Post, TextKind
from yanxiu.workshops.permissions import tasks as may
from yanxiu.workshops.queries import mirror as queries
from yanxiu.workshops.queries import tasks as task_queries
from yanxiu.workshops.queries import threads
from yanxiu.workshops.queries.mirror import Said
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import mirror as services
from yanxiu.workshops.services.mirror import Asked, Near
from yanxiu.workshops.services.posts import MAX_HTML, MAX_TEXT
from yanxiu.workshops.views.frame import bp, open_seat, require, require_valid
from yanxiu.workshops.views.tasks import task_frame, task_url
from yanxiu.workshops.views.topics import topic_url, typed_html
from yanxiu.workshops.views.work import open_work, work_url

SHOWN, PASSAGES = 5, 5


@dataclass(frozen=True)
class Reflected:
    """One earlier text as its reader may know it: `url` and `pairs` are empty where it is not theirs to read."""

    near: Near
    own: bool
    url: str
    pairs: Sequence[tuple[str, str]]

    @property
    def said(self) -> Said:
        return self.near.said


@bp.post("/workshops/<int:workshop_id>/mirror")
def mirror(workshop_id: int) -> ResponseReturnValue:
    """Show the author of a text, before it is sent, which earlier ones it is close to; nothing of it is kept."""
    seat, form = open_seat(workshop_id), MirrorForm()
    require(permissions.takes_part(current_viewer(), seat.workshop, seat.member), "加入工作坊以后才能使用")
    require_valid(form)
    html = clean_html(typed_html((form.html.data or "")[:MAX_HTML]))
    text = text_of(resemblance.without_quotations(html))[:MAX_TEXT]
    asked = _asked(seat, form, text)
    found = services.nearest(asked, seat.workshop.organization_id)
    readable = queries.readable(current_viewer(), {near.signature.id: near.said for near in found})
    own = resemblance.own_runs(text, asked.given)
    response: Response = make_response(
        render_template(
            "workshops/mirror/_result.html",
            found=[_reflected(text, near, readable, own) for near in found[:SHOWN]],
            too_short=not resemblance.pieces_of(text),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked(seat: Seat, form: MirrorForm, text: str) -> Asked:
    """Return the text with what its author was given; a task or topic that is not of this workshop does not exist."""
    if form.task_id.data:
        task = task_queries.find_task(seat.workshop.id, form.task_id.data)
        if task is None:
            raise NotFoundError
        mine = task_queries.submission_of(task.id, current_viewer().user_id)
        own = (TextKind.WORK.value, mine.id) if mine else None
        copies = queries.copies_of(mine.id, mine.copies_count + 1) if mine else ()
        return Asked(text, [task.text], copies, own)
    if form.topic_id.data:
        topic = threads.find_topic(seat.workshop.id, form.topic_id.data)
        if topic is None:
            raise NotFoundError
        return Asked(text, queries.given_in_topic(topic.id))
    return Asked(text)


def _reflected(text: str, near: Near, readable: Collection[int], own: set[str]) -> Reflected:
    is_own = near.said.author.id == current_viewer().user_id
    if near.signature.id not in readable:
        return Reflected(near, is_own, "", ())
    other = near.said.text
    longest = sorted(resemblance.passages(text, other, own), key=lambda one: one.start - one.end)[:PASSAGES]
    pairs = [
        (text[one.start : one.end], other[one.other_start : one.other_end])
        for one in sorted(longest, key=lambda one: one.start)
    ]
    return Reflected(near, is_own, _address_of(near.said), pairs)


def _address_of(said: Said) -> str:
    if isinstance(said.source, Post):
        return topic_url(said.source.topic, at=said.source.id) + f"#post-{said.source.id}"
    return work_url(said.source)


@bp.get("/workshops/<int:workshop_id>/tasks/<int:task_id>/submissions/<int:submission_id>/closeness")
def closeness(workshop_id: int, task_id: int, submission_id: int) -> ResponseReturnValue:
    """Show those who mark a work beside the earlier text that it is closest to."""
    seat, task, submission = open_work(workshop_id, task_id, submission_id)
    require(may.can_mark_work(current_viewer(), submission, seat.member), "只有批改的老师能看比对")
    near = services.near_work(submission)
    said = queries.said_in(TextKind.WORK, submission.id)
    if near is None or said is None:
        raise NotFoundError
    may_read = bool(queries.readable(current_viewer(), {near.signature.id: near.said}))
    own = resemblance.own_runs(said.text, queries.given_with(said))
    shared = resemblance.passages(said.text, near.said.text, own) if may_read else []
    return render_template(
        "workshops/mirror/pair.html",
        **task_frame(seat),
        task=task,
        submission=submission,
        said=said,
        near=near,
        near_url=_address_of(near.said) if may_read else "",
        left=resemblance.marked(said.text, [(one.start, one.end) for one in shared]),
        right=resemblance.marked(near.said.text, [(one.other_start, one.other_end) for one in shared]),
        back=work_url(submission),
        task_page=task_url(task),
    )
