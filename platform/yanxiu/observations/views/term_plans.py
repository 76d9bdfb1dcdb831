"""Lessons in the plan of a workshop's term."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from yanxiu.accounts.permissions import Viewer
from yanxiu.observations.queries.lessons import lesson_titles, newest_lessons_of_workshop, visible_lesson_ids
from yanxiu.observations.queries.taking_part import took_part
from yanxiu.workshops.queries.plan_targets import PlanTarget


def _visible(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
    return {lesson_id: f"/lessons/{lesson_id}" for lesson_id in visible_lesson_ids(viewer, ids)}


def _choices(viewer: Viewer, workshop_id: int) -> Sequence[tuple[int, str]]:
    return [(lesson.id, lesson.title) for lesson in newest_lessons_of_workshop(viewer, workshop_id, limit=100)]


PLAN_TARGETS: tuple[PlanTarget, ...] = (
    PlanTarget("lesson", "课例", _visible, _choices, lesson_titles, took_part, "看过"),
)
