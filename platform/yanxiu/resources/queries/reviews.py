"""Reading the review queue: what waits for this viewer, the oldest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.resources.models import Resource, ResourceFile, ResourceReview
from yanxiu.resources.permissions import REVIEWED, REVIEWERS, review_steps_of
from yanxiu.resources.queries import visible_resources

QUEUE_SIZE = 15


def waiting_at(viewer: Viewer, workshop_ids: Collection[int], step: str) -> ColumnElement[bool]:
    """The rows that `permissions.can_review_resource` allows at a step."""
    paths = sorted({held.org_path for held in viewer.held if held.role in REVIEWERS[step]})
    return and_(
        Resource.review_step == step,
        Resource.visibility.in_(REVIEWED),
        Resource.owner_id != viewer.user_id,
        or_(*(Resource.org_path.startswith(path, autoescape=True) for path in paths))
        if paths
        else Resource.id.is_(None),
        visible_resources(viewer, workshop_ids),
    )


def review_queue(viewer: Viewer, workshop_ids: Collection[int], step: str, cursor: str | None = None) -> Page[Resource]:
    """Return a page of what waits at a step."""
    rows = select(Resource).options(
        joinedload(Resource.owner),
        joinedload(Resource.school),
        joinedload(Resource.current_file).joinedload(ResourceFile.stored_file),
    )
    keys = Resource.review_since.asc(), Resource.id.asc()
    return paginate(rows.where(waiting_at(viewer, workshop_ids, step)), *keys, cursor=cursor, size=QUEUE_SIZE)


def next_waiting(viewer: Viewer, workshop_ids: Collection[int], step: str, after: Resource) -> int | None:
    """Return what comes after one in the queue, else the first that waits."""
    waiting = select(Resource.id).where(waiting_at(viewer, workshop_ids, step))
    beyond = or_(
        Resource.review_since > after.review_since,
        and_(Resource.review_since == after.review_since, Resource.id > after.id),
    )
    ordered = Resource.review_since, Resource.id
    following = db.session.scalar(waiting.where(beyond).order_by(*ordered).limit(1))
    return following or db.session.scalar(waiting.order_by(*ordered).limit(1))


def waiting_counts(viewer: Viewer, workshop_ids: Collection[int]) -> dict[str, int]:
    """Return how much waits for this viewer at each step they review at."""
    counts = {}
    for step in review_steps_of(viewer):
        rows = select(func.count()).select_from(Resource).where(waiting_at(viewer, workshop_ids, step))
        counts[step] = db.session.scalar(rows) or 0
    return counts


def reviews_of(resource_id: int) -> Sequence[ResourceReview]:
    """Return what was decided about a resource, the newest first."""
    statement = select(ResourceReview).where(ResourceReview.resource_id == resource_id)
    return db.session.scalars(
        statement.options(joinedload(ResourceReview.reviewer)).order_by(ResourceReview.id.desc())
    ).all()
