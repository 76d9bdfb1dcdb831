"""Comments that several people send at once are written in one transaction (`core.batches`), each under its author's own rights."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import users_by_id
from yanxiu.core import clock
from yanxiu.core.batches import Batches
from yanxiu.core.errors import ConflictError, ForbiddenError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import RecordingVersion, TimedComment
from yanxiu.observations.permissions import can_speak
from yanxiu.observations.queries import LessonView
from yanxiu.observations.queries.lessons import find_lesson_for
from yanxiu.observations.queries.recordings import version_to_speak_of
from yanxiu.observations.services.comments import CommentDraft, post_comment
from yanxiu.observations.views.blueprint import why_rests


@dataclass(frozen=True)
class Remark:
    """What somebody wants to say about a lesson."""

    viewer: Viewer
    draft: CommentDraft


@dataclass(frozen=True)
class Said:
    """The comment that it became, free of any session."""

    id: int
    seq: int
    start_ms: int


def _write(place: Hashable, remarks: Sequence[Remark]) -> Sequence[Said | YanxiuError]:
    assert isinstance(place, int)
    with unit_of_work():
        seen = find_lesson_for([remark.viewer for remark in remarks], place)
        version = version_to_speak_of(place)
        authors = users_by_id({remark.viewer.user_id or 0 for remark in remarks})
        written = [  # kept until the transaction ends, so that whoever reacts finds each comment read already
            _posted(authors.get(remark.viewer.user_id or 0), remark, found, version)
            for remark, found in zip(remarks, seen, strict=True)
        ]
        return [one if isinstance(one, YanxiuError) else Said(one.id, one.seq, one.start_ms) for one in written]


def _posted(
    author: User | None, remark: Remark, found: LessonView | None, version: RecordingVersion | None
) -> TimedComment | YanxiuError:
    """A remark that is refused is refused before anything of it is written: the others go on."""
    try:
        if found is None or author is None:
            raise NotFoundError
        if not can_speak(remark.viewer, found.lesson, found.access, clock.today()):
            raise ForbiddenError(why_rests(found))
        if version is None:
            raise ConflictError("课堂实录还没有上传，暂时不能点评")
        return post_comment(author, found.lesson, version, remark.draft)
    except YanxiuError as error:
        return error


remarks: Batches[Remark, Said] = Batches(_write)
