"""Lesson plans for tests; all inside an application context and a unit of work."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.models import LessonPlan, PlanText
from yanxiu.lessonplans.services import PlanCard, create_plan


def make_plan(
    owner: User,
    title: str = "《草船借箭》第一课时",
    *,
    template: str = "literacy",
    document: Node | None = None,
    **card: Any,
) -> LessonPlan:
    """A plan of the owner; `card` are fields of `PlanCard`."""
    chosen = {"subject": "语文", "stage": "小学", "grade": "五年级"} | card
    return create_plan(owner, viewer_of(owner), PlanCard(title, **chosen), template, document)


def find_text(plan_id: int) -> PlanText | None:
    """The plan as it read when it last came to rest."""
    return db.session.get(PlanText, plan_id)
