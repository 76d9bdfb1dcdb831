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
from yanxiu.core.search_rights import ASKED, seen_by
from yanxiu.lessonplans.models import COUNTY, PRIVATE, SCHOOL, Adaptation, LessonPlan, PlanComment, PlanText
from yanxiu.lessonplans.permissions import SCHOOL_ROLES
from yanxiu.lessonplans.queries import IS_PLAN, visible_to
from yanxiu.lessonplans.queries.comments import visible_comments

BATCH = 500


def load(plan_ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of plans that are not deleted, in a constant number of queries; a record is found by its activity."""
    texts = {
        row.plan_id: row.text
        for row in db.session.execute(select(PlanText.plan_id, PlanText.text).where(PlanText.plan_id.in_(plan_ids)))
    }
    statement = (
        select(LessonPlan)
        .where(LessonPlan.id.in_(plan_ids), LessonPlan.deleted_at.is_(None), IS_PLAN)
        .options(
            joinedload(LessonPlan.owner),
            joinedload(LessonPlan.organization),
            joinedload(LessonPlan.workshop),
            selectinload(LessonPlan.members),
        )
    )
    copies = set(db.session.scalars(select(Adaptation.plan_id).where(Adaptation.plan_id.in_(plan_ids))))
    plans = db.session.scalars(statement)
    return [_document(plan, texts.get(plan.id, ""), is_copy=plan.id in copies) for plan in plans]


def _document(plan: LessonPlan, text: str, *, is_copy: bool) -> IndexDocument:
    return IndexDocument(
        kind="plan",
        object_id=plan.id,
        title=plan.title,
        url=f"/lesson-plans/{plan.id}",
        acl=_acl(plan),
        body=text,
        place=plan.workshop.name if plan.workshop is not None else plan.organization.label,
        tags=tuple(word for word in (plan.unit, plan.lesson) if word),
        subject=plan.subject,
        stage=plan.stage,
        grade=plan.grade,
        edition=plan.edition,
        volume=plan.volume,
        type="个案" if is_copy else "教学设计",
        school=plan.organization.name,
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
        statement = select(LessonPlan.id).where(LessonPlan.id > last, IS_PLAN).order_by(LessonPlan.id).limit(BATCH)
        ids = db.session.scalars(statement).all()
        yield from ids
        if len(ids) < BATCH:
            return
        last = ids[-1]


def _visible(viewer: Viewer) -> Select[int]:
    return select(LessonPlan.id).where(LessonPlan.id.in_(ASKED), visible_to(viewer))


def below(path: str) -> Select[int]:
    """Select the plans of the organizations at or below a path."""
    return select(LessonPlan.id).where(IS_PLAN, LessonPlan.organization_id.in_(ids_below(path)))


def load_comments(ids: Sequence[int]) -> Iterable[IndexDocument]:
    """Return the documents of comments on the text of plans; an answer needs its thread to be there."""
    plan = joinedload(PlanComment.plan)
    statement = (
        select(PlanComment)
        .where(PlanComment.id.in_(ids), PlanComment.withdrawn_at.is_(None))
        .options(joinedload(PlanComment.author), joinedload(PlanComment.parent))
        .options(plan.joinedload(LessonPlan.organization), plan.selectinload(LessonPlan.members))
    )
    for comment in db.session.scalars(statement).unique():
        gone = comment.parent is not None and comment.parent.withdrawn_at is not None
        if comment.plan.deleted_at is None and not gone:
            yield _comment_document(comment)


def _comment_document(comment: PlanComment) -> IndexDocument:
    plan = comment.plan
    return IndexDocument(
        kind="plan_comment",
        object_id=comment.id,
        title=f"批注：{comment.body[:40]}",
        url=f"/lesson-plans/{plan.id}#comment-{comment.parent_id or comment.id}",
        acl=_acl(plan),
        body=f"{comment.body}\n{comment.quote}",
        place=plan.title,
        subject=plan.subject,
        stage=plan.stage,
        grade=plan.grade,
        type="批注",
        school=plan.organization.name,
        author=comment.speaker,
        year=str(comment.created_at.astimezone(clock.LOCAL_ZONE).year),
        date=comment.created_at,
    )


def _visible_comments(viewer: Viewer) -> Select[int]:
    return visible_comments(viewer).where(PlanComment.id.in_(ASKED))


def all_comment_ids() -> Iterator[int]:
    """Yield the ids of all comments, in order."""
    last = 0
    while True:
        statement = select(PlanComment.id).where(PlanComment.id > last).order_by(PlanComment.id).limit(BATCH)
        ids = db.session.scalars(statement).all()
        yield from ids
        if len(ids) < BATCH:
            return
        last = ids[-1]


def comments_below(path: str) -> Select[int]:
    """Select the comments on plans of the organizations at or below a path."""
    return select(PlanComment.id).where(PlanComment.plan_id.in_(below(path)))


SOURCES: tuple[IndexSource, ...] = (
    IndexSource("plan", "教案", load, all_ids, seen_by(_visible), below),
    IndexSource("plan_comment", "教案批注", load_comments, all_comment_ids, seen_by(_visible_comments), comments_below),
)
PRINCIPALS: tuple[PrincipalSource, ...] = ()
