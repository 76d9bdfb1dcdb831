"""Lesson plans in the plan of a workshop's term."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from yanxiu.accounts.permissions import Viewer
from yanxiu.lessonplans.document.templates import TEMPLATES
from yanxiu.lessonplans.queries import titles_of, visible_ids, workshop_plans_page, written_by
from yanxiu.workshops.queries.plan_targets import PlanTarget


def _visible(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
    return {plan_id: f"/lesson-plans/{plan_id}" for plan_id in visible_ids(viewer, ids)}


def _choices(viewer: Viewer, workshop_id: int) -> Sequence[tuple[int, str]]:
    return [(plan.id, plan.title) for plan in workshop_plans_page(viewer, workshop_id, size=100).items]


_PARTS = {section.key: section.title for template in TEMPLATES.values() for section in template.sections}
_PARTS["goals"] = "教学目标"  # the templates say in brackets which kind of goals

PLAN_TARGETS: tuple[PlanTarget, ...] = (
    PlanTarget("lesson_plan", "教案", _visible, _choices, titles_of, written_by, "写过", _PARTS),
)
