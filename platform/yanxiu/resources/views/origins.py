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
from yanxiu.observations.queries.cards import card_of
from yanxiu.resources.models import Resource
from yanxiu.resources.originals import credit_of
from yanxiu.resources.views.blueprint import viewer_workshops
from yanxiu.workshops.queries.record_papers import record_paper
from yanxiu.workshops.queries.teams import workshop_names

MOST = 6


@dataclass(frozen=True)
class Step:
    """One step of the way: what it is, and what it led through, each with its address where the viewer may go there."""

    label: str
    things: tuple[tuple[str, str | None], ...]


def origin_of(viewer: Viewer, resource: Resource) -> list[Step]:
    """Return the way of what was made of a plan, a lesson or a record, the beginning first; of what was uploaded there is none.

    A plan or lesson that is closed to the viewer is named as such; what else is closed to them is left out.
    """
    if resource.plan_id is not None:
        steps = _of_plan(viewer, resource, resource.plan_id)
    elif resource.taught_lesson_id is not None:
        steps = _of_lesson(viewer, resource, resource.taught_lesson_id)
    elif resource.activity_id is not None:
        steps = _of_activity(viewer, resource, resource.activity_id)
    else:
        return []
    return [step for step in steps if step.things]


def _of_lesson(viewer: Viewer, resource: Resource, lesson_id: int) -> Iterator[Step]:
    card = card_of(viewer, lesson_id)
    if card is None:
        yield Step("课例", (("课例没有给您看", None),))
    else:
        lesson = card.lesson
        if lesson.workshop_id is not None and lesson.workshop_id in viewer_workshops():
            names = workshop_names([lesson.workshop_id])
            here = url_for("workshops.home", workshop_id=lesson.workshop_id)
            yield Step("工作坊", tuple((name, here) for name in names.values()))
        if card.plan is not None:
            yield Step("教案", ((card.plan.title, url_for("lessonplans.show", plan_id=card.plan.id)),))
        here = url_for("observations.lesson", lesson_id=lesson_id)
        yield Step("课例", ((f"{lesson.title}（{lesson.teacher.name}）", here),))
        if card.reflection:
            written = url_for("observations.lesson_cycle", lesson_id=lesson_id, _anchor="reflection")
            yield Step("反思", ((lesson.teacher.name, written),))
    yield _into_library(resource, "课例入库")


def _of_activity(viewer: Viewer, resource: Resource, activity_id: int) -> Iterator[Step]:
    paper = record_paper(viewer, activity_id)
    if paper is None:
        yield Step("活动", (("工作坊的活动，没有给您看", None),))
    else:
        workshop = paper.activity.workshop
        yield Step("工作坊", ((workshop.name, url_for("workshops.home", workshop_id=workshop.id)),))
        here = url_for("workshops.activity", workshop_id=workshop.id, activity_id=activity_id)
        yield Step("活动", ((paper.activity.title, here),))
    yield _into_library(resource, "活动记录入库")


def _into_library(resource: Resource, how: str) -> Step:
    made = resource.created_at.astimezone(LOCAL_ZONE)
    return Step("资源", ((f"{made:%Y-%m-%d} {how}", None),))


def _of_plan(viewer: Viewer, resource: Resource, plan_id: int) -> Iterator[Step]:
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
    yield _into_library(resource, "定案入库")


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
