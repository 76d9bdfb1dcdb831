"""The card of a plan: making, changing, putting away."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.lessonplans import events
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.templates import PlanTemplate, empty_document
from yanxiu.lessonplans.document.ydoc import state_from_json
from yanxiu.lessonplans.models import (
    PRIVATE,
    VISIBILITIES,
    WORKSHOP,
    LessonPlan,
    PlanDeparture,
    PlanSnapshot,
)
from yanxiu.lessonplans.queries.templates import template_by_key
from yanxiu.lessonplans.services.holding import hold_plan, one_line, tell_workshop
from yanxiu.lessonplans.services.texts import write_text

MAX_PERIODS = 20


@dataclass(frozen=True)
class PlanCard:
    """What a plan is about and who may see it, as filled in by its owner."""

    title: str
    subject: str = ""
    stage: str = ""
    grade: str = ""
    edition: str = ""
    volume: str = ""
    unit: str = ""
    lesson: str = ""
    periods: int = 1
    visibility: str = "private"
    workshop_id: int | None = None
    workshop_writes: bool = True
    readers_propose: bool = False

    def checked(self) -> PlanCard:
        """Return the card if it holds together, else raise InvalidError."""
        if not self.title.strip():
            raise InvalidError("请填写课题", field="title")
        if self.visibility not in VISIBILITIES:
            raise InvalidError("请选择谁可以看", field="visibility")
        if self.visibility == WORKSHOP and self.workshop_id is None:
            raise InvalidError("要让工作坊看到，请先选择一个工作坊", field="workshop_id")
        if not 1 <= self.periods <= MAX_PERIODS:
            raise InvalidError(f"课时填 1 到 {MAX_PERIODS} 的整数", field="periods")
        if self.workshop_id is not None and self.visibility == PRIVATE:
            return replace(self, visibility=WORKSHOP)  # what lies in a workshop is seen by its members
        return self


def create_plan(
    actor: User, home: Viewer, card: PlanCard, template_key: str, document: Node | None = None
) -> LessonPlan:
    """Make a plan with its first document. `home` tells the owner's school and county.

    With a document the template need not be there any more: a copy is made of what is written.
    """
    template, version_id = template_by_key(template_key) or (None, None)
    if document is None:
        if template is None:
            raise InvalidError("请选择一种教学设计模板", field="template")
        document = first_document(template, card)
    plan = LessonPlan(
        owner_id=actor.id,
        organization_id=actor.organization_id,
        school_id=home.school_id,
        county_id=home.county_id,
        template=template.key if template is not None else template_key,
        template_version_id=version_id,
        edited_by_id=actor.id,
    )
    _fill(plan, card.checked())
    db.session.add(plan)
    db.session.flush()
    db.session.add(PlanSnapshot(plan_id=plan.id, state=state_from_json(document)))
    write_text(plan.id, epoch=1, seq=0, document=document)
    record(events.PlanCreated(plan.id, actor.id, plan.workshop_id))
    tell_workshop(plan)
    return plan


def first_document(template: PlanTemplate, card: PlanCard) -> Node:
    """The template with what the card already says in its first section."""
    parts = [f"课题：{card.title.strip()}"]
    if card.edition or card.volume:
        parts.append(f"教材：{card.edition}{card.grade}{card.volume}")
    if card.unit:
        parts.append(f"单元：{card.unit}")
    parts.append(f"课时：{card.periods} 课时")
    return empty_document(template, basics="　".join(parts))


def change_plan(actor: User, plan: LessonPlan, card: PlanCard) -> None:
    """Change the card.

    Locks come in one order everywhere here, or two would wait in a circle: the plan, the lists of workshops by number,
    the audit log.
    """
    hold_plan(plan)
    before = (plan.visibility, plan.workshop_id)
    old_workshop = plan.workshop_id
    _fill(plan, card.checked())
    narrowed = before != (plan.visibility, plan.workshop_id)
    db.session.flush()
    record(events.PlanChanged(plan.id, actor.id, narrowed))
    left = old_workshop if old_workshop != plan.workshop_id else None
    if left is not None and left < (plan.workshop_id or 0):
        _let_go(left, plan)
    tell_workshop(plan)
    if left is not None and left > (plan.workshop_id or 0):
        _let_go(left, plan)
    if narrowed:
        record_audit(actor, "plan.visibility", "lesson_plan", plan.id, visibility=plan.visibility)


def _let_go(workshop_id: int, plan: LessonPlan) -> None:
    """Tell the list of the workshop that the plan has left; a plan that comes and goes leaves one row."""
    seq = bump(f"workshop-plans:{workshop_id}", "plan", plan.id)
    db.session.merge(PlanDeparture(workshop_id=workshop_id, plan_id=plan.id, seq=seq))
    db.session.flush()


def _fill(plan: LessonPlan, card: PlanCard) -> None:
    plan.title = one_line(card.title)
    plan.subject, plan.stage, plan.grade = card.subject, card.stage, card.grade
    plan.edition, plan.volume, plan.unit = card.edition, one_line(card.volume), one_line(card.unit)
    plan.lesson, plan.periods = one_line(card.lesson), card.periods
    plan.visibility, plan.workshop_id, plan.workshop_writes = card.visibility, card.workshop_id, card.workshop_writes
    plan.readers_propose = card.readers_propose


def delete_plan(actor: User, plan: LessonPlan) -> None:
    """Put a plan away; everybody who has it open is put out. It can be brought back."""
    hold_plan(plan)
    if plan.deleted_at is not None:
        return
    plan.deleted_at = clock.now()
    db.session.flush()
    record(events.PlanDeleted(plan.id, actor.id, plan.workshop_id))
    tell_workshop(plan)
    record_audit(actor, "plan.delete", "lesson_plan", plan.id, title=plan.title)


def undelete_plan(actor: User, plan: LessonPlan) -> None:
    """Bring a deleted plan back."""
    hold_plan(plan)
    if plan.deleted_at is None:
        return
    plan.deleted_at = None
    db.session.flush()
    record(events.PlanRestored(plan.id, actor.id, plan.workshop_id))
    tell_workshop(plan)
    record_audit(actor, "plan.undelete", "lesson_plan", plan.id, title=plan.title)
