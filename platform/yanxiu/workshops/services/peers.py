"""Peer review (互评): allocating, asking others for what was not done in time, and writing a review."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.allocation import Pair, allocate, reissue
from yanxiu.workshops.events import ReviewsAsked
from yanxiu.workshops.models import PeerReview, Scale, Task
from yanxiu.workshops.queries.peers import authors_of, reviews_of_task
from yanxiu.workshops.services.tasks import hold_task, plan_reviews
from yanxiu.workshops.services.work import Mark, check_mark

MORE_TIME = timedelta(days=2)
"""How long somebody has who is asked in place of another one."""

_shuffle = secrets.SystemRandom().shuffle


def look_after_reviews(task: Task) -> None:
    """Allocate the reviews of a task that is due, or hand on what was not done in time. Harmless at any moment.

    In a workshop that has ended nobody can review: nothing is asked, and nothing given up, until it is brought back.
    """
    if not hold(task) or task.deleted_at is not None or not task.reviewers or now() <= task.due_at:
        return
    if task.workshop.archived_at is not None:
        return
    reviews = reviews_of_task(task.id)
    if not reviews:
        _allocate(task)
    else:
        _hand_on(task, reviews)


def _allocate(task: Task) -> None:
    """Everybody who handed in reviews others' work; the time may have passed when the server was off."""
    until = max(task.review_until or task.due_at, now() + MORE_TIME)
    pairs = allocate(authors_of(task), task.reviewers, _shuffle)
    _ask(task, pairs, until)


def _hand_on(task: Task, reviews: Sequence[PeerReview]) -> None:
    """Give up what is over its time and ask those who kept theirs; when nobody is left the rest stays undone."""
    for review in reviews:
        if _is_open(review) and review.until < now():
            review.given_up_at = now()
    known = {review.submission_id for review in reviews}
    authors = {work: author for work, author in authors_of(task).items() if work in known}
    standing = Counter(review.submission_id for review in reviews if review.given_up_at is None)
    wanted = min(task.reviewers, len(known) - 1)
    missing = {work: wanted - standing[work] for work in authors if standing[work] < wanted}
    failed = {review.reviewer_id for review in reviews if review.given_up_at is not None}
    asked = [(review.submission_id, review.reviewer_id) for review in reviews]
    willing = set(authors.values()) - failed
    _ask(task, reissue(authors, missing, asked, willing, _shuffle), now() + MORE_TIME)


def _is_open(review: PeerReview) -> bool:
    return review.done_at is None and review.given_up_at is None


def _ask(task: Task, pairs: Iterable[Pair], until: datetime) -> None:
    people = set()
    for work, reviewer in pairs:
        db.session.add(PeerReview(task_id=task.id, submission_id=work, reviewer_id=reviewer, until=until))
        people.add(reviewer)
    if not people:
        return
    db.session.flush()
    bump(f"task:{task.id}", "reviews", task.id)
    plan_reviews(task, until)
    record_audit(None, "reviews.asked", "workshop_task", task.id, people=len(people))
    record(ReviewsAsked(task.id, task.workshop_id, tuple(sorted(people))))


def write_review(actor: User, review: PeerReview, mark: Mark) -> None:
    """Write a review, or write it anew as long as there is time; one that was given up belongs to somebody else by now."""
    hold_task(review.task)
    if not hold(review) or review.given_up_at is not None:
        raise ConflictError("互评时间已过，这份作品已经请别的老师来看了")
    if review.done_at is not None and now() > review.until:
        raise ConflictError("互评时间已过，不能再改")
    check_mark(review.task, mark)
    if not mark.comment:
        raise InvalidError("请写一两句意见，对方会看到", field="comment")
    review.score = mark.score if review.task.scale == Scale.POINTS else None
    review.grade = mark.grade if review.task.scale == Scale.GRADES else None
    review.comment, review.done_at = mark.comment, now()
    db.session.flush()
    bump(f"task:{review.task_id}", "review", review.id)
