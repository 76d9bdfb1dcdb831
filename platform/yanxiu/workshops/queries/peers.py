"""Reads about peer review. What a reviewer gets to see holds no name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from yanxiu.core.db import db
from yanxiu.workshops.models import (
    PeerReview,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Task,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.permissions.tasks import HANDING_IN

WAITING_SHOWN = 10


def authors_of(task: Task) -> dict[int, int]:
    """Return the author of each work handed in for a task by those who are still members."""
    rows = db.session.execute(
        select(Submission.id, Submission.user_id)
        .join(WorkshopMember, WorkshopMember.user_id == Submission.user_id)
        .where(
            Submission.task_id == task.id,
            Submission.copies_count > 0,
            WorkshopMember.workshop_id == task.workshop_id,
            WorkshopMember.role.in_(HANDING_IN),
        )
        .order_by(Submission.id)
    )
    return {row.id: row.user_id for row in rows}


def reviews_of_task(task_id: int) -> Sequence[PeerReview]:
    """Return every review that was asked for, given up ones too."""
    return db.session.scalars(select(PeerReview).where(PeerReview.task_id == task_id).order_by(PeerReview.id)).all()


def reviews_by(task_id: int, user_id: int | None) -> Sequence[PeerReview]:
    """Return what a person was asked to review for a task and still may see."""
    mine = select(PeerReview).where(PeerReview.task_id == task_id, PeerReview.reviewer_id == user_id)
    return db.session.scalars(mine.where(PeerReview.given_up_at.is_(None)).order_by(PeerReview.id)).all()


def reviews_about(submission_id: int) -> Sequence[PeerReview]:
    """Return the reviews that were written about a work."""
    written = select(PeerReview).where(PeerReview.submission_id == submission_id, PeerReview.done_at.is_not(None))
    return db.session.scalars(written.options(joinedload(PeerReview.reviewer)).order_by(PeerReview.id)).all()


def progress_of(task_id: int) -> tuple[int, int]:
    """Return how many reviews of a task were written, of how many that are asked for now."""
    standing = select(func.count(PeerReview.done_at), func.count()).where(
        PeerReview.task_id == task_id, PeerReview.given_up_at.is_(None)
    )
    done, asked = db.session.execute(standing).one()
    return done, asked


def _with_work() -> Select[PeerReview]:
    copies = joinedload(PeerReview.submission).selectinload(Submission.copies)
    return select(PeerReview).options(
        joinedload(PeerReview.task), copies.options(selectinload(SubmissionCopy.files).joinedload(SubmissionFile.file))
    )


def find_review(task_id: int, review_id: int, user_id: int | None) -> PeerReview | None:
    """Return a review this person was asked for; others' reviews do not exist for one."""
    return db.session.scalar(
        _with_work().where(
            PeerReview.id == review_id,
            PeerReview.task_id == task_id,
            PeerReview.reviewer_id == user_id,
            PeerReview.given_up_at.is_(None),
        )
    )


def reviews_waiting_for(
    user_id: int | None, workshop_id: int | None = None, limit: int = WAITING_SHOWN
) -> list[PeerReview]:
    """Return the reviews a person still has to write, the next due first; in one workshop or in all."""
    rows = (
        select(PeerReview)
        .join(PeerReview.task)
        .join(Task.workshop)
        .join(WorkshopMember, WorkshopMember.workshop_id == Task.workshop_id)
        .options(contains_eager(PeerReview.task).contains_eager(Task.workshop))
        .where(
            Workshop.archived_at.is_(None),
            WorkshopMember.user_id == user_id,
            PeerReview.reviewer_id == user_id,
            PeerReview.done_at.is_(None),
            PeerReview.given_up_at.is_(None),
            Task.deleted_at.is_(None),
        )
        .order_by(PeerReview.until, PeerReview.id)
        .limit(limit)
    )
    if workshop_id is not None:
        rows = rows.where(Task.workshop_id == workshop_id)
    return list(db.session.scalars(rows))
