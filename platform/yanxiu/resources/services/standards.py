"""Changing the curriculum standards of a county. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from sqlalchemy import delete, select

from yanxiu.accounts.catalog import SUBJECTS
from yanxiu.accounts.models import Organization, User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.resources.models import SubjectStandard
from yanxiu.resources.standards import LONGEST_HEADING, LONGEST_LITERACY, LONGEST_THEME, PLAIN_HEADING, lines_of


def save_standard(
    actor: User, county_id: int, subject: str, *, literacies: str, heading: str, themes: str
) -> SubjectStandard:
    """Keep a subject's 核心素养 and themes, one a line; resources keep the words they have."""
    if subject not in SUBJECTS:
        raise InvalidError("请从列表里选择学科", field="subject")
    names = lines_of(literacies, LONGEST_LITERACY, "literacies"), lines_of(themes, LONGEST_THEME, "themes")
    called = " ".join(without_invisible(heading).split())[:LONGEST_HEADING] or PLAIN_HEADING
    _hold_county(county_id)
    found = db.session.scalars(
        select(SubjectStandard).where(SubjectStandard.county_id == county_id, SubjectStandard.subject == subject)
    ).first()
    if found is None:
        found = SubjectStandard(county_id=county_id, subject=subject)
        db.session.add(found)
    found.literacies, found.themes = names
    found.heading = called
    db.session.flush()
    record_audit(actor, "textbook.standard", "textbook", None, subject=subject)
    return found


def restore_standard(actor: User, county_id: int, subject: str) -> None:
    """Take the shipped words again."""
    _hold_county(county_id)
    mine = SubjectStandard.county_id == county_id, SubjectStandard.subject == subject
    gone = db.session.execute(delete(SubjectStandard).where(*mine).returning(SubjectStandard.id)).first()
    if gone is not None:
        record_audit(actor, "textbook.standard", "textbook", None, subject=subject)


def _hold_county(county_id: int) -> None:
    """Two who save at once come one after the other."""
    county = db.session.get(Organization, county_id)
    if county is None or not hold(county):
        raise NotFoundError
