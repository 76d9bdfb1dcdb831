"""The layout in which a school prints its plans, and the names it may use."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from yanxiu.core.db import db
from yanxiu.lessonplans.document.layouts import known_names
from yanxiu.lessonplans.document.templates import TEMPLATES, TemplateSection
from yanxiu.lessonplans.models import SchoolLayout
from yanxiu.lessonplans.queries.templates import as_template, templates_of


def layout_of(school_id: int | None) -> SchoolLayout | None:
    """Return the layout of a school."""
    if school_id is None:
        return None
    return db.session.scalars(
        select(SchoolLayout)
        .where(SchoolLayout.organization_id == school_id, SchoolLayout.retired_at.is_(None))
        .options(joinedload(SchoolLayout.file), joinedload(SchoolLayout.author))
        .order_by(SchoolLayout.id.desc())
        .limit(1)
    ).first()


def sections_to_print(school_id: int | None) -> list[TemplateSection]:
    """The sections that plans of a school may have: its own templates' first, each title once."""
    own = [as_template(row.current) for row in templates_of(school_id)]
    found = {section.title: section for template in (*own, *TEMPLATES.values()) for section in template.sections}
    return [*found.values()]


def names_to_use(school_id: int | None) -> set[str]:
    """Every name that may stand in the layout of a school."""
    return known_names(sections_to_print(school_id))
