"""Reading the curriculum standards of a county."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.resources.models import SubjectStandard
from yanxiu.resources.standards import PLAIN_HEADING, Standard, shipped_standards


def standards_of(county_id: int | None) -> dict[str, Standard]:
    """Return the standards by subject: the county's own where it has changed them, else the shipped ones. One query."""
    found = dict(shipped_standards())
    if county_id is None:
        return found
    rows = select(SubjectStandard).where(SubjectStandard.county_id == county_id).order_by(SubjectStandard.id)
    for row in db.session.scalars(rows):
        themes, literacies = tuple(row.themes), tuple(row.literacies)
        found[row.subject] = Standard(literacies, row.heading or PLAIN_HEADING, themes, own=True)
    return found


def literacies_known(county_id: int | None) -> frozenset[str]:
    """Return every 核心素养 of every subject."""
    return frozenset(word for standard in standards_of(county_id).values() for word in standard.literacies)
