"""Time-coded comments: the list, what is newer, and everything one does with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.drawings import MOST_CHARACTERS
from yanxiu.observations.forms import clock_ms, whole_number
from yanxiu.observations.models import CommentKind, CommentVisibility, Lesson, RecordingVersion, TimedComment
from yanxiu.observations.permissions import can_edit_comment, can_resolve_comment
from yanxiu.observations.queries import (
    LessonView,
    current_version,
    find_comment,
    moments_of,
    recording_of,
    threads_of,
)
from yanxiu.observations.queries.narrowing import CommentFilter, most_used, speakers_of, threads_by_tag
from yanxiu.observations.queries.perspectives import all_perspectives_of
from yanxiu.observations.services import comments as service
from yanxiu.observations.services.comments import CommentDraft
from yanxiu.observations.views.blueprint import bp, done, load_lesson, load_to_speak, posted
from yanxiu.observations.views.comment_news import newer_comments
from yanxiu.observations.views.recordings import sources_of
from yanxiu.observations.views.saying import Remark, remarks
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.bursts import fragment_response
from yanxiu.web.tails import live_items

NARROWED_BY = ("author", "kind", "tag", "perspective")
"""The arguments of `narrowed_to`."""


@bp.get("/lessons/<int:lesson_id>/comments")
@live_items("lesson:{lesson_id}", *NARROWED_BY)
def comment_list(lesson_id: int) -> ResponseReturnValue:
    """With `since`: the threads that are newer. With `after`: the next ones in media time."""
    viewer = current_viewer()
    found = load_lesson(lesson_id)
    lesson = found.lesson
    since = whole_number(request.args.get("since"))
    narrowed = list(narrowed_to(threads_by_tag(viewer, lesson) if request.args.get("tag") else {}).conditions())
    if since is not None:
        return newer_comments(found, since, narrowed)
    seq = current_seq(lesson.topic)
    threads = threads_of(viewer, lesson, shown_until(), narrowed).items
    page = render_template(
        "observations/_comments.html", lesson=lesson, rests=found.access.rests, threads=threads, sent_by_script=True
    )
    return fragment_response(page, seq)


@bp.post("/lessons/<int:lesson_id>/comments")
def post_comment(lesson_id: int) -> ResponseReturnValue:
    """Say something about a moment or a stretch."""
    try:
        remark = Remark(current_viewer(), _draft())
    except InvalidError:
        load_to_speak(lesson_id)  # who may not speak here hears of that first
        raise
    said = remarks.add(lesson_id, remark)
    target = url_for(".lesson", lesson_id=lesson_id, t=said.start_ms // 1000, _anchor=f"comment-{said.id}")
    return done(target, id=said.id, seq=said.seq)


@bp.post("/lessons/<int:lesson_id>/comments/<int:comment_id>/replies")
def reply(lesson_id: int, comment_id: int) -> ResponseReturnValue:
    """Answer a comment."""
    draft = CommentDraft(body=posted("body"), client_uuid=posted("client_uuid") or str(uuid4()))
    said = remarks.add(lesson_id, Remark(current_viewer(), draft, comment_id))
    target = url_for(".lesson", lesson_id=lesson_id, t=said.start_ms // 1000, _anchor=f"comment-{comment_id}")
    return done(target, id=said.id, seq=said.seq)


@bp.get("/lessons/<int:lesson_id>/comments/<int:comment_id>")
def comment(lesson_id: int, comment_id: int) -> ResponseReturnValue:
    """One comment by itself: to change it, take it back or bring it back."""
    found = load_lesson(lesson_id)
    lesson, shown = _load(lesson_id, comment_id, found)
    may_edit = can_edit_comment(current_viewer(), shown) and not found.access.rests
    version = _film_of(lesson_id, shown) if may_edit else None
    sources = sources_of(lesson_id, version) if shown.parent_id is None else []
    return render_template(
        "observations/comment.html",
        lesson=lesson,
        comment=shown,
        may_edit=may_edit,
        kinds=list(CommentKind),
        perspectives=[
            one for one in all_perspectives_of(lesson_id) if one.retired_at is None or one.id == shown.perspective_id
        ],
        film=sources[-1]["url"] if sources else "",
        version=version,
    )


def _film_of(lesson_id: int, shown: TimedComment) -> RecordingVersion | None:
    """Return the version on which the moment of a comment lies: a film that came later shows another picture there.

    What was said of sound and stills has the times of the film that came after them.
    """
    recording = recording_of(lesson_id)
    own = next((one for one in recording.versions if one.id == shown.version_id), None) if recording else None
    return current_version(recording) if own is not None and own.is_first_look else own


@bp.post("/lessons/<int:lesson_id>/comments/<int:comment_id>")
def edit_comment(lesson_id: int, comment_id: int) -> ResponseReturnValue:
    """Change one's own words."""
    with unit_of_work():
        lesson, shown = _load_own(lesson_id, comment_id)
        drawing = _drawing() if "drawing" in request.form else None
        service.edit_comment(current_actor(), lesson, shown, posted("body"), posted("kind") or None, drawing)
        if "perspective" in request.form:
            number = whole_number(posted("perspective"))
            service.put_under_perspective(current_actor(), lesson, shown, number)
        target = _place(lesson, shown)
    return done(target, "修改已保存")


@bp.post("/lessons/<int:lesson_id>/comments/<int:comment_id>/withdrawal")
def withdraw_comment(lesson_id: int, comment_id: int) -> ResponseReturnValue:
    """Take one's own comment back; it can be undone."""
    with unit_of_work():
        lesson, shown = _load_own(lesson_id, comment_id)
        service.withdraw_comment(current_actor(), lesson, shown)
    undo = url_for(".restore_comment", lesson_id=lesson_id, comment_id=comment_id)
    target = url_for(".comment", lesson_id=lesson_id, comment_id=comment_id)
    return done(target, "已撤回", undo={"url": undo, "text": "撤销"})


@bp.post("/lessons/<int:lesson_id>/comments/<int:comment_id>/restoration")
def restore_comment(lesson_id: int, comment_id: int) -> ResponseReturnValue:
    """Undo a withdrawal."""
    with unit_of_work():
        lesson, shown = _load_own(lesson_id, comment_id)
        service.restore_comment(current_actor(), lesson, shown)
        target = _place(lesson, shown)
    return done(target, "已恢复")


@bp.post("/lessons/<int:lesson_id>/comments/<int:comment_id>/resolution")
def resolve_comment(lesson_id: int, comment_id: int) -> ResponseReturnValue:
    """Tick a thread off, or with `resolved=0` open it again."""
    with unit_of_work():
        found = load_to_speak(lesson_id)
        lesson, shown = _load(lesson_id, comment_id, found)
        if not can_resolve_comment(current_viewer(), shown, lesson, found.access):
            raise ForbiddenError
        service.resolve_comment(current_actor(), lesson, shown, posted("resolved") != "0")
        target = _place(lesson, shown)
    return done(target)


def _load(lesson_id: int, comment_id: int, found: LessonView | None = None) -> tuple[Lesson, TimedComment]:
    lesson = (found or load_lesson(lesson_id)).lesson
    shown = find_comment(current_viewer(), lesson, comment_id)
    if shown is None:
        raise NotFoundError
    return lesson, shown


def _load_own(lesson_id: int, comment_id: int) -> tuple[Lesson, TimedComment]:
    lesson, shown = _load(lesson_id, comment_id, load_to_speak(lesson_id))
    if not can_edit_comment(current_viewer(), shown):
        raise ForbiddenError
    return lesson, shown


def _draft() -> CommentDraft:
    """Read the form: exact milliseconds from scripts, the typed clock without them."""
    start_ms, end_ms = whole_number(posted("start_ms")), whole_number(posted("end_ms"))
    if start_ms is None:
        start_ms, end_ms = clock_ms(posted("at")), clock_ms(posted("until"))
    if start_ms is None:
        raise InvalidError("请写明时间，例如 12:34", field="at")
    return CommentDraft(
        body=posted("body"),
        client_uuid=posted("client_uuid"),
        start_ms=start_ms,
        end_ms=end_ms,
        kind=posted("kind") or CommentKind.HIGHLIGHT.value,
        visibility=posted("visibility") or CommentVisibility.EVERYBODY.value,
        perspective_id=whole_number(posted("perspective")),
        drawing=_drawing(),
    )


def _drawing() -> str:
    return posted("drawing", MOST_CHARACTERS + 1)


def narrowed_to(tags: Mapping[str, Sequence[int]]) -> CommentFilter:
    """Return what `?author=&kind=&tag=` narrow the list to; `tags` are those of the lesson with their threads."""
    kind, tag = request.args.get("kind", ""), request.args.get("tag", "").lower()[:20]
    return CommentFilter(
        kind if kind in {known.value for known in CommentKind} else "",
        whole_number(request.args.get("author")),
        tag=tag,
        tagged=frozenset(tags.get(tag, ())),
        perspective_id=whole_number(request.args.get("perspective")),
    )


def comment_panel(lesson: Lesson) -> dict[str, Any]:
    """Return a page of comments, how many there are, and the places of all of them when they are more than a page; and
    what the list can be narrowed to."""
    viewer, after = current_viewer(), shown_until()
    tagged = threads_by_tag(viewer, lesson)
    wanted = narrowed_to(tagged)
    narrowed = list(wanted.conditions())
    threads = threads_of(viewer, lesson, after, narrowed)
    is_all = after is None and threads.next_cursor is None
    moments = [] if is_all else moments_of(viewer, lesson, narrowed)
    return {
        "threads": threads,
        "moments": moments,
        "comment_count": len(threads.items) if is_all else len(moments),
        "wanted": wanted,
        "speakers": speakers_of(viewer, lesson),
        "tags": most_used(tagged),
    }


def shown_until() -> tuple[int, int] | None:
    """Return `?after=`: moment and number of the last thread already shown."""
    start_ms, _, last_id = request.args.get("after", "").partition("-")
    first, second = whole_number(start_ms), whole_number(last_id)
    return None if first is None or second is None else (first, second)


def _place(lesson: Lesson, comment: TimedComment) -> str:
    anchor = f"comment-{comment.parent_id or comment.id}"
    return url_for(".lesson", lesson_id=lesson.id, t=comment.start_ms // 1000, _anchor=anchor)
