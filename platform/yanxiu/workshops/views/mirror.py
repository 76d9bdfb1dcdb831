"""The mirror (提交前看看): how close a text is to earlier ones, for its author before sending and for those who mark."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import resemblance
from yanxiu.core.db import db
from yanxiu.core.errors import NotFoundError
from yanxiu.core.file_text import WITH_TEXT, SlowFileError, extension_of, text_in_stream
from yanxiu.core.html import clean_html, text_of
from yanxiu.core.storage import base_name
from yanxiu.web.auth import current_viewer
from yanxiu.web.limits import reads_files
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.mirror import MIRROR_FILES, MOST_BYTES, MOST_FILES, MirrorForm
from yanxiu.workshops.models import Post, Task, TextKind
from yanxiu.workshops.permissions import tasks as may
from yanxiu.workshops.queries import mirror as queries
from yanxiu.workshops.queries import tasks as task_queries
from yanxiu.workshops.queries import threads
from yanxiu.workshops.queries.mirror import Said
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import mirror as services
from yanxiu.workshops.services.attachments import MAX_FILES
from yanxiu.workshops.services.mirror import Asked, Near
from yanxiu.workshops.services.posts import MAX_HTML, MAX_TEXT
from yanxiu.workshops.views.frame import bp, frame, number_argument, open_seat, open_topic, require, require_valid
from yanxiu.workshops.views.tasks import task_frame, task_url
from yanxiu.workshops.views.topics import topic_url, typed_html
from yanxiu.workshops.views.work import open_work, work_url

SHOWN, PASSAGES = 5, 5
LONGEST_NAME = 120


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


@dataclass(frozen=True)
class ShownFiles:
    """What stands in chosen files; the names of those nothing was read in, and of those that were left out."""

    texts: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@bp.post("/workshops/<int:workshop_id>/mirror")
@reads_files
def mirror(workshop_id: int) -> ResponseReturnValue:
    """Show the author of a text, before it is sent, which earlier ones it is close to; nothing of it is kept."""
    seat, form = open_seat(workshop_id), MirrorForm()
    require(permissions.takes_part(current_viewer(), seat.workshop, seat.member), "加入工作坊以后才能使用")
    require_valid(form)
    if form.task_id.data:
        _task_of(seat, form.task_id.data)  # one that is not there is told before files are read for it
    html = clean_html(typed_html((form.html.data or "")[:MAX_HTML]))
    written = text_of(resemblance.without_quotations(html))[:MAX_TEXT]
    files = _shown_files()
    text = "\n".join([written, *files.texts]).strip()
    seat = open_seat(workshop_id)
    asked = _asked(seat, form, text)
    found = services.nearest(asked, seat.workshop.organization_id)
    readable = queries.readable(current_viewer(), {near.signature.id: near.said for near in found})
    own = resemblance.own_runs(text, asked.given)
    response: Response = make_response(
        render_template(
            "workshops/mirror/_result.html",
            found=[_reflected(text, near, readable, own) for near in found[:SHOWN]],
            too_short=not resemblance.pieces_of(text),
            files=files,
            limits=MIRROR_FILES,
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown_files() -> ShownFiles:
    """Read the files that were chosen and not sent yet; those beyond the limits are named only."""
    sent = [file for file in request.files.getlist("files") if extension_of(file.filename or "") in WITH_TEXT]
    left = [*(file.filename or "" for file in sent[MOST_FILES:]), *request.form.getlist("left")]
    files = ShownFiles(left=[base_name(name)[:LONGEST_NAME] for name in left[:MAX_FILES] if name])
    db.session.rollback()  # no read transaction while files are read
    for file in sent[:MOST_FILES]:
        name = base_name(file.filename or "")
        try:
            text = text_in_stream(file.stream, extension_of(name), MOST_BYTES)
        except SlowFileError:
            text = ""
        if text:
            files.texts.append(text[: services.LONGEST_FILE])
        else:
            (files.left if text is None else files.unread).append(name)
    return files


def _task_of(seat: Seat, task_id: int) -> Task:
    task = task_queries.find_task(seat.workshop.id, task_id)
    if task is None:
        raise NotFoundError
    return task


def _asked(seat: Seat, form: MirrorForm, text: str) -> Asked:
    """Return the text with what its author was given; a task or topic that is not of this workshop does not exist."""
    if form.task_id.data:
        task = _task_of(seat, form.task_id.data)
        mine = task_queries.submission_of(task.id, current_viewer().user_id)
        own = (TextKind.WORK.value, mine.id) if mine else None
        copies = queries.copies_of(mine.id, mine.copies_count + 1) if mine else ()
        return Asked(text, queries.given_with_task(task), copies, own)
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
    back = work_url(submission)
    above = [("任务", url_for("workshops.tasks", workshop_id=workshop_id)), (task.title, task_url(task))]
    context = task_frame(seat) | {
        "above": [*above, (submission.user.name, back)],
        "back": back,
        "back_text": "回到批改",
    }
    return render_template("workshops/mirror/pair.html", **context, **_beside(TextKind.WORK, submission.id))


def _beside(kind: TextKind, object_id: int) -> dict[str, Any]:
    """Return a text and the earlier one that it is closest to, with what they share; words only where they may be read."""
    near, said = services.near_of(kind, object_id), queries.said_in(kind, object_id)
    if near is None or said is None:
        raise NotFoundError
    may_read = bool(queries.readable(current_viewer(), {near.signature.id: near.said}))
    own = resemblance.own_runs(said.text, queries.given_with(said))
    shared = resemblance.passages(said.text, near.said.text, own) if may_read else []
    return {
        "said": said,
        "near": near,
        "near_url": _address_of(near.said) if may_read else "",
        "left": resemblance.marked(said.text, [(one.start, one.end) for one in shared]),
        "right": resemblance.marked(near.said.text, [(one.other_start, one.other_end) for one in shared]),
    }


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/closeness")
def close_posts(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """List for those who lead the posts that are close to earlier texts; `?post=` shows one beside the text it is close to."""
    seat, topic = open_topic(workshop_id, topic_id)
    require(permissions.can_moderate(current_viewer(), seat.workshop, seat.member), "只有坊主团队能看比对")
    context = frame(seat, "topics") | {"topic": topic, "least": services.NOTED_FROM}
    number = number_argument("post")
    if not number:
        page = queries.close_posts(topic, services.NOTED_FROM, request.args.get("cursor"))
        return render_template("workshops/mirror/posts.html", **context, page=page)
    if threads.find_post(topic_id, number) is None:
        raise NotFoundError
    back = url_for("workshops.close_posts", workshop_id=workshop_id, topic_id=topic_id)
    above = [("话题", url_for("workshops.topics", workshop_id=workshop_id)), (topic.title, topic_url(topic))]
    context |= {"above": [*above, ("相近的发言", back)], "back": back, "back_text": "回到相近的发言"}
    return render_template("workshops/mirror/pair.html", **context, **_beside(TextKind.POST, number))
