"""A plan that a group finished comes into the library as a Word file (source 生成)."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.tasks import JobContext
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.queries.papers import PlanPaper, paper_of
from yanxiu.lessonplans.queries.word_files import word_of_plan
from yanxiu.resources.extraction.intake import CheckedFile, take_in
from yanxiu.resources.models import Resource
from yanxiu.resources.services import (
    ResourceDetails,
    add_version,
    drop_unkept,
    gone_unless_kept,
    publish_resource,
    receive_upload,
    update_resource,
)
from yanxiu.resources.services.generated import TAKEN_DOWN, bring_up_to_date, is_taken_down, publish_generated

FROM_PLAN = "resources.from_plan"


def publish_plan(payload: dict[str, Any], _job: JobContext) -> None:
    """Put the version into the library, or as a newer version of what is there; nothing of what was taken down comes back
    by that. Runs twice without harm.
    """
    plan_id, number = int(payload["plan_id"]), int(payload["number"])
    paper = paper_of(plan_id, number)
    if paper is None:
        return
    checked = _drawn(paper)
    db.session.rollback()
    with gone_unless_kept(checked), unit_of_work():
        paper = paper_of(plan_id, number)
        if paper is None or not hold(paper.plan) or paper.plan.deleted_at is not None:
            drop_unkept(checked)
            return
        known = _known(plan_id)
        if known is None and is_taken_down(Resource.plan_id == plan_id):
            drop_unkept(checked)
        elif known is None:
            _publish(paper, checked, number)
        elif known.plan_revision != number:
            _place(paper, known)
            added = add_version(paper.owner, known, checked, "重新定案")
            known.plan_revision = added.plan_revision = number
        else:
            drop_unkept(checked)


def draw_plan(paper: PlanPaper) -> CheckedFile:
    """Write a plan into a Word file and store it; takes a while, so outside a transaction."""
    return _drawn(paper)


def publish_now(actor: User, paper: PlanPaper, checked: CheckedFile, credit: str = "") -> Resource:
    """Put an own plan into the library at a press: a newer version of what it became before, else a resource that only
    its owner sees until they say who else. `credit` says whose work the plan goes back to. The very file that is there
    already is no newer version: a button may be pressed twice. ConflictError where what it became was taken down.
    """
    if not hold(paper.plan):
        raise NotFoundError
    known = _known(paper.plan.id)
    if known is None and is_taken_down(Resource.plan_id == paper.plan.id):
        raise ConflictError(TAKEN_DOWN)
    if known is None:
        made = publish_generated(actor, checked, replace(_details(paper, "private"), summary=credit))
        made.plan_id = paper.plan.id
        db.session.flush()
        return made
    bring_up_to_date(actor, known, checked, "从教案更新")
    return known


def plan_is_taken_down(plan_id: int) -> bool:
    """Whether what was made of a plan was taken down and nothing else of it is in the library."""
    return _known(plan_id) is None and is_taken_down(Resource.plan_id == plan_id)


def _known(plan_id: int) -> Resource | None:
    standing = Resource.plan_id == plan_id, Resource.removed_at.is_(None)
    return db.session.scalars(select(Resource).where(*standing).order_by(Resource.id.desc())).first()


def _drawn(paper: PlanPaper) -> CheckedFile:
    plan = paper.plan
    return take_in(io.BytesIO(word_of_plan(plan, paper.document)), f"{plan.title}.docx")


def _publish(paper: PlanPaper, checked: CheckedFile, number: int) -> None:
    owner: User = paper.owner
    upload = receive_upload(owner, checked)
    try:
        made = publish_resource(owner, upload, _details(paper, paper.plan.visibility), source="generated")
    except InvalidError:  # the owner has left the workshop meanwhile
        made = publish_resource(owner, upload, _details(paper, "private"), source="generated")
    made.plan_id, made.plan_revision = paper.plan.id, number
    for file in made.files:
        file.plan_revision = number
    db.session.flush()


def _place(paper: PlanPaper, known: Resource) -> None:
    """Nobody is to see more of the plan in the library than the plan lets them; the rest of the card stays."""
    said = ResourceDetails(**{field.name: getattr(known, field.name) for field in fields(ResourceDetails)})
    wanted = _details(paper, paper.plan.visibility)
    placed = replace(said, visibility=wanted.visibility, workshop_id=wanted.workshop_id)
    if placed == said:
        return
    try:
        update_resource(paper.owner, known, placed)
    except InvalidError:  # the owner has left the workshop meanwhile
        update_resource(paper.owner, known, replace(placed, visibility="private", workshop_id=None))


def _details(paper: PlanPaper, visibility: str) -> ResourceDetails:
    plan = paper.plan
    return ResourceDetails(
        title=plan.title,
        kind="plan",
        summary="集体备课定案",
        stage=plan.stage,
        grade=plan.grade,
        subject=plan.subject,
        edition=plan.edition,
        volume=plan.volume[:10],
        unit=plan.unit,
        lesson=plan.lesson,
        author=paper.owner.name,
        visibility=visibility,
        workshop_id=plan.workshop_id if visibility == "workshop" else None,
    )
