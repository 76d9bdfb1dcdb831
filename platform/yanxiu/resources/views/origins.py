"""来历: the way a resource came, from the workshop to the shelf, as far as the viewer may know it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.lessonplans.queries import find_plan, visible_plan
from yanxiu.lessonplans.queries.adaptations import adaptations_of
from yanxiu.lessonplans.queries.lessons import lessons_of
from yanxiu.lessonplans.queries.plans import visible_ids
from yanxiu.lessonplans.queries.rounds import round_name, rounds_of
from yanxiu.resources.models import Resource
from yanxiu.resources.originals import credit_of
from yanxiu.resources.views.blueprint import viewer_workshops

MOST = 6


@dataclass(frozen=True)
class Step:
    """One step of the way: what it is, and what it led through, each with its address where the viewer may go there."""

    label: str
    things: tuple[tuple[str, str | None], ...]


def origin_of(viewer: Viewer, resource: Resource) -> list[Step]:
    """Return the way of what was made of a plan, the beginning first; of what was uploaded there is none to tell.

    A plan that is closed to the viewer is named as such; what else is closed to them is left out.
    """
    if resource.plan_id is None:
        return []
    return [step for step in _steps(viewer, resource, resource.plan_id) if step.things]


def _steps(viewer: Viewer, resource: Resource, plan_id: int) -> Iterator[Step]:
    plan = visible_plan(viewer, plan_id)
    credit = credit_of(viewer, viewer_workshops(), plan_id)
    if credit is not None:
        address = url_for("resources.show", resource_id=credit.resource_id) if credit.resource_id else None
        yield Step("改编自", ((f"{credit.title}（{credit.by}）", address),))
    if plan is None:
        hidden = find_plan(plan_id)
        gone = hidden is None or hidden.deleted_at is not None
        yield Step("教案", (("原教案已经删除" if gone else "集体备课的教案，没有给您看", None),))
    else:
        if plan.workshop is not None and plan.workshop_id in viewer_workshops():
            here = url_for("workshops.home", workshop_id=plan.workshop_id)
            yield Step("工作坊", ((plan.workshop.name, here),))
        yield Step("教案", ((plan.title, url_for("lessonplans.show", plan_id=plan_id)),))
        yield Step("磨课", tuple(_rounds(plan_id)))
    yield from _taught(viewer, plan_id)
    made = resource.created_at.astimezone(LOCAL_ZONE)
    yield Step("资源", ((f"{made:%Y-%m-%d} 定案入库", None),))


def _rounds(plan_id: int) -> Iterator[tuple[str, str]]:
    for each in rounds_of(plan_id)[:MOST]:
        address = url_for("lessonplans.revision", plan_id=plan_id, number=each.revision.number)
        yield round_name(each.number), address


def _taught(viewer: Viewer, plan_id: int) -> Iterator[Step]:
    """The lessons after the plan and the teachers' own copies of it, and what was written after them."""
    copies = adaptations_of(plan_id)
    seen = visible_ids(viewer, [copy.plan_id for copy in copies]) if copies else set()
    lessons = lessons_of(viewer, [plan_id, *(copy.plan_id for copy in copies)])
    yield Step("上课", tuple((f"{lesson.title}（{lesson.teacher}）", lesson.url) for lesson in lessons[:MOST]))
    written = [copy for copy in copies if copy.reflected_at is not None and copy.plan_id in seen]
    yield Step(
        "反思",
        tuple(
            (copy.teacher.name, url_for("lessonplans.show", plan_id=copy.plan_id) + "#section-reflection")
            for copy in written[:MOST]
        ),
    )
