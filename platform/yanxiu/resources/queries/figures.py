"""Figures of use by resource, by teacher and by month. A scope is a condition on resources (`usage.scope_of`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.resources.models import (
    Resource,
    ResourceCopy,
    ResourceDownload,
    ResourceFavorite,
    ResourceUse,
    ResourceView,
)

MOST = 5000
MONTHS = 12
FIGURES = {"views": "浏览", "downloads": "下载", "favorites": "收藏", "copies": "改编", "uses": "上过课"}
"""What is counted, in the order of every table."""
SORTS = {"name": "老师", "resources": "资源", **FIGURES}


@dataclass(frozen=True)
class Looked:
    """What is not counted on a resource itself: looks (a person once a day) and people who made a plan of it."""

    views: int = 0
    copies: int = 0


@dataclass(frozen=True)
class TeacherFigures:
    """The sums over what one teacher shared. `resources` counts those in the scope."""

    teacher: User
    resources: int
    views: int
    downloads: int
    favorites: int
    copies: int
    uses: int


@dataclass(frozen=True)
class MonthFigures:
    """What happened in one month (Asia/Shanghai), whenever the resource was shared."""

    month: date
    views: int
    downloads: int
    favorites: int
    copies: int
    uses: int


def looked_at(resource_ids: Collection[int]) -> dict[int, Looked]:
    """Return views and copies of each of these resources."""
    wanted = Resource.id.in_(list(resource_ids))
    views, copies = _views_by(Resource.id, wanted), _copies_by(Resource.id, wanted)
    return {key: Looked(views.get(key, 0), copies.get(key, 0)) for key in resource_ids}


def looked_at_in(scope: ColumnElement[bool]) -> Looked:
    """Return the sums of views and copies over a scope."""
    views, copies = _views_by(Resource.owner_id, scope), _copies_by(Resource.owner_id, scope)
    return Looked(sum(views.values()), sum(copies.values()))


def figures_by_teacher(scope: ColumnElement[bool], sort: str = "downloads") -> list[TeacherFigures]:
    """Return a line for each teacher who shared something in the scope: by name, or the most of `sort` first."""
    sums = [func.sum(column) for column in (Resource.download_count, Resource.favorite_count, Resource.use_count)]
    rows = db.session.execute(
        select(Resource.owner_id, func.count(), *sums).where(scope).group_by(Resource.owner_id)
    ).all()
    views, copies = _views_by(Resource.owner_id, scope), _copies_by(Resource.owner_id, scope)
    people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_([row[0] for row in rows])))}
    lines = [
        TeacherFigures(people[row[0]], row[1], views.get(row[0], 0), row[2], row[3], copies.get(row[0], 0), uses=row[4])
        for row in rows
    ]
    lines.sort(key=lambda line: (line.teacher.name_key, line.teacher.id))
    if sort in SORTS and sort != "name":
        lines.sort(key=lambda line: -int(getattr(line, sort)))
    return lines


def figures_by_month(scope: ColumnElement[bool], today: date) -> list[MonthFigures]:
    """Return the last twelve months, this one first, in five queries."""
    starts = _month_starts(today)
    moments = [datetime.combine(day, time(), LOCAL_ZONE) for day in starts]
    counted = {
        "views": _by_span(ResourceView, ResourceView.day, starts, scope),
        "downloads": _by_span(ResourceDownload, ResourceDownload.day, starts, scope),
        "favorites": _by_span(ResourceFavorite, ResourceFavorite.created_at, moments, scope),
        "copies": _by_span(ResourceCopy, ResourceCopy.created_at, moments, scope),
        "uses": _by_span(ResourceUse, ResourceUse.taught_on, starts, scope),
    }
    months = [
        MonthFigures(start, **{name: numbers[at] for name, numbers in counted.items()})
        for at, start in enumerate(starts[:-1])
    ]
    return months[::-1]


def figures_by_resource(scope: ColumnElement[bool]) -> tuple[Sequence[Resource], dict[int, Looked]]:
    """Return the resources of a scope with their owners, the most used first, and what is not counted on them."""
    rows = select(Resource).options(joinedload(Resource.owner)).where(scope)
    found = db.session.scalars(rows.order_by(Resource.download_count.desc(), Resource.id.desc()).limit(MOST)).all()
    views, copies = _views_by(Resource.id, scope), _copies_by(Resource.id, scope)
    return found, {thing.id: Looked(views.get(thing.id, 0), copies.get(thing.id, 0)) for thing in found}


def has_viewed(user_id: int, resource_id: int, day: date) -> bool:
    """Whether this look was counted already."""
    return db.session.get(ResourceView, (resource_id, user_id, day)) is not None


def _views_by(key: InstrumentedAttribute[int], scope: ColumnElement[bool]) -> dict[int, int]:
    rows = select(key, func.count()).join(ResourceView, ResourceView.resource_id == Resource.id)
    return _numbers(rows.where(scope).group_by(key))


def _copies_by(key: InstrumentedAttribute[int], scope: ColumnElement[bool]) -> dict[int, int]:
    """People, once for each resource, however often they copied it."""
    pairs = select(key.label("key"), Resource.id, ResourceCopy.user_id)
    pairs = pairs.join(ResourceCopy, ResourceCopy.resource_id == Resource.id).where(scope).distinct()
    each = pairs.subquery()
    return _numbers(select(each.c.key, func.count()).group_by(each.c.key))


def _numbers(statement: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _month_starts(today: date) -> list[date]:
    """The first days of the last twelve months and of the next one."""
    last = today.year * 12 + today.month
    return [date(*_year_and_month(number), 1) for number in range(last - MONTHS, last + 1)]


def _year_and_month(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1


def _by_span(model: Any, column: Any, edges: Sequence[Any], scope: ColumnElement[bool]) -> list[int]:
    spans = [func.count().filter(column >= start, column < end) for start, end in pairwise(edges)]
    rows = select(*spans).select_from(model).join(Resource, Resource.id == model.resource_id)
    return list(db.session.execute(rows.where(scope, column >= edges[0])).one())
