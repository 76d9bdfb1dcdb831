"""Resources in the plan of a workshop's term."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from yanxiu.accounts.permissions import Viewer
from yanxiu.resources.queries import downloaded_by, newest_resources, visible_ids
from yanxiu.workshops.queries import visible_workshop_ids
from yanxiu.workshops.queries.plan_targets import PlanTarget


def _visible(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
    seen = visible_ids(viewer, visible_workshop_ids(viewer), sorted(ids))
    return {resource_id: f"/resources/{resource_id}" for resource_id in seen}


def _choices(viewer: Viewer, workshop_id: int) -> Sequence[tuple[int, str]]:
    found = newest_resources(viewer, visible_workshop_ids(viewer), workshop_id=workshop_id, limit=100)
    return [(resource.id, resource.title) for resource in found]


PLAN_TARGETS: tuple[PlanTarget, ...] = (
    PlanTarget("resource", "资源", _visible, _choices, done=downloaded_by, done_word="看过"),
)
