"""Who really did something with a lesson: spoke about it, evaluated it, or watched it where that is logged."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.observations.models import Evaluation, EvaluationState, TimedComment, Watching


def took_part(lesson_ids: Collection[int], user_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return (lesson, person); three queries however many they are."""
    said = select(TimedComment.lesson_id, TimedComment.author_id).where(
        TimedComment.lesson_id.in_(lesson_ids),
        TimedComment.author_id.in_(user_ids),
        TimedComment.withdrawn_at.is_(None),
    )
    judged = select(Evaluation.lesson_id, Evaluation.observer_id).where(
        Evaluation.lesson_id.in_(lesson_ids),
        Evaluation.observer_id.in_(user_ids),
        Evaluation.state == EvaluationState.SUBMITTED,
    )
    watched = select(Watching.lesson_id, Watching.user_id).where(
        Watching.lesson_id.in_(lesson_ids), Watching.user_id.in_(user_ids)
    )
    return {(row[0], row[1]) for asked in (said, judged, watched) for row in db.session.execute(asked)}
