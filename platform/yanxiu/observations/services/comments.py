"""Saying something about a moment of a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import bindparam, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump, next_seq, tell_change
from yanxiu.core.remarks import checked_uuid, checked_words
from yanxiu.observations.drawings import checked_drawing
from yanxiu.observations.events import (
    TimedCommentChanged,
    TimedCommentPosted,
    TimedCommentRestored,
    TimedCommentWithdrawn,
)
from yanxiu.observations.models import (
    CommentKind,
    CommentVisibility,
    Lesson,
    LessonPerspective,
    RecordingVersion,
    TimedComment,
)
from yanxiu.observations.services.lessons import hold_lesson

MAX_LENGTH = 4000


@dataclass(frozen=True)
class CommentDraft:
    """What somebody says; times in milliseconds of media time, `end_ms` None for a moment."""

    body: str
    client_uuid: str
    start_ms: int = 0
    end_ms: int | None = None
    kind: str = CommentKind.HIGHLIGHT
    visibility: str = CommentVisibility.EVERYBODY
    perspective_id: int | None = None
    drawing: str = ""
    """What was drawn on the still, as the page sends it (`drawings.checked_drawing`)."""


def post_comment(actor: User, lesson: Lesson, version: RecordingVersion, draft: CommentDraft) -> TimedComment:
    """Add a comment at a moment or stretch. Sending the same draft again under its `client_uuid` changes nothing.

    Another draft under a known `client_uuid` is a comment of its own: nothing written is ever swallowed.
    """
    hold_lesson(lesson)
    _check_place(draft, version)
    body, client_uuid = checked_body(draft.body), checked_uuid(draft.client_uuid)
    drawing = checked_drawing(draft.drawing)
    known = sent_before(actor, client_uuid)
    perspective_id = perspective_in(lesson, draft.perspective_id)
    said = (lesson.id, None, body, draft.start_ms, draft.end_ms, draft.kind, draft.visibility, perspective_id, drawing)
    if known is not None and said == _what_it_says(known):
        return known
    comment = TimedComment(
        lesson_id=lesson.id,
        version_id=version.id,
        author_id=actor.id,
        start_ms=draft.start_ms,
        end_ms=draft.end_ms,
        kind=draft.kind,
        visibility=draft.visibility,
        perspective_id=perspective_id,
        body=body,
        drawing=drawing,
        client_uuid=client_uuid if known is None else str(uuid4()),
    )
    return added(comment, lesson, comment)


def reply_to_comment(actor: User, lesson: Lesson, thread: TimedComment, draft: CommentDraft) -> TimedComment:
    """Answer a comment; sending the same words again under their `client_uuid` changes nothing."""
    _hold(lesson, thread)
    body, client_uuid = checked_body(draft.body), checked_uuid(draft.client_uuid)
    known = sent_before(actor, client_uuid)
    if known is not None and (thread.id, body) == (known.parent_id, known.body):
        return known
    if thread.parent_id is not None:
        raise InvalidError("请回复这条点评本身")
    if thread.withdrawn_at is not None:
        raise ConflictError("这条点评已被撤回，不能再回复")
    reply = TimedComment(
        lesson_id=lesson.id,
        version_id=thread.version_id,
        author_id=actor.id,
        parent_id=thread.id,
        start_ms=thread.start_ms,
        end_ms=thread.end_ms,
        kind=thread.kind,
        visibility=thread.visibility,
        body=body,
        client_uuid=client_uuid if known is None else str(uuid4()),
    )
    return added(reply, lesson, thread)


def edit_comment(
    actor: User,
    lesson: Lesson,
    comment: TimedComment,
    body: str,
    kind: str | None = None,
    drawing: str | None = None,
) -> None:
    """Change the words, and of a first comment the kind and what is drawn on the picture; None leaves these as they are."""
    _hold(lesson, comment)
    if comment.withdrawn_at is not None:
        raise ConflictError("这条点评已被撤回，请先恢复再修改")
    comment.body = checked_body(body)
    if kind is not None and comment.parent_id is None:
        comment.kind = checked_kind(kind)
    if drawing is not None and comment.parent_id is None and comment.is_placed:
        comment.drawing = checked_drawing(drawing)
    comment.edited_at = clock.now()
    _touch(lesson, comment)
    record(TimedCommentChanged(comment.id, lesson.id, actor.id))


def put_under_perspective(actor: User, lesson: Lesson, comment: TimedComment, perspective_id: int | None) -> None:
    """Say under which perspective of the lesson a first comment belongs; None for none."""
    _hold(lesson, comment)
    found = perspective_in(lesson, perspective_id)
    if comment.parent_id is not None or comment.perspective_id == found:
        return
    comment.perspective_id = found
    _touch(lesson, comment)
    record(TimedCommentChanged(comment.id, lesson.id, actor.id))


def withdraw_comment(actor: User, lesson: Lesson, comment: TimedComment) -> None:
    """Take a comment back; the author may restore it."""
    _hold(lesson, comment)
    if comment.withdrawn_at is None:
        comment.withdrawn_at = clock.now()
        _touch(lesson, comment)
        record(TimedCommentWithdrawn(comment.id, lesson.id, actor.id))


def restore_comment(actor: User, lesson: Lesson, comment: TimedComment) -> None:
    """Undo a withdrawal."""
    _hold(lesson, comment)
    if comment.withdrawn_at is not None:
        comment.withdrawn_at = None
        _touch(lesson, comment)
        record(TimedCommentRestored(comment.id, lesson.id, actor.id))


def resolve_comment(actor: User, lesson: Lesson, comment: TimedComment, resolved: bool) -> None:
    """Tick a thread off, or open it again."""
    if comment.parent_id is not None:
        raise InvalidError("只能标记整条点评")
    _hold(lesson, comment)
    if (comment.resolved_at is not None) == resolved:
        return
    comment.resolved_at = clock.now() if resolved else None
    comment.resolved_by_id = actor.id if resolved else None
    _touch(lesson, comment)
    record(TimedCommentChanged(comment.id, lesson.id, actor.id))


def _hold(lesson: Lesson, comment: TimedComment) -> None:
    """Keep other writers out until the commit and read the comment as they left it."""
    hold_lesson(lesson)
    hold(comment)


def added(comment: TimedComment, lesson: Lesson, thread: TimedComment) -> TimedComment:
    """Add a comment to its thread and tell of it."""
    thread.seq = next_seq(lesson.topic)
    db.session.add(comment)
    db.session.flush()
    tell_change(lesson.topic, thread.seq, "comment", thread.id)
    record(TimedCommentPosted(comment.id, lesson.id, comment.author_id, comment.parent_id, comment.visibility))
    return comment


def _touch(lesson: Lesson, comment: TimedComment) -> None:
    thread = comment if comment.parent_id is None else db.session.get_one(TimedComment, comment.parent_id)
    thread.seq = bump(lesson.topic, "comment", thread.id)
    db.session.flush()


def sent_before(actor: User, client_uuid: str) -> TimedComment | None:
    """Return what this person sent under the key, if anything."""
    return db.session.scalars(_SENT_BEFORE, {"author_id": actor.id, "client_uuid": client_uuid}).first()


_SENT_BEFORE = select(TimedComment).where(
    TimedComment.author_id == bindparam("author_id"), TimedComment.client_uuid == bindparam("client_uuid")
)


def _what_it_says(comment: TimedComment) -> tuple[object, ...]:
    place = (
        comment.start_ms,
        comment.end_ms,
        comment.kind,
        comment.visibility,
        comment.perspective_id,
        comment.drawing,
    )
    return (comment.lesson_id, comment.parent_id, comment.body, *place)


def _check_place(draft: CommentDraft, version: RecordingVersion) -> None:
    if version.duration_ms is None:
        raise ConflictError("课堂实录还没有处理好，暂时不能点评")
    checked_kind(draft.kind)
    checked_audience(draft.visibility)
    if not 0 <= draft.start_ms <= version.duration_ms:
        raise InvalidError("点评的时间不在视频之内", field="start_ms")
    if draft.end_ms is not None and not draft.start_ms < draft.end_ms <= version.duration_ms:
        raise InvalidError("结束时间要在开始时间之后、视频之内", field="end_ms")


def perspective_in(lesson: Lesson, perspective_id: int | None) -> int | None:
    """Return the perspective where the lesson has it. One taken away meanwhile is none: no remark is refused for that."""
    if perspective_id is None:
        return None
    mine = select(LessonPerspective.id).where(LessonPerspective.lesson_id == lesson.id)
    return db.session.scalar(mine.where(LessonPerspective.id == perspective_id))


def checked_audience(visibility: str) -> str:
    """Return who may read a comment; InvalidError when it is none of `CommentVisibility`."""
    if visibility not in set(CommentVisibility):
        raise InvalidError("请选择谁可以看到", field="visibility")
    return visibility


def checked_kind(kind: str) -> str:
    """Return the kind; InvalidError when it is none of `CommentKind`."""
    if kind not in set(CommentKind):
        raise InvalidError("请选择点评的类别", field="kind")
    return kind


def checked_body(body: str) -> str:
    """Return the words as they are kept; InvalidError when there are none or too many."""
    return checked_words(body, MAX_LENGTH, "请写下您看到的课堂细节", f"点评最多 {MAX_LENGTH} 字，请分成几条")
