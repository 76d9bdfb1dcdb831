"""A version of a plan as others take it over: its card and its document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.storage import storage
from yanxiu.core.word import Picture
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries.documents import find_image, stored_document
from yanxiu.lessonplans.queries.plans import find_plan, visible_plan
from yanxiu.lessonplans.queries.revisions import find_revision, revision_state
from yanxiu.lessonplans.queries.rounds import round_name, round_of_lesson

_IMAGE = re.compile(r"^/lesson-plans/(\d+)/images/(\d+)$")


@dataclass(frozen=True)
class PlanPaper:
    """What a plan said when a version of it was kept."""

    plan: LessonPlan
    owner: User
    document: Node


def paper_of(plan_id: int, number: int) -> PlanPaper | None:
    """Return a version of a plan that was not deleted."""
    plan, revision = find_plan(plan_id), find_revision(plan_id, number)
    if plan is None or plan.deleted_at is not None or revision is None:
        return None
    return PlanPaper(plan, plan.owner, json_from_state(revision_state(revision)))


def paper_now(viewer: Viewer, plan_id: int) -> PlanPaper | None:
    """Return a plan that the viewer may see, as it is now."""
    plan = visible_plan(viewer, plan_id)
    stored = stored_document(plan_id) if plan is not None else None
    if plan is None or stored is None:
        return None
    return PlanPaper(plan, plan.owner, json_from_state(stored.merged()))


def paper_taught(viewer: Viewer, plan_id: int, lesson_id: int) -> tuple[PlanPaper, str] | None:
    """Return a plan that the viewer may see as it was taught in a lesson, and which version that is: the round that is tied
    to the lesson, of several the last, else the plan as it is now."""
    plan = visible_plan(viewer, plan_id)
    taught = round_of_lesson(plan_id, lesson_id) if plan is not None else None
    if plan is not None and taught is not None:
        document = json_from_state(revision_state(taught.revision))
        return PlanPaper(plan, plan.owner, document), round_name(taught.number)
    paper = paper_now(viewer, plan_id)
    return (paper, "") if paper is not None else None


def pictures_of(plan_id: int) -> Picture:
    """How the pictures of a plan are found by the addresses its text has for them."""

    def find(address: str) -> BinaryIO | None:
        found = _IMAGE.match(address)
        image = find_image(plan_id, int(found[2])) if found and int(found[1]) == plan_id else None
        try:
            return storage().open(image.file.key) if image is not None else None
        except FileNotFoundError:
            return None

    return find
