"""What the library shows inside other features' pages."""

from __future__ import annotations

from typing import Any

from flask import url_for

from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.resources.from_activities import is_taken_down, records_in_library
from yanxiu.resources.from_lessons import card_in_library
from yanxiu.resources.from_plans import plan_is_taken_down
from yanxiu.resources.originals import credit_of
from yanxiu.resources.permissions import can_publish_lesson, can_publish_plan, can_view_resource, owns
from yanxiu.resources.queries import newest_resources, resource_of_plan, waiting_uploads
from yanxiu.resources.queries.reviews import waiting_counts
from yanxiu.resources.services.generated import TAKEN_DOWN
from yanxiu.resources.views.blueprint import viewer_workshops
from yanxiu.web.slots import Filler


def workshop_tab(viewer: Viewer, workshop: Any, **_things: Any) -> dict[str, Any]:
    """The tab 资源 of a workshop."""
    return {"tab_url": url_for("resources.of_workshop", workshop_id=workshop.id)}


def workshop_newest(viewer: Viewer, workshop: Any, **_things: Any) -> dict[str, Any] | None:
    """The newest resources shared with a workshop, beside its home."""
    found = newest_resources(viewer, viewer_workshops(), workshop_id=workshop.id, limit=4)
    return {"resources": found} if found else None


def continue_uploads(viewer: Viewer, **_things: Any) -> dict[str, Any] | None:
    """Files that arrived and wait to be described."""
    uploads = waiting_uploads(viewer.user_id)
    return {"uploads": uploads} if uploads else None


def to_review(viewer: Viewer, **_things: Any) -> dict[str, Any] | None:
    """What waits for a reviewer, by step."""
    counts = {step: count for step, count in waiting_counts(viewer, viewer_workshops()).items() if count}
    return {"counts": counts} if counts else None


def person_resources(viewer: Viewer, person: Any, **_things: Any) -> dict[str, Any] | None:
    """What somebody has shared with whoever looks."""
    found = newest_resources(viewer, viewer_workshops(), owner_id=person.id, limit=6)
    return {"resources": found} if found else None


def of_plan(viewer: Viewer, plan: Any, **_things: Any) -> dict[str, Any] | None:
    """What a plan became in the library, beside the plan; its owner may put it there, but for what was taken down."""
    may = can_publish_plan(viewer, plan)
    asked = may or plan.phase == "final"
    found = resource_of_plan(viewer, viewer_workshops(), plan.id) if asked else None
    is_own = plan.owner_id == viewer.user_id
    down = asked and is_own and found is None and plan_is_taken_down(plan.id)
    if found is None and not may and not down:
        return None
    return {"resource": found, "may_publish_plan": may and not down, "taken_down": TAKEN_DOWN if down else ""}


def of_lesson(viewer: Viewer, lesson: Any, **_things: Any) -> dict[str, Any] | None:
    """What a lesson became in the library, beside the lesson; who taught it may put it there, also again."""
    may = can_publish_lesson(viewer, lesson, clock.today())
    found = card_in_library(lesson.id, in_bin=may)
    if found is not None and not can_view_resource(viewer, found, viewer_workshops()):
        found = None
    return {"resource": found, "may_publish": may} if found is not None or may else None


def of_activity(viewer: Viewer, activity: Any, may_publish: bool, **_things: Any) -> dict[str, Any] | None:
    """What the record of an activity became in the library, below the record: one's own, else the newest one may see. Who
    leads the activity puts it there, but for what was taken down.
    """
    there = records_in_library(activity.id)
    own = next((each for each in there if owns(viewer, each)), None)
    seen = (each for each in there if can_view_resource(viewer, each, viewer_workshops()))
    found = own or next(seen, None)
    may_put = may_publish and (own is not None or not is_taken_down(activity.id))
    return {"resource": found, "own": own, "may_put": may_put} if found is not None or may_put else None


def credit(viewer: Viewer, plan: Any, **_things: Any) -> dict[str, Any] | None:
    """Whose resource a plan was made of, above its text."""
    found = credit_of(viewer, viewer_workshops(), plan.id)
    return {"credit": found} if found is not None else None


SLOTS: dict[str, Filler] = {
    "workshop_tabs": ("resources/_workshop_tab.html", workshop_tab),
    "workshop_home_side": ("resources/_workshop_newest.html", workshop_newest),
    "dashboard_today": ("resources/_to_review.html", to_review),
    "dashboard_continue": ("resources/_waiting_uploads.html", continue_uploads),
    "plan_origin": ("resources/_plan_credit.html", credit),
    "activity_record_foot": ("resources/_of_activity.html", of_activity),
    "lesson_side": ("resources/_of_lesson.html", of_lesson),
    "plan_side": ("resources/_of_plan.html", of_plan),
    "person_sections": ("resources/_person_resources.html", person_resources),
}
