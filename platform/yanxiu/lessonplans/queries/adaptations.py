"""Reading a 集体备课: where it stands, and who made what of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.sections import sections_of, with_addresses
from yanxiu.lessonplans.document.suggesting import as_undecided
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import (
    PRIVATE,
    Adaptation,
    LessonPlan,
    PlanImage,
    PlanMember,
    PlanText,
    Preparation,
    Revision,
)
from yanxiu.lessonplans.queries.lessons import days_of
from yanxiu.lessonplans.queries.revisions import revision_state
from yanxiu.workshops.models import WorkshopMember

ASKED_BACK = 60
"""Days after a lesson in which a reflection is still asked for."""
REFLECTION = "reflection"
"""The section of a plan that is written after the lesson."""
MOST_PEOPLE = 200
MENTOR = "mentor"


def find_preparation(plan_id: int) -> Preparation | None:
    """Return where the preparation of a plan stands, with its 共案."""
    both = joinedload(Preparation.agreed), joinedload(Preparation.final)
    return db.session.scalars(select(Preparation).where(Preparation.plan_id == plan_id).options(*both)).first()


def find_adaptation(plan_id: int) -> Adaptation | None:
    """Return what makes this plan a copy of another; None for a plan of its own."""
    source = joinedload(Adaptation.source)
    return db.session.scalars(
        select(Adaptation)
        .where(Adaptation.plan_id == plan_id)
        .options(
            source.joinedload(LessonPlan.owner), source.joinedload(LessonPlan.workshop), joinedload(Adaptation.plan)
        )
    ).first()


def adaptation_by(source_id: int, teacher_id: int | None) -> Adaptation | None:
    """Return a teacher's copy of a plan, also where it was deleted since."""
    mine = and_(Adaptation.source_id == source_id, Adaptation.teacher_id == teacher_id)
    return db.session.scalars(select(Adaptation).where(mine).options(joinedload(Adaptation.plan))).first()


def adaptations_of(source_id: int) -> Sequence[Adaptation]:
    """Return the copies that stand, in the order they were made, with their teachers and schools."""
    return db.session.scalars(
        select(Adaptation)
        .join(LessonPlan, LessonPlan.id == Adaptation.plan_id)
        .where(Adaptation.source_id == source_id, LessonPlan.deleted_at.is_(None))
        .options(joinedload(Adaptation.plan), joinedload(Adaptation.teacher).joinedload(User.organization))
        .order_by(Adaptation.created_at, Adaptation.id)
        .limit(MOST_PEOPLE)
    ).all()


def group_ids(plan: LessonPlan) -> set[int]:
    """Return who prepares this plan together: the owner, the invited, the members of its workshop who teach."""
    invited = db.session.scalars(select(PlanMember.user_id).where(PlanMember.plan_id == plan.id))
    found = {plan.owner_id, *invited}
    if plan.workshop_id is not None and plan.visibility != PRIVATE:
        found |= set(
            db.session.scalars(
                select(WorkshopMember.user_id).where(
                    WorkshopMember.workshop_id == plan.workshop_id, WorkshopMember.role != MENTOR
                )
            )
        )
    return found


def people_without(plan: LessonPlan, made: Sequence[Adaptation]) -> Sequence[User]:
    """Return who of the group has not made a copy yet, by name."""
    missing = group_ids(plan) - {adaptation.teacher_id for adaptation in made}
    return db.session.scalars(
        select(User)
        .where(User.id.in_(missing), User.is_active)
        .options(joinedload(User.organization))
        .order_by(User.name_key, User.id)
        .limit(MOST_PEOPLE)
    ).all()


@dataclass(frozen=True)
class Tally:
    """How far the copies of a plan are."""

    made: int = 0
    taught: int = 0
    reflected: int = 0


def tally_of(source_id: int, day: date) -> Tally:
    """Count the copies of a plan, those taught up to `day`, those with a reflection."""
    standing = Adaptation.source_id == source_id, LessonPlan.deleted_at.is_(None)
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(or_(Adaptation.taught_on <= day, Adaptation.reflected_at.is_not(None))),
            func.count(Adaptation.reflected_at),
        )
        .join(LessonPlan, LessonPlan.id == Adaptation.plan_id)
        .where(*standing)
    ).one()
    return Tally(*row)


def reflections_waiting(teacher_id: int | None, limit: int = 5) -> Sequence[Adaptation]:
    """Return the copies whose lesson was taught and whose reflection the teacher was asked for."""
    return db.session.scalars(
        select(Adaptation)
        .join(Adaptation.plan)
        .where(
            Adaptation.teacher_id == teacher_id,
            Adaptation.asked_at >= clock.now() - timedelta(days=ASKED_BACK),
            Adaptation.reflected_at.is_(None),
            _has_reflection(),
            LessonPlan.deleted_at.is_(None),
        )
        .options(joinedload(Adaptation.plan))
        .order_by(Adaptation.asked_at.desc(), Adaptation.id)
        .limit(limit)
    ).all()


def _has_reflection() -> ColumnElement[bool]:
    """The copy has a section to write it in: a school's template may do without one."""
    return LessonPlan.id.in_(select(PlanText.plan_id).where(PlanText.html.contains(f'id="section-{REFLECTION}"')))


def adaptations_to_ask(today: date, asked_before: datetime, limit: int) -> list[Adaptation]:
    """Return the copies whose lesson is over and whose teacher is to be asked for a reflection, or reminded.

    The day of the lesson is the one that the teacher noted, else that of the first lesson that names the copy.
    """
    first = today - timedelta(days=ASKED_BACK)
    due = or_(Adaptation.asked_at.is_(None), and_(Adaptation.asked_at < asked_before, Adaptation.reminded_at.is_(None)))
    rows = db.session.scalars(
        select(Adaptation)
        .join(LessonPlan, LessonPlan.id == Adaptation.plan_id)
        .where(due, Adaptation.reflected_at.is_(None), LessonPlan.deleted_at.is_(None))
        .where(or_(Adaptation.taught_on.is_(None), Adaptation.taught_on.between(first, today - timedelta(days=1))))
        .where(_has_reflection())
        .order_by(Adaptation.id.desc())
        .limit(limit * 10)
    ).all()
    seen = days_of([row.plan_id for row in rows if row.taught_on is None])
    days = {row.id: row.taught_on or seen.get(row.plan_id) for row in rows}
    return [row for row in rows if (day := days[row.id]) is not None and 0 < (today - day).days <= ASKED_BACK][:limit]


def image_addresses(plan_id: int) -> dict[str, int]:
    """Return the file of each picture of a plan by the address the text has for it."""
    rows = db.session.execute(select(PlanImage.id, PlanImage.file_id).where(PlanImage.plan_id == plan_id))
    return {f"/lesson-plans/{plan_id}/images/{row.id}": row.file_id for row in rows}


def shared_document(adaptation: Adaptation, shared: Revision) -> Node:
    """Return a version of the shared plan, as undecided, with its pictures as the copy names them."""
    return _named_as_in(adaptation, as_undecided(json_from_state(revision_state(shared))))


def _named_as_in(adaptation: Adaptation, document: Node) -> Node:
    own = {file: url for url, file in image_addresses(adaptation.plan_id).items()}
    theirs = image_addresses(adaptation.source_id)
    return with_addresses(document, lambda url: own.get(theirs.get(url, 0), url))


def taken_over(adaptation: Adaptation) -> dict[str, Node]:
    """Return each section as it was when the copy took it from the shared plan."""
    numbers = {adaptation.base, *adaptation.bases.values()}
    rows = db.session.scalars(
        select(Revision)
        .where(Revision.plan_id == adaptation.source_id, Revision.number.in_(numbers))
        .options(undefer(Revision.state))
    )
    texts = {row.number: sections_of(shared_document(adaptation, row)) for row in rows}
    first = texts.get(adaptation.base, {})
    keys = {*first, *adaptation.bases}
    found = {key: texts.get(adaptation.bases.get(key, adaptation.base), {}).get(key) for key in keys}
    return {key: node for key, node in found.items() if node is not None}
