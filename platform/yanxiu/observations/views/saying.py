"""What several people say of a lesson at once (comments, answers, live notes) is written in one transaction (`core.batches`), each
under its author's own rights."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import users_by_id
from yanxiu.core import clock
from yanxiu.core.batches import Batches
from yanxiu.core.errors import ConflictError, ForbiddenError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, RecordingVersion, TimedComment
from yanxiu.observations.permissions import can_speak
from yanxiu.observations.queries import LessonView, find_comment
from yanxiu.observations.queries.lessons import find_lesson_for
from yanxiu.observations.queries.recordings import version_to_speak_of
from yanxiu.observations.services.comments import CommentDraft, post_comment, reply_to_comment
from yanxiu.observations.services.live_notes import NoteDraft, take_note
from yanxiu.observations.views.blueprint import why_rests


@dataclass(frozen=True)
class Remark:
    """What somebody wants to say about a lesson: a comment, an answer to the comment `thread_id`, or a live note."""

    viewer: Viewer
    draft: CommentDraft | NoteDraft
    thread_id: int | None = None


@dataclass(frozen=True)
class Said:
    """What it became, free of any session; `seq` is the number of its thread."""

    id: int
    seq: int
    start_ms: int
    body: str
    taken_at: datetime | None


Written = tuple[TimedComment, Said]
"""The row is kept until the transaction ends, so that whoever reacts finds it read already."""


def _write(place: Hashable, remarks: Sequence[Remark]) -> Sequence[Said | YanxiuError]:
    assert isinstance(place, int)
    with unit_of_work():
        seen = find_lesson_for([remark.viewer for remark in remarks], place)
        version = version_to_speak_of(place)
        authors = users_by_id({remark.viewer.user_id or 0 for remark in remarks})
        written = [
            _posted(authors.get(remark.viewer.user_id or 0), remark, found, version)
            for remark, found in zip(remarks, seen, strict=True)
        ]
        return [one if isinstance(one, YanxiuError) else one[1] for one in written]


def _posted(
    author: User | None, remark: Remark, found: LessonView | None, version: RecordingVersion | None
) -> Written | YanxiuError:
    """A remark that is refused is refused before anything of it is written: the others go on."""
    try:
        if found is None or author is None:
            raise NotFoundError
        if not can_speak(remark.viewer, found.lesson, found.access, clock.today()):
            raise ForbiddenError(why_rests(found))
        return _written(author, remark, found.lesson, version)
    except YanxiuError as error:
        return error


def _written(author: User, remark: Remark, lesson: Lesson, version: RecordingVersion | None) -> Written:
    draft = remark.draft
    if isinstance(draft, NoteDraft):
        ready = version if version is not None and version.duration_ms is not None else None
        row = thread = take_note(author, lesson, ready, draft)
    elif remark.thread_id is not None:
        answered = find_comment(remark.viewer, lesson, remark.thread_id)
        if answered is None:
            raise NotFoundError
        row, thread = reply_to_comment(author, lesson, answered, draft), answered
    elif version is None:
        raise ConflictError("课堂实录还没有上传，暂时不能点评")
    else:
        row = thread = post_comment(author, lesson, version, draft)
    return row, Said(row.id, thread.seq, row.start_ms, row.body, row.taken_at)


remarks: Batches[Remark, Said] = Batches(_write)
