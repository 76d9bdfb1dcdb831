"""Reads about tasks and what was handed in. Callers have checked that the workshop may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import (
    Right,
    Role,
    Standing,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Task,
    TaskFile,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.queries.members import holders_of

CATCH_UP_LIMIT = 200
WAITING_SHOWN = 10
OVERDUE_SHOWN = timedelta(days=14)


def _tasks(workshop_id: int) -> Select[Task]:
    return select(Task).where(Task.workshop_id == workshop_id, Task.deleted_at.is_(None))


def tasks_page(workshop_id: int, at: datetime, *, over: bool, cursor: str | None = None, size: int = 20) -> Page[Task]:
    """Return tasks that are still running, the next due first, or those that are over, the last due first."""
    if over:
        return paginate(
            _tasks(workshop_id).where(Task.due_at < at), Task.due_at.desc(), Task.id.desc(), cursor=cursor, size=size
        )
    return paginate(
        _tasks(workshop_id).where(Task.due_at >= at), Task.due_at.asc(), Task.id.asc(), cursor=cursor, size=size
    )


def tasks_since(workshop_id: int, seq: int) -> Sequence[Task]:
    """Return tasks changed after `seq`, deleted ones too, oldest change first."""
    changed = select(Task).where(Task.workshop_id == workshop_id, Task.seq > seq)
    return db.session.scalars(changed.order_by(Task.seq).limit(CATCH_UP_LIMIT)).all()


def all_tasks(workshop_id: int) -> Sequence[Task]:
    """Return every task of a workshop in the order in which they are due."""
    return db.session.scalars(_tasks(workshop_id).order_by(Task.due_at, Task.id)).all()


def find_task(workshop_id: int, task_id: int) -> Task | None:
    """Return a task of this workshop that is not deleted, with what its page shows."""
    return db.session.scalar(
        _tasks(workshop_id)
        .where(Task.id == task_id)
        .options(
            joinedload(Task.workshop),
            joinedload(Task.author),
            selectinload(Task.files).joinedload(TaskFile.file),
        )
    )


def find_deleted_task(workshop_id: int, task_id: int) -> Task | None:
    """Return a task of this workshop that was deleted and can be brought back."""
    deleted = select(Task).where(Task.workshop_id == workshop_id, Task.id == task_id, Task.deleted_at.is_not(None))
    return db.session.scalar(deleted.options(joinedload(Task.workshop)))


def task_by_id(task_id: int) -> Task | None:
    """Return a task with its workshop whoever asks; the caller decides by a predicate."""
    return db.session.scalar(select(Task).where(Task.id == task_id).options(joinedload(Task.workshop)))


def tasks_with_reviews(workshop_id: int) -> Sequence[Task]:
    """Return the tasks of a workshop whose work members review, with their workshop; whoever asks."""
    rows = select(Task).where(Task.workshop_id == workshop_id, Task.reviewers > 0, Task.deleted_at.is_(None))
    return db.session.scalars(rows.options(joinedload(Task.workshop)).order_by(Task.id)).all()


def find_task_file(task_id: int, file_id: int) -> TaskFile | None:
    """Return a file that came with this task."""
    files = select(TaskFile).options(joinedload(TaskFile.file))
    return db.session.scalar(files.where(TaskFile.task_id == task_id, TaskFile.id == file_id))


def _submissions() -> Select[Submission]:
    return select(Submission).options(
        joinedload(Submission.user).joinedload(User.organization), joinedload(Submission.marked_by)
    )


def _with_copies(statement: Select[Submission]) -> Select[Submission]:
    copies = selectinload(Submission.copies)
    return statement.options(
        joinedload(Submission.task).joinedload(Task.workshop),
        copies.joinedload(SubmissionCopy.returned_by),
        copies.selectinload(SubmissionCopy.files).joinedload(SubmissionFile.file),
    )


def submission_of(task_id: int, user_id: int | None) -> Submission | None:
    """Return what a person handed in for a task, with all copies."""
    mine = _with_copies(_submissions()).where(Submission.task_id == task_id, Submission.user_id == user_id)
    return db.session.scalar(mine)


def find_submission(task_id: int, submission_id: int) -> Submission | None:
    """Return a submission for this task, with all copies."""
    return db.session.scalar(
        _with_copies(_submissions()).where(Submission.task_id == task_id, Submission.id == submission_id)
    )


def find_submitted_file(submission_id: int, file_id: int) -> SubmissionFile | None:
    """Return a file of any copy of this submission."""
    return db.session.scalar(
        select(SubmissionFile)
        .join(SubmissionFile.copy)
        .options(joinedload(SubmissionFile.file), contains_eager(SubmissionFile.copy))
        .where(SubmissionFile.id == file_id, SubmissionCopy.submission_id == submission_id)
    )


def own_standings(task_ids: Iterable[int], user_id: int | None) -> dict[int, Submission]:
    """Return a person's submissions by task."""
    rows = db.session.scalars(
        select(Submission).where(Submission.user_id == user_id, Submission.task_id.in_(list(task_ids)))
    )
    return {row.task_id: row for row in rows}


@dataclass(frozen=True)
class Counts:
    """How many handed in, wait for a mark, and were asked for another copy; of those the task is for."""

    handed_in: int = 0
    waiting: int = 0
    returned: int = 0
    expected: int = 0


def expected_count(workshop_id: int) -> int:
    """Return how many people the tasks of a workshop are for."""
    members = select(func.count()).where(WorkshopMember.workshop_id == workshop_id, WorkshopMember.role.in_(HANDING_IN))
    return db.session.scalar(members) or 0


def counts_of(workshop_id: int, task_ids: Iterable[int]) -> dict[int, Counts]:
    """Return the figures of tasks. People who left or lead by now are in no figure: their work is on the page alone."""
    ids, expected = list(task_ids), expected_count(workshop_id)
    rows = db.session.execute(
        select(Submission.task_id, Submission.standing, func.count())
        .join(Submission.task)
        .join(WorkshopMember, _is_member())
        .where(Submission.task_id.in_(ids), WorkshopMember.role.in_(HANDING_IN))
        .group_by(Submission.task_id, Submission.standing)
    )
    by_task: dict[int, dict[str, int]] = defaultdict(dict)
    for task_id, standing, number in rows:
        by_task[task_id][standing] = number
    return {task_id: _counts(by_task[task_id], expected) for task_id in ids}


def _counts(found: dict[str, int], expected: int) -> Counts:
    waiting, returned = found.get(Standing.HANDED_IN, 0), found.get(Standing.RETURNED, 0)
    return Counts(waiting + returned + found.get(Standing.MARKED, 0), waiting, returned, expected)


def _is_member() -> ColumnElement[bool]:
    return and_(WorkshopMember.workshop_id == Task.workshop_id, WorkshopMember.user_id == Submission.user_id)


def uncounted_people(task: Task, user_ids: Iterable[int]) -> set[int]:
    """Return those of these people whose work counts in no figure and waits in no queue: they left, or lead by now."""
    ids = set(user_ids)
    counted = select(WorkshopMember.user_id).where(
        WorkshopMember.workshop_id == task.workshop_id,
        WorkshopMember.role.in_(HANDING_IN),
        WorkshopMember.user_id.in_(ids),
    )
    return ids - set(db.session.scalars(counted))


def _waits_for_mark() -> ColumnElement[bool]:
    """The condition of a submission (joined with its task) that somebody is to mark: the same that figures count."""
    counted = exists().where(_is_member(), WorkshopMember.role.in_(HANDING_IN)).correlate(Task, Submission)
    return and_(Submission.standing == Standing.HANDED_IN, counted)


def submissions_page(task_id: int, cursor: str | None = None, size: int = 50) -> Page[Submission]:
    """Return what was handed in for a task in the order of the queue."""
    return paginate(_submissions().where(Submission.task_id == task_id), Submission.id.asc(), cursor=cursor, size=size)


def submissions_since(task_id: int, seq: int) -> Sequence[Submission]:
    """Return submissions changed after `seq`, oldest change first."""
    changed = _submissions().where(Submission.task_id == task_id, Submission.seq > seq)
    return db.session.scalars(changed.order_by(Submission.seq).limit(CATCH_UP_LIMIT)).all()


def excellent_works(workshop_id: int, cursor: str | None = None, size: int = 20) -> Page[Submission]:
    """Return what was chosen for all to see, the newest choice first."""
    chosen = _submissions().join(Submission.task).options(contains_eager(Submission.task))
    standing = (Task.workshop_id == workshop_id, Task.deleted_at.is_(None), Submission.excellent_at.is_not(None))
    return paginate(
        chosen.where(*standing), Submission.excellent_at.desc(), Submission.id.desc(), cursor=cursor, size=size
    )


def excellent_of(task_id: int) -> Sequence[Submission]:
    """Return the excellent works of one task."""
    chosen = _submissions().where(Submission.task_id == task_id, Submission.excellent_at.is_not(None))
    return db.session.scalars(chosen.order_by(Submission.excellent_at, Submission.id).limit(WAITING_SHOWN)).all()


def missing_members(task: Task, limit: int | None = None) -> Sequence[WorkshopMember]:
    """Return the members who have sent nothing for a task, by name."""
    sent = exists().where(Submission.task_id == task.id, Submission.user_id == WorkshopMember.user_id)
    return db.session.scalars(
        select(WorkshopMember)
        .join(WorkshopMember.user)
        .options(contains_eager(WorkshopMember.user).joinedload(User.organization))
        .where(WorkshopMember.workshop_id == task.workshop_id, WorkshopMember.role.in_(HANDING_IN), ~sent)
        .order_by(User.name_key, User.id)
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class Neighbors:
    """Where the queue goes from a submission: the one before and after it, and the next that waits for a mark."""

    before: int | None
    after: int | None
    waiting: int | None
    place: int
    total: int


def neighbors_of(submission: Submission) -> Neighbors:
    """Return the queue around a submission; what waits is looked for after it first, then from the beginning."""
    ids = db.session.execute(
        select(Submission.id, _waits_for_mark().label("waits"))
        .join(Submission.task)
        .where(Submission.task_id == submission.task_id)
        .order_by(Submission.id)
    ).all()
    place = next(n for n, row in enumerate(ids) if row.id == submission.id)
    around = [*ids[place + 1 :], *ids[:place]]
    return Neighbors(
        before=ids[place - 1].id if place else None,
        after=ids[place + 1].id if place + 1 < len(ids) else None,
        waiting=next((row.id for row in around if row.waits), None),
        place=place + 1,
        total=len(ids),
    )


def first_waiting(task_id: int) -> int | None:
    """Return the first submission that waits for a mark."""
    waiting = select(func.min(Submission.id)).join(Submission.task)
    return db.session.scalar(waiting.where(Submission.task_id == task_id, _waits_for_mark()))


@dataclass(frozen=True)
class DueTask:
    """A task that waits for a person: nothing sent yet, or sent back."""

    task: Task
    submission: Submission | None


def tasks_waiting_for(
    user_id: int | None, at: datetime, workshop_id: int | None = None, limit: int = WAITING_SHOWN
) -> list[DueTask]:
    """Return the tasks a member still has to hand in, the next due first; in one workshop or in all.

    What was due long before is not brought up every morning; what was sent back is, until it is sent again.
    """
    mine = and_(Submission.task_id == Task.id, Submission.user_id == user_id)
    rows = (
        select(Task, Submission)
        .join(Task.workshop)
        .join(WorkshopMember, WorkshopMember.workshop_id == Task.workshop_id)
        .outerjoin(Submission, mine)
        .options(contains_eager(Task.workshop))
        .where(
            Workshop.archived_at.is_(None),
            WorkshopMember.user_id == user_id,
            WorkshopMember.role.in_(HANDING_IN),
            Task.deleted_at.is_(None),
            or_(
                Submission.standing == Standing.RETURNED,
                and_(Submission.id.is_(None), Task.required.is_(True), Task.due_at > at - OVERDUE_SHOWN),
            ),
        )
        .order_by(Task.due_at, Task.id)
        .limit(limit)
    )
    if workshop_id is not None:
        rows = rows.where(Task.workshop_id == workshop_id)
    return [DueTask(row[0], row[1]) for row in db.session.execute(rows)]


@dataclass(frozen=True)
class Unmarked:
    """Work that waits for a mark in one task."""

    task_id: int
    workshop_id: int
    title: str
    workshop: str
    count: int


def work_waiting_for(user_id: int | None, workshop_id: int | None = None, limit: int = WAITING_SHOWN) -> list[Unmarked]:
    """Return the tasks with work that this person may mark, the longest due first."""
    marks = exists().where(
        WorkshopMember.workshop_id == Task.workshop_id,
        WorkshopMember.user_id == user_id,
        or_(WorkshopMember.role == Role.MENTOR.value, holders_of(Right.GRADE)),
    )
    rows = (
        select(Task.id, Task.workshop_id, Task.title, Workshop.name, func.count())
        .join(Submission, Submission.task_id == Task.id)
        .join(Workshop, Workshop.id == Task.workshop_id)
        .where(marks, Workshop.archived_at.is_(None), Task.deleted_at.is_(None), _waits_for_mark())
        # Nobody marks what is one's own.
        .where(Submission.user_id != user_id)
    )
    rows = (
        rows.group_by(Task.id, Task.workshop_id, Task.title, Workshop.name, Task.due_at)
        .order_by(Task.due_at, Task.id)
        .limit(limit)
    )
    if workshop_id is not None:
        rows = rows.where(Task.workshop_id == workshop_id)
    return [Unmarked(*row) for row in db.session.execute(rows)]


def standings_in(workshop_id: int) -> dict[tuple[int, int], Submission]:
    """Return every submission of a workshop by (user, task): what the grade list is drawn from."""
    rows = db.session.scalars(select(Submission).join(Submission.task).where(Task.workshop_id == workshop_id))
    return {(row.user_id, row.task_id): row for row in rows}
