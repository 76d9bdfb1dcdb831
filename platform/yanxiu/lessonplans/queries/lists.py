"""Lists of plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.lessonplans.models import (
    VISIBILITIES,
    Adaptation,
    LessonPlan,
    PlanDeparture,
    PlanMember,
)
from yanxiu.lessonplans.queries.plans import IS_PLAN, visible_to

CATCH_UP_LIMIT = 100


def _cards() -> Select[Any]:
    return select(LessonPlan).options(
        joinedload(LessonPlan.owner), joinedload(LessonPlan.workshop), joinedload(LessonPlan.edited_by)
    )


def _newest(statement: Select[Any], cursor: str | None, size: int) -> Page[LessonPlan]:
    return paginate(statement, LessonPlan.edited_at.desc(), LessonPlan.id.desc(), cursor=cursor, size=size)


@dataclass(frozen=True)
class PlanFilter:
    """What a list is narrowed to. `whose` is "own" or "joined" among mine, a visibility among those of others."""

    words: str = ""
    subject: str = ""
    stage: str = ""
    whose: str = ""

    @property
    def narrows(self) -> bool:
        return any((self.words, self.subject, self.stage, self.whose))

    def conditions(self, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
        """Yield what a plan must be like; every word stands in the title, the unit or the owner's name."""
        for word in self.words.split():
            texts = (LessonPlan.title, LessonPlan.unit, User.name)
            yield or_(*(text.icontains(word, autoescape=True) for text in texts))
        if self.subject:
            yield LessonPlan.subject == self.subject
        if self.stage:
            yield LessonPlan.stage == self.stage
        if self.whose in VISIBILITIES:
            yield LessonPlan.visibility == self.whose
        elif self.whose:
            own = LessonPlan.owner_id == viewer.user_id
            yield own if self.whose == "own" else ~own


EVERYTHING = PlanFilter()


def _narrowed(statement: Select[Any], viewer: Viewer, wanted: PlanFilter) -> Select[Any]:
    if wanted.words:
        statement = statement.join(User, User.id == LessonPlan.owner_id)
    return statement.where(*wanted.conditions(viewer))


def my_plans_page(
    viewer: Viewer, wanted: PlanFilter = EVERYTHING, *, cursor: str | None = None, size: int = 20
) -> Page[LessonPlan]:
    """Return the plans the viewer owns, or was invited to and has opened; latest edited first."""
    opened = select(PlanMember.plan_id).where(PlanMember.user_id == viewer.user_id, PlanMember.seen_at.is_not(None))
    statement = _cards().where(
        LessonPlan.deleted_at.is_(None),
        IS_PLAN,
        or_(LessonPlan.owner_id == viewer.user_id, LessonPlan.id.in_(opened)),
    )
    return _newest(_narrowed(statement, viewer, wanted), cursor, size)


def waiting_plans(viewer: Viewer, limit: int = 20) -> Sequence[PlanMember]:
    """Return the invitations the viewer has not opened yet, newest first."""
    statement = (
        select(PlanMember)
        .join(PlanMember.plan)
        .where(PlanMember.user_id == viewer.user_id, PlanMember.seen_at.is_(None), LessonPlan.deleted_at.is_(None))
        .options(contains_eager(PlanMember.plan).joinedload(LessonPlan.owner))
        .order_by(PlanMember.id.desc())
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def shared_plans_page(
    viewer: Viewer, wanted: PlanFilter = EVERYTHING, *, cursor: str | None = None, size: int = 20
) -> Page[LessonPlan]:
    """Return the plans of others that the viewer may see through workshop, school or county."""
    statement = _cards().where(visible_to(viewer), _shared_ones(), LessonPlan.owner_id != viewer.user_id)
    return _newest(_narrowed(statement, viewer, wanted), cursor, size)


def copies_among(plans: Sequence[LessonPlan]) -> set[int]:
    """Return which of these plans are copies of a shared one."""
    ids = [plan.id for plan in plans]
    return set(db.session.scalars(select(Adaptation.plan_id).where(Adaptation.plan_id.in_(ids))))


def _shared_ones() -> ColumnElement[bool]:
    """The copies that teachers make of a shared plan are found from it: a list would show it thirty times."""
    return LessonPlan.id.not_in(select(Adaptation.plan_id))


def workshop_plans_page(
    viewer: Viewer, workshop_id: int, *, cursor: str | None = None, size: int = 20
) -> Page[LessonPlan]:
    """Return a workshop's plans that the viewer may see."""
    statement = _cards().where(LessonPlan.workshop_id == workshop_id, _shared_ones(), visible_to(viewer))
    return _newest(statement, cursor, size)


@dataclass(frozen=True)
class PlanChanges:
    """What changed in a workshop's list, oldest change first: plans to show, ids to take away.

    `seq` says how far this reaches when there is more, else it is None.
    """

    plans: Sequence[LessonPlan]
    gone: Sequence[int]
    seq: int | None


def workshop_plans_since(viewer: Viewer, workshop_id: int, since: int) -> PlanChanges:
    """Return what changed in a workshop's list after `since`, at most CATCH_UP_LIMIT changes.

    Gone is what the viewer may not see any more, and what was moved to another place.
    """
    moved = select(PlanDeparture.plan_id, PlanDeparture.seq).join(LessonPlan, LessonPlan.id == PlanDeparture.plan_id)
    changed = union_all(
        select(LessonPlan.id, LessonPlan.seq).where(
            LessonPlan.workshop_id == workshop_id, LessonPlan.seq > since, IS_PLAN, _shared_ones()
        ),
        moved.where(
            PlanDeparture.workshop_id == workshop_id,
            PlanDeparture.seq > since,
            LessonPlan.workshop_id.is_distinct_from(workshop_id),
        ),
    ).subquery()
    rows = db.session.execute(select(changed.c.id, changed.c.seq).order_by(changed.c.seq).limit(CATCH_UP_LIMIT)).all()
    ids = [row.id for row in rows]
    here = and_(LessonPlan.id.in_(ids), LessonPlan.workshop_id == workshop_id, visible_to(viewer))
    plans = db.session.scalars(_cards().where(here).order_by(LessonPlan.seq)).all()
    shown = {plan.id for plan in plans}
    reached = rows[-1].seq if len(rows) == CATCH_UP_LIMIT else None
    return PlanChanges(plans, [plan_id for plan_id in ids if plan_id not in shown], reached)


def count_workshop_plans(viewer: Viewer, workshop_id: int) -> int:
    """Return how many plans of the workshop the viewer may see."""
    statement = select(func.count()).where(LessonPlan.workshop_id == workshop_id, _shared_ones(), visible_to(viewer))
    return db.session.scalar(statement) or 0
