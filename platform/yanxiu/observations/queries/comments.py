"""Time-coded comments the viewer may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import media_clock, wall_clock
from yanxiu.core.db import db
from yanxiu.core.paging import Page
from yanxiu.observations.models import CommentVisibility, Lesson, TimedComment
from yanxiu.observations.permissions import can_view_comment

PAGE = 120
"""Threads shown at once; a lesson with more continues with 加载更多."""
CATCH_UP_LIMIT = 200
"""Threads sent again in one answer to a page that was away."""
LABEL_LENGTH = 30
MOST_NOTES = 1000
"""Live notes in one list; a lesson of forty minutes and thirty observers has fewer."""
MOST_OFFERED = 60


@dataclass(frozen=True)
class Changes:
    """What is newer than a sequence number: threads to show again, those to remove as (id, sequence number).

    `seq` says how far an answer reaches that could not hold everything; None when it is complete.
    """

    threads: Sequence[TimedComment]
    gone: list[tuple[int, int]] = field(default_factory=list)
    seq: int | None = None


def threads_of(
    viewer: Viewer,
    lesson: Lesson,
    after: tuple[int, int] | None = None,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> Page[TimedComment]:
    """Return a page of threads in media time; `after` is (start_ms, id) of the last one already shown.

    `narrowed`: what the threads must be like, as `queries.narrowing` has it.

    The cursor of the next page is the same pair as `start_ms-id`, so that the page can also ask from a moment on.
    """
    statement = _threads(lesson).where(_open(viewer, lesson), TimedComment.version_id.is_not(None), *narrowed)
    if after is not None:
        start_ms, last_id = after
        same = and_(TimedComment.start_ms == start_ms, TimedComment.id > last_id)
        statement = statement.where(or_(TimedComment.start_ms > start_ms, same))
    found = db.session.scalars(statement.order_by(TimedComment.start_ms, TimedComment.id).limit(PAGE + 1)).all()
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], None if last is None else f"{last.start_ms}-{last.id}")


def moments_of(viewer: Viewer, lesson: Lesson, narrowed: Sequence[ColumnElement[bool]] = ()) -> list[dict[str, Any]]:
    """Return place, kind and first words of every thread in media time: what the timeline needs and no more."""
    words = func.substr(TimedComment.body, 1, LABEL_LENGTH)
    rows = db.session.execute(
        select(
            TimedComment.id,
            TimedComment.start_ms,
            TimedComment.end_ms,
            TimedComment.kind,
            User.name,
            words,
            TimedComment.drawing.is_not(None),
        )
        .join(TimedComment.author)
        .where(
            TimedComment.lesson_id == lesson.id,
            TimedComment.parent_id.is_(None),
            TimedComment.version_id.is_not(None),
            _open(viewer, lesson),
            *narrowed,
        )
        .order_by(TimedComment.start_ms, TimedComment.id)
    )
    return [
        {
            "id": f"comment-{number}",
            "start": start_ms,
            "end": end_ms,
            "kind": kind,
            "label": f"{name}：{said}",
            **({"drawn": True} if drawn else {}),
        }
        for number, start_ms, end_ms, kind, name, said, drawn in rows
    ]


def offered_as_evidence(viewer: Viewer, lesson: Lesson) -> list[dict[str, Any]]:
    """Return the comments on which somebody may rest a score, at most `MOST_OFFERED`: one's own first, then the newest.

    `from` is media time in milliseconds, None for a live note that has only its time by the clock.
    """
    words = func.substr(TimedComment.body, 1, LABEL_LENGTH)
    rows = db.session.execute(
        select(TimedComment.id, TimedComment.version_id, TimedComment.start_ms, TimedComment.taken_at, User.name, words)
        .join(TimedComment.author)
        .where(TimedComment.lesson_id == lesson.id, TimedComment.parent_id.is_(None), _open(viewer, lesson))
        .order_by(case((TimedComment.author_id == viewer.user_id, 0), else_=1), TimedComment.id.desc())
        .limit(MOST_OFFERED)
    )
    found = []
    for number, version_id, start_ms, taken_at, name, said in rows:
        by_clock = wall_clock(taken_at) if taken_at is not None else ""
        label = media_clock(start_ms) if version_id is not None else f"{by_clock} 现场".strip()
        at = start_ms if version_id is not None else None
        found.append({"value": f"c{number}", "label": label, "words": f"{name}：{said}", "from": at})
    return found


def comments_since(
    viewer: Viewer,
    lesson: Lesson,
    seq: int,
    narrowed: Sequence[ColumnElement[bool]] = (),
    *,
    within: Sequence[ColumnElement[bool]] = (),
) -> Changes:
    """Return what changed after `seq`; of a narrowed list what does not fit (any more) is gone. A thread the viewer may not
    read leaves no trace, not even as removed. `within`: which threads are asked for at all (`alike_for_all`)."""
    statement = _threads(lesson).where(TimedComment.seq > seq, _readable(viewer, lesson), *within)
    changed = db.session.scalars(statement.order_by(TimedComment.seq).limit(CATCH_UP_LIMIT)).all()
    ids = [thread.id for thread in changed]
    fitting = set(ids)
    if narrowed and ids:
        fitting = set(db.session.scalars(select(TimedComment.id).where(TimedComment.id.in_(ids), *narrowed)))
    return Changes(
        [thread for thread in changed if thread.withdrawn_at is None and thread.id in fitting],
        [(thread.id, thread.seq) for thread in changed if thread.withdrawn_at is not None or thread.id not in fitting],
        changed[-1].seq if len(changed) == CATCH_UP_LIMIT else None,
    )


def alike_for_all() -> ColumnElement[bool]:
    """Select the threads that everybody who may watch reads, and that look the same to them all.

    Live notes without a place offer the sync mark to some.
    """
    return and_(TimedComment.visibility == CommentVisibility.EVERYBODY, TimedComment.version_id.is_not(None))


def asides_since(lesson: Lesson, seq: int, upto: int) -> list[tuple[int, frozenset[int] | None]]:
    """Return the numbers of all other threads changed after `seq`, and who may read each; None: all who may watch."""
    rows = db.session.execute(
        select(TimedComment.seq, TimedComment.author_id, TimedComment.visibility).where(
            TimedComment.lesson_id == lesson.id,
            TimedComment.parent_id.is_(None),
            TimedComment.seq > seq,
            TimedComment.seq <= upto,
            not_(alike_for_all()),
        )
    )
    return [(number, _readers(author_id, visibility, lesson)) for number, author_id, visibility in rows]


def _readers(author_id: int, visibility: str, lesson: Lesson) -> frozenset[int] | None:
    """The same rule as `can_view_comment`, as ids."""
    if visibility == CommentVisibility.EVERYBODY:
        return None
    return frozenset((author_id, lesson.teacher_id) if visibility == CommentVisibility.TEACHER else (author_id,))


def notes_by_clock(viewer: Viewer, lesson: Lesson) -> Sequence[TimedComment]:
    """Return the live notes that have no place on the recording yet, by the clock, at most `MOST_NOTES`."""
    statement = _threads(lesson).where(_open(viewer, lesson), TimedComment.version_id.is_(None))
    return db.session.scalars(statement.order_by(TimedComment.taken_at, TimedComment.id).limit(MOST_NOTES)).all()


def count_placed_notes(viewer: Viewer, lesson: Lesson) -> int:
    """Return how many live notes that the viewer may read stand on the recording."""
    placed = (TimedComment.taken_at.is_not(None), TimedComment.version_id.is_not(None))
    counted = select(func.count()).where(TimedComment.lesson_id == lesson.id, _open(viewer, lesson), *placed)
    return db.session.scalar(counted) or 0


def own_live_notes(viewer: Viewer, lesson: Lesson) -> Sequence[TimedComment]:
    """Return what the viewer noted live in this lesson, the last note first, at most `MOST_NOTES`."""
    own = (TimedComment.author_id == viewer.user_id, TimedComment.taken_at.is_not(None))
    statement = select(TimedComment).where(
        TimedComment.lesson_id == lesson.id, TimedComment.withdrawn_at.is_(None), *own
    )
    statement = statement.options(joinedload(TimedComment.perspective))
    newest = statement.order_by(TimedComment.taken_at.desc(), TimedComment.id.desc())
    return db.session.scalars(newest.limit(MOST_NOTES)).all()


def has_live_notes(lesson_id: int, author_id: int | None = None) -> bool:
    """Tell whether anybody, or this person, noted the lesson live."""
    noted = exists().where(
        TimedComment.lesson_id == lesson_id, TimedComment.taken_at.is_not(None), TimedComment.withdrawn_at.is_(None)
    )
    if author_id is not None:
        noted = noted.where(TimedComment.author_id == author_id)
    return db.session.scalar(select(noted)) or False


def find_comment(viewer: Viewer, lesson: Lesson, comment_id: int) -> TimedComment | None:
    """Return a comment of the lesson the viewer may read; a withdrawn one only for its author."""
    statement = (
        select(TimedComment)
        .where(TimedComment.id == comment_id, TimedComment.lesson_id == lesson.id)
        .options(joinedload(TimedComment.author), joinedload(TimedComment.parent))
    )
    comment = db.session.scalars(statement).first()
    if comment is None or not can_view_comment(viewer, comment, lesson):
        return None
    if comment.withdrawn_at is not None and comment.author_id != viewer.user_id:
        return None
    return comment


def comment_at_hand(comment_id: int) -> TimedComment | None:
    """Return a comment without a question where this transaction has it already; for the program itself."""
    return db.session.get(TimedComment, comment_id)


def counts_by_lesson(lesson_ids: Iterable[int]) -> dict[int, int]:
    """Return how many open comments each lesson has that everybody may read."""
    rows = db.session.execute(
        select(TimedComment.lesson_id, func.count().label("threads"))
        .where(
            TimedComment.lesson_id.in_(list(lesson_ids)),
            TimedComment.parent_id.is_(None),
            TimedComment.withdrawn_at.is_(None),
            TimedComment.visibility == CommentVisibility.EVERYBODY,
        )
        .group_by(TimedComment.lesson_id)
    )
    return {row.lesson_id: row.threads for row in rows}


def open_threads(viewer: Viewer, lesson: Lesson) -> Select[TimedComment]:
    """Select the threads of a lesson that the viewer may read, in no order and with nothing loaded along."""
    return select(TimedComment).where(
        TimedComment.lesson_id == lesson.id, TimedComment.parent_id.is_(None), _open(viewer, lesson)
    )


def _threads(lesson: Lesson) -> Select[TimedComment]:
    return (
        select(TimedComment)
        .where(TimedComment.lesson_id == lesson.id, TimedComment.parent_id.is_(None))
        .options(
            joinedload(TimedComment.author),
            joinedload(TimedComment.resolved_by),
            joinedload(TimedComment.perspective),
            selectinload(TimedComment.replies).joinedload(TimedComment.author),
        )
    )


def _open(viewer: Viewer, lesson: Lesson) -> ColumnElement[bool]:
    return and_(_readable(viewer, lesson), TimedComment.withdrawn_at.is_(None))


def _readable(viewer: Viewer, lesson: Lesson) -> ColumnElement[bool]:
    """The same rule as `can_view_comment`, as SQL."""
    choices = [TimedComment.visibility == CommentVisibility.EVERYBODY, TimedComment.author_id == viewer.user_id]
    if viewer.user_id == lesson.teacher_id:
        choices.append(TimedComment.visibility == CommentVisibility.TEACHER)
    return or_(*choices)


def thread_ids_of(lesson_id: int, parent_id: int | None = None) -> list[int]:
    """Return the ids of all comments of a lesson, or of the answers to one of them; for the search queue."""
    statement = select(TimedComment.id).where(TimedComment.lesson_id == lesson_id)
    if parent_id is not None:
        statement = statement.where(TimedComment.parent_id == parent_id)
    return list(db.session.scalars(statement))
