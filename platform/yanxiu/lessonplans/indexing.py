"""What search may know of lesson plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.catalog import ADMIN_ROLES, RESEARCH_ROLES
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import ids_below
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import (
    IndexDocument,
    IndexSource,
    PrincipalSource,
    acl_county,
    acl_roles,
    acl_school,
    acl_user,
    acl_workshop,
)
from yanxiu.lessonplans.models import COUNTY, PRIVATE, SCHOOL, LessonPlan, PlanText
from yanxiu.lessonplans.permissions import SCHOOL_ROLES
from yanxiu.lessonplans.queries import visible_ids

BATCH = 500


def load(plan_ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of plans that are not deleted, in a constant number of queries."""
    texts = {
        row.plan_id: row.text
        for row in db.session.execute(select(PlanText.plan_id, PlanText.text).where(PlanText.plan_id.in_(plan_ids)))
    }
    statement = (
        select(LessonPlan)
        .where(LessonPlan.id.in_(plan_ids), LessonPlan.deleted_at.is_(None))
        .options(
            joinedload(LessonPlan.owner),
            joinedload(LessonPlan.organization),
            joinedload(LessonPlan.workshop),
            selectinload(LessonPlan.members),
        )
    )
    return [_document(plan, texts.get(plan.id, "")) for plan in db.session.scalars(statement)]


def _document(plan: LessonPlan, text: str) -> IndexDocument:
    return IndexDocument(
        kind="plan",
        object_id=plan.id,
        title=plan.title,
        url=f"/lesson-plans/{plan.id}",
        acl=_acl(plan),
        body=text,
        place=plan.workshop.name if plan.workshop is not None else plan.organization.label,
        subject=plan.subject,
        stage=plan.stage,
        grade=plan.grade,
        edition=plan.edition,
        volume=plan.volume,
        type="教学设计",
        school=plan.organization.label,
        author=plan.owner.name,
        year=str(plan.created_at.astimezone(clock.LOCAL_ZONE).year),
        date=plan.edited_at,
    )


def _acl(plan: LessonPlan) -> frozenset[str]:
    """The same people as `visible_to` lets in."""
    allowed = {acl_user(plan.owner_id), *(acl_user(member.user_id) for member in plan.members)}
    if plan.visibility == PRIVATE:
        return frozenset(allowed)
    allowed |= acl_roles(RESEARCH_ROLES | ADMIN_ROLES | SCHOOL_ROLES, plan.organization.path)
    if plan.workshop_id is not None:
        allowed.add(acl_workshop(plan.workshop_id))
    if plan.visibility == SCHOOL and plan.school_id is not None:
        allowed.add(acl_school(plan.school_id))
    if plan.visibility == COUNTY and plan.county_id is not None:
        allowed.add(acl_county(plan.county_id))
    return frozenset(allowed)


def all_ids() -> Iterator[int]:
    """Yield the ids of all plans, in order."""
    last = 0
    while True:
        statement = select(LessonPlan.id).where(LessonPlan.id > last).order_by(LessonPlan.id).limit(BATCH)
        ids = db.session.scalars(statement).all()
        yield from ids
        if len(ids) < BATCH:
            return
        last = ids[-1]


def visible(viewer: Viewer, plan_ids: Sequence[int]) -> set[int]:
    """Return those of the ids that the viewer may see now, in one query."""
    return visible_ids(viewer, plan_ids)


def below(path: str) -> Select[int]:
    """Select the plans of the organizations at or below a path."""
    return select(LessonPlan.id).where(LessonPlan.organization_id.in_(ids_below(path)))


SOURCES: tuple[IndexSource, ...] = (IndexSource("plan", "教案", load, all_ids, visible, below),)
PRINCIPALS: tuple[PrincipalSource, ...] = ()
