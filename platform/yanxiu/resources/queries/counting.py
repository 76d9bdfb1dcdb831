"""What the filters of the library offer, with how many resources of this viewer each has.

With 100,000 resources counting is reading an index: what may be seen is asked for in parts that exclude each other, each the
beginning of `ix_resource_counting` or one person's own, so that no row of the table itself is read for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, not_, or_, select, union_all

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.resources.models import Resource
from yanxiu.resources.queries import LibraryFilter, narrowing, schools_of, scope_of
from yanxiu.resources.standards import words_of

FACETS = ("grading", "origin", "theme", "literacy")


class Counts(dict[str, Counter[str]]):
    """By facet, how many resources have each value; `total`: how many there are under all filters."""

    total: int = 0


def facet_counts(
    viewer: Viewer, workshop_ids: Collection[int], wanted: LibraryFilter, *, standards: bool = True
) -> Counts:
    """Return how many resources of the list have each level, origin, theme and 核心素养, each under all other filters.

    One query, however many resources there are and whatever was chosen. Without `standards` the words of the curriculum are
    left out, which makes far fewer groups.
    """
    found = Counts({facet: Counter() for facet in FACETS})
    chosen = {facet: getattr(wanted, facet) for facet in FACETS}
    words = standards or bool(wanted.theme or wanted.literacy)
    for grading, origin, theme, joined, count in _groups(viewer, workshop_ids, wanted, words=words):
        said = {"grading": [grading], "origin": [origin], "theme": [theme], "literacy": words_of(joined)}
        missed = [facet for facet, value in chosen.items() if value and value not in said[facet]]
        found.total += 0 if missed else count
        if len(missed) < 2:
            for facet in missed or FACETS:
                found[facet].update({value: count for value in said[facet] if value})
    return found


def _groups(viewer: Viewer, workshop_ids: Collection[int], wanted: LibraryFilter, *, words: bool) -> Sequence[Any]:
    """Grading, origin, theme, 核心素养 and how many, of what the filters other than these leave."""
    others = replace(wanted, grading="", origin="", theme="", literacy="")
    told = (Resource.theme, Resource.literacies) if words else (literal(""), literal(""))
    columns = (Resource.grading, Resource.origin, *(Resource.theme, Resource.literacies)[: 2 * words])

    def counted(part: ColumnElement[bool]) -> Select[Any]:
        asked: list[Any] = [Resource.grading, Resource.origin, *told, func.count()]
        rows: Select[Any] = select(*asked)
        # In the order of the index, so that little is sorted; the subject is only there for that.
        return rows.where(part, *narrowing(others)).group_by(Resource.subject, *columns)

    if wanted.mine or wanted.workshop_id:
        return db.session.execute(counted(scope_of(viewer, workshop_ids, wanted))).all()
    parts = [counted(and_(Resource.removed_at.is_(None), *part)) for part in _parts(viewer, workshop_ids)]
    return db.session.execute(union_all(*parts)).all()


def _parts(viewer: Viewer, workshop_ids: Collection[int]) -> list[tuple[ColumnElement[bool], ...]]:
    """What `visible_resources` allows, in parts of which a resource is in one at most."""
    parts: list[tuple[ColumnElement[bool], ...]] = [(Resource.visibility == "public",)]
    if not viewer.is_authenticated:
        return parts
    of_others: ColumnElement[bool] = Resource.owner_id != viewer.user_id
    in_county: ColumnElement[bool] = false()
    if viewer.county_id is not None:
        in_county = and_(Resource.visibility == "county", Resource.county_id == viewer.county_id)
        parts.append((in_county,))
    told = or_(Resource.visibility == "public", func.coalesce(in_county, false()))
    parts.append((Resource.owner_id == viewer.user_id, not_(told)))
    parts.append((Resource.visibility == "school", schools_of(viewer), of_others))
    if workshop_ids:
        parts.append((Resource.visibility == "workshop", Resource.workshop_id.in_(sorted(workshop_ids)), of_others))
    return parts
