"""Excellent lesson plans for a bulletin. A workshop does not know what it contains: whoever has plans tells; `wiring`
says who. The workshop tells which of them were named where it counts: in digest posts and in recommended works."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.workshops.models import Post, Submission, SubmissionCopy, Task, Topic
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.insights import in_period

_PLAN = re.compile(r"/lesson-plans/(\d{1,9})")
_MARK = "/lesson-plans/"


@dataclass(frozen=True)
class PlanLine:
    """A plan worth telling about: its title and address, whose it is, and why."""

    title: str
    url: str
    author: str
    why: str


PlanSource = Callable[[int, datetime, datetime, Collection[int]], Sequence[PlanLine]]
"""Give a workshop, from when and until when, and the numbers of plans that were named; get the lines."""

_sources: list[PlanSource] = []


def register_plan_source(source: PlanSource) -> None:
    """Say who knows plans; done once by `wiring`."""
    _sources[:] = [source]


def excellent_plans(workshop_id: int, period: Period) -> list[PlanLine]:
    """Return the excellent plans of a period."""
    named = _named(workshop_id, period)
    return [line for source in _sources for line in source(workshop_id, period.starts, period.ends, named)]


def _named(workshop_id: int, period: Period) -> set[int]:
    """The plans linked in topics marked as digests in the period, and in works recommended in it."""
    said = (
        select(Post.html)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Topic.workshop_id == workshop_id,
            Topic.deleted_at.is_(None),
            in_period(Topic.digest_at, period),
            Post.withdrawn_at.is_(None),
            Post.number == 1,
            Post.html.contains(_MARK),
        )
    )
    handed_in = (
        select(SubmissionCopy.html)
        .join(Submission, Submission.id == SubmissionCopy.submission_id)
        .join(Task, Task.id == Submission.task_id)
        .where(
            Task.workshop_id == workshop_id,
            Task.deleted_at.is_(None),
            in_period(Submission.excellent_at, period),
            SubmissionCopy.html.contains(_MARK),
        )
    )
    texts = [*db.session.scalars(said), *db.session.scalars(handed_in)]
    return {int(number) for text in texts for number in _PLAN.findall(text)}
