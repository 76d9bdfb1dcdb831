"""Who may see and change what in the library. Pure: the viewer's workshops are passed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Protocol

from yanxiu.accounts.catalog import RESEARCH_ROLES
from yanxiu.accounts.permissions import Viewer
from yanxiu.resources.catalog import LICENSES, NO_CHANGES
from yanxiu.resources.models import (
    Resource,
    ResourceCollection,
    ResourceComment,
    ResourceFile,
    ResourceImport,
    ResourceUpload,
)

REVIEWED = frozenset({"public", "county", "school"})
"""What is shared wider than a workshop is reviewed."""
REVIEWERS: Mapping[str, frozenset[str]] = {
    "school": RESEARCH_ROLES | {"principal", "school_admin", "group_head"},
    "county": RESEARCH_ROLES,
}
"""Step → the roles that decide on what comes from below their organization. The county may stand in for a school,
where a principal's own work would wait for ever."""


def can_view_resource(viewer: Viewer, resource: Resource, workshop_ids: Collection[int]) -> bool:
    """By visibility; the owner always, also in the bin. What is private is nobody else's business."""
    if owns(viewer, resource):
        return True
    if resource.removed_at is not None:
        if resource.takedown_reason and viewer.researches(resource.org_path):
            return resource.visibility in REVIEWED
        return resource.visibility != "private" and viewer.is_admin_over(resource.org_path)
    if resource.visibility == "public":
        return True
    if not viewer.is_authenticated or resource.visibility == "private":
        return False
    if resource.visibility == "workshop":
        return resource.workshop_id in workshop_ids
    if resource.visibility == "county":
        return resource.county_id is not None and viewer.county_id == resource.county_id
    return _shares_school(viewer, resource) or viewer.researches(resource.org_path)


def can_open_version(viewer: Viewer, resource: Resource, file: ResourceFile) -> bool:
    """Of a resource the viewer may see. A lesson or an activity is often put there anew to take something out (a
    reflection, a name): what it was before is its owner's only.
    """
    if resource.taught_lesson_id is None and resource.activity_id is None:
        return True
    return file.id == resource.current_file_id or owns(viewer, resource)


def can_edit_resource(viewer: Viewer, resource: Resource) -> bool:
    """The owner; for what others can see, also who manages the owner's school or above."""
    if owns(viewer, resource):
        return True
    if resource.visibility in {"private", "workshop"}:
        return False
    return viewer.is_admin_over(resource.org_path)


def can_remove_resource(viewer: Viewer, resource: Resource) -> bool:
    """Whoever may edit may also put it in the bin and fetch it back."""
    return can_edit_resource(viewer, resource)


def can_take_down(viewer: Viewer, resource: Resource) -> bool:
    """Whoever looks after the research work of the owner's place takes down what was shared there, with a reason."""
    return not owns(viewer, resource) and resource.visibility in REVIEWED and viewer.researches(resource.org_path)


def can_rate_resource(viewer: Viewer, resource: Resource) -> bool:
    """Whoever is signed in and may see it gives stars, but nobody to their own work."""
    return viewer.is_authenticated and resource.removed_at is None and not owns(viewer, resource)


def can_withdraw_comment(viewer: Viewer, resource: Resource, comment: ResourceComment) -> bool:
    """One's own; whoever may take the resource down may also take away what somebody said of it."""
    return comment.author_id == viewer.user_id or can_take_down(viewer, resource)


def can_restore_resource(viewer: Viewer, resource: Resource) -> bool:
    """What was taken down comes back only through those who may take down; else as it went."""
    return can_take_down(viewer, resource) if resource.takedown_reason else can_remove_resource(viewer, resource)


def is_copyable(resource: Resource) -> bool:
    """Whether a lesson plan can be made of it: a 教学设计 in a form that is read with its headings and tables."""
    file = resource.current_file
    return resource.kind == "plan" and file is not None and file.extension == ".docx"


def copy_refusal(viewer: Viewer, resource: Resource) -> str:
    """Why the viewer may not make a plan of their own of it; empty if they may. The owner always may."""
    if not viewer.is_authenticated:
        return "请先登录"
    if owns(viewer, resource) or resource.license not in NO_CHANGES:
        return ""
    return f"作者选的使用许可是“{LICENSES[resource.license]}”，不能复制改编；想用请先联系作者"


def can_read_school_figures(viewer: Viewer) -> bool:
    """Figures of a whole school are for those who lead it, or look after its research."""
    return viewer.school_id is not None and viewer.researches(viewer.org_path)


def can_contribute(viewer: Viewer) -> bool:
    """Whoever is signed in may add to the library; who then sees it is chosen with each resource."""
    return viewer.is_authenticated


def can_use_upload(viewer: Viewer, upload: ResourceUpload) -> bool:
    """A waiting upload belongs to who sent it."""
    return viewer.is_authenticated and upload.owner_id == viewer.user_id


class PlanLike(Protocol):
    """What a predicate asks of a lesson plan."""

    @property
    def owner_id(self) -> Any: ...
    @property
    def phase(self) -> Any: ...
    @property
    def is_record(self) -> Any: ...


def can_publish_plan(viewer: Viewer, plan: PlanLike) -> bool:
    """Its owner; a plan that a group prepares comes into the library by itself once it is final."""
    return viewer.is_authenticated and plan.owner_id == viewer.user_id and not plan.phase and not plan.is_record


class LessonLike(Protocol):
    """What a predicate asks of an observed lesson."""

    @property
    def teacher_id(self) -> Any: ...
    def has_expired(self, today: date) -> bool: ...


def can_publish_lesson(viewer: Viewer, lesson: LessonLike, today: date) -> bool:
    """Who taught it, nobody for them; not once the consent for showing its pupils has run out."""
    return viewer.is_authenticated and lesson.teacher_id == viewer.user_id and not lesson.has_expired(today)


def can_use_import(viewer: Viewer, found: ResourceImport) -> bool:
    """An import belongs to who began it."""
    return viewer.is_authenticated and found.owner_id == viewer.user_id


def can_edit_textbooks(viewer: Viewer) -> bool:
    """The catalog of textbooks is the county's: its researchers and administrators keep it."""
    return viewer.county_id is not None and viewer.holds(RESEARCH_ROLES, viewer.county_path)


def can_review_resource(viewer: Viewer, resource: Resource) -> bool:
    """Decide at the step it is at: a role of that step over the owner's place. Nobody decides on their own work."""
    if owns(viewer, resource) or resource.removed_at is not None or resource.visibility not in REVIEWED:
        return False
    return viewer.holds(REVIEWERS.get(resource.review_step, frozenset()), resource.org_path)


def review_steps_of(viewer: Viewer) -> list[str]:
    """The steps at which this person reviews anything at all."""
    return [step for step, roles in REVIEWERS.items() if viewer.holds_anywhere(roles)]


def can_read_reviews(viewer: Viewer, resource: Resource) -> bool:
    """Reasons are between the author and those who review there."""
    if owns(viewer, resource):
        return True
    return resource.visibility in REVIEWED and viewer.holds(REVIEWERS["school"], resource.org_path)


def can_ask_for_review(viewer: Viewer, resource: Resource) -> bool:
    """The author sends in again what was returned."""
    return owns(viewer, resource) and resource.removed_at is None and resource.review_step == "returned"


def can_view_collection(viewer: Viewer, collection: ResourceCollection) -> bool:
    """By visibility, like a resource; deleted, it is its owner's and that of those who manage the school."""
    if owns(viewer, collection):
        return True
    if collection.visibility == "private":
        return False
    if collection.removed_at is not None:
        return viewer.is_admin_over(collection.org_path)
    if collection.visibility == "public":
        return True
    if not viewer.is_authenticated:
        return False
    if collection.visibility == "county":
        return collection.county_id is not None and viewer.county_id == collection.county_id
    return _shares_school(viewer, collection) or viewer.researches(collection.org_path)


def can_edit_collection(viewer: Viewer, collection: ResourceCollection) -> bool:
    """The owner; what others see, also who manages the school or the county."""
    if owns(viewer, collection):
        return True
    return collection.visibility != "private" and viewer.is_admin_over(collection.org_path)


def owns(viewer: Viewer, resource: Resource | ResourceCollection) -> bool:
    """Whether the viewer published it."""
    return viewer.is_authenticated and resource.owner_id == viewer.user_id


def _shares_school(viewer: Viewer, resource: Resource | ResourceCollection) -> bool:
    return resource.school_id is not None and viewer.school_id == resource.school_id
