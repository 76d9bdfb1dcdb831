"""Figures of use: what was taken home, kept at hand and taught with. Only what the reader may see is counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import people_seen
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.resources.models import Resource, ResourceDownload, ResourceUse
from yanxiu.resources.queries import visible_resources

RECENT = timedelta(days=30)
USES_SHOWN = 10


@dataclass(frozen=True)
class UsageFigures:
    """Sums over the resources of a scope. `recent_downloads` are of the last 30 days (a person once a day)."""

    resources: int
    downloads: int
    recent_downloads: int
    favorites: int
    uses: int
    teachers: int


def scope_of(viewer: Viewer, workshop_ids: Collection[int], *, school: bool) -> ColumnElement[bool]:
    """One's own resources, or (`school`) those of one's school that one may see."""
    visible = visible_resources(viewer, workshop_ids)
    if school:
        return and_(visible, Resource.school_id == viewer.school_id)
    return and_(visible, Resource.owner_id == viewer.user_id)


def usage_figures(scope: ColumnElement[bool]) -> UsageFigures:
    """Add up a scope, in two queries."""
    sums = func.coalesce(func.sum(Resource.download_count), 0), func.coalesce(func.sum(Resource.favorite_count), 0)
    uses = func.coalesce(func.sum(Resource.use_count), 0)
    everything = select(func.count(), *sums, uses, func.count(Resource.owner_id.distinct())).select_from(Resource)
    number, downloads, favorites, used, teachers = db.session.execute(everything.where(scope)).one()
    since = clock.today() - RECENT
    taken = (
        select(func.count()).select_from(ResourceDownload).join(Resource, Resource.id == ResourceDownload.resource_id)
    )
    recent = db.session.scalar(taken.where(scope, ResourceDownload.day > since)) or 0
    return UsageFigures(number, downloads, recent, favorites, used, teachers)


def usage_page(scope: ColumnElement[bool], cursor: str | None = None) -> Page[Resource]:
    """Return a page of a scope, the most used first."""
    rows = select(Resource).options(joinedload(Resource.owner)).where(scope)
    return paginate(rows, Resource.download_count.desc(), Resource.id.desc(), cursor=cursor)


def uses_of(viewer: Viewer, resource_id: int) -> Sequence[ResourceUse]:
    """Return who taught with a resource, the latest first: only people that the viewer may see."""
    rows = select(ResourceUse).join(ResourceUse.user).join(User.organization).options(contains_eager(ResourceUse.user))
    rows = rows.where(ResourceUse.resource_id == resource_id, people_seen(viewer))
    newest = rows.order_by(ResourceUse.taught_on.desc(), ResourceUse.id.desc()).limit(USES_SHOWN)
    return db.session.scalars(newest).all()
