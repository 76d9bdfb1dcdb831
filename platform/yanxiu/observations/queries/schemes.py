"""Schemes of codes that a viewer may use, and the one that counts in a lesson."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_on
from yanxiu.core.db import db
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import CodingScheme, CodingSession, CodingState, SchemeVersion


def usable_schemes(viewer: Viewer, *, retired: bool = False) -> Sequence[CodingScheme]:
    """Return the viewer's own ones and those of the own organization and of those above it, with their versions."""
    statement = (
        select(CodingScheme)
        .where(_usable(viewer))
        .options(selectinload(CodingScheme.versions), joinedload(CodingScheme.organization))
        .order_by(CodingScheme.organization_id.is_not(None), CodingScheme.id)
    )
    if not retired:
        statement = statement.where(CodingScheme.retired_at.is_(None))
    return db.session.scalars(statement).all()


def usable_scheme(viewer: Viewer, scheme_id: int) -> CodingScheme | None:
    """Return one of them, whether it is still offered or not."""
    statement = select(CodingScheme).where(CodingScheme.id == scheme_id, _usable(viewer))
    return db.session.scalars(statement.options(selectinload(CodingScheme.versions))).first()


def _usable(viewer: Viewer) -> ColumnElement[bool]:
    above = ids_on(viewer.org_path)
    own = CodingScheme.organization_id.is_(None) & (CodingScheme.maker_id == viewer.user_id)
    return or_(own, CodingScheme.organization_id.in_(above))


def scheme_in_lesson(viewer: Viewer, lesson_id: int, slug: str) -> Scheme | None:
    """Return the scheme as it is coded in this lesson, None if the viewer has nothing to do with it.

    Who codes first settles the version for all coders of the lesson, or two codings could not be compared. Who sees a
    finished coding of a scheme may code with it too, for a second coder may come from another school.
    """
    if slug in SCHEMES:
        return SCHEMES[slug]
    family = db.session.scalar(select(CodingScheme).where(CodingScheme.slug == slug))
    if family is None:
        return None
    used = version_in_lesson(lesson_id, slug)
    usable = db.session.scalar(select(exists().where(CodingScheme.id == family.id, _usable(viewer))))
    if not usable and not _is_met(viewer, lesson_id, slug):
        return None
    if used is not None:
        return used.scheme
    return None if family.retired_at is not None else family.versions[-1].scheme


def _is_met(viewer: Viewer, lesson_id: int, slug: str) -> bool:
    """Whether somebody has finished a coding with it in this lesson, or the viewer has begun one."""
    met = exists().where(
        CodingSession.lesson_id == lesson_id,
        CodingSession.scheme == slug,
        or_(CodingSession.state == CodingState.DONE, CodingSession.coder_id == viewer.user_id),
    )
    return bool(db.session.scalar(select(met)))


def version_in_lesson(lesson_id: int, slug: str) -> SchemeVersion | None:
    """Return the version with which the first coder of the lesson began."""
    statement = (
        select(SchemeVersion)
        .join(CodingSession, CodingSession.definition_id == SchemeVersion.id)
        .where(CodingSession.lesson_id == lesson_id, CodingSession.scheme == slug)
        .order_by(CodingSession.id)
        .options(joinedload(SchemeVersion.family))
    )
    return db.session.scalars(statement.limit(1)).first()
