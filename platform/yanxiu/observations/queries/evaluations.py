"""Evaluations and rubrics. Others' scores are loaded only where the caller has checked `can_view_scores`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_on
from yanxiu.core.db import db
from yanxiu.observations.models import (
    Evaluation,
    EvaluationState,
    Lesson,
    RubricTemplate,
    RubricVersion,
    ScoreEvidence,
    TimedComment,
)
from yanxiu.observations.permissions import can_view_scores


def evaluation_of(lesson_id: int, observer_id: int | None) -> Evaluation | None:
    """Return one observer's evaluation of a lesson, whatever its state."""
    statement = (
        select(Evaluation)
        .where(Evaluation.lesson_id == lesson_id, Evaluation.observer_id == observer_id)
        .options(joinedload(Evaluation.observer), *_in_full())
    )
    return db.session.scalars(statement).first()


def _in_full() -> tuple[ExecutableOption, ...]:
    """Return what an evaluation consists of: scores, what they rest on, the rubric."""
    said = selectinload(Evaluation.evidence).joinedload(ScoreEvidence.comment)
    return (
        selectinload(Evaluation.scores),
        said.joinedload(TimedComment.author),
        selectinload(Evaluation.evidence).joinedload(ScoreEvidence.version),
        joinedload(Evaluation.version).joinedload(RubricVersion.template),
    )


def sees_scores(viewer: Viewer, lesson: Lesson) -> bool:
    """Tell whether somebody may see the scores of a lesson (`can_view_scores`)."""
    own = evaluation_of(lesson.id, viewer.user_id)
    is_in = own is not None and own.state == EvaluationState.SUBMITTED
    return can_view_scores(viewer, lesson, own_submitted=is_in)


def submitted_evaluations(lesson_id: int) -> Sequence[Evaluation]:
    """Return the submitted evaluations of a lesson in the order they came in."""
    statement = (
        select(Evaluation)
        .where(Evaluation.lesson_id == lesson_id, Evaluation.state == EvaluationState.SUBMITTED)
        .options(
            joinedload(Evaluation.observer),
            *_in_full(),
        )
        .order_by(Evaluation.submitted_at, Evaluation.id)
    )
    return db.session.scalars(statement).all()


def evaluators_of(lesson_id: int) -> Sequence[User]:
    """Return who has submitted, without what."""
    statement = (
        select(User)
        .join(Evaluation, Evaluation.observer_id == User.id)
        .where(Evaluation.lesson_id == lesson_id, Evaluation.state == EvaluationState.SUBMITTED)
        .order_by(Evaluation.submitted_at, Evaluation.id)
    )
    return db.session.scalars(statement).all()


def find_rubric_version(version_id: int | None) -> RubricVersion | None:
    """Return a rubric version with its template; rubrics hold nothing private."""
    if version_id is None:
        return None
    statement = select(RubricVersion).where(RubricVersion.id == version_id).options(joinedload(RubricVersion.template))
    return db.session.scalars(statement).first()


def default_rubric_version(slug: str) -> RubricVersion | None:
    """Return the newest version of a shipped rubric, None before it was installed."""
    statement = (
        select(RubricVersion)
        .join(RubricVersion.template)
        .where(RubricTemplate.slug == slug)
        .order_by(RubricVersion.number.desc())
        .options(joinedload(RubricVersion.template))
    )
    return db.session.scalars(statement.limit(1)).first()


def usable_rubric(viewer: Viewer, template_id: int) -> RubricTemplate | None:
    """Return a rubric that the viewer's school may use."""
    statement = select(RubricTemplate).where(RubricTemplate.id == template_id, _usable(viewer))
    return db.session.scalars(statement.options(selectinload(RubricTemplate.versions))).first()


def _usable(viewer: Viewer) -> ColumnElement[bool]:
    """Shipped ones, those of the own organization and of those above it."""
    above = ids_on(viewer.org_path)
    return or_(RubricTemplate.organization_id.is_(None), RubricTemplate.organization_id.in_(above))


def rubric_choices(viewer: Viewer) -> list[RubricVersion]:
    """Return the newest version of each rubric the viewer's school may use: shipped ones, own and those above."""
    templates = db.session.scalars(
        select(RubricTemplate)
        .where(_usable(viewer))
        .options(selectinload(RubricTemplate.versions))
        .order_by(RubricTemplate.organization_id.is_not(None), RubricTemplate.id)
    )
    return [template.versions[-1] for template in templates if template.versions]
