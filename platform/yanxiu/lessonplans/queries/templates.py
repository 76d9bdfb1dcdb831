"""Templates a plan may be made from: the shipped ones and those of the teacher's school."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import Organization
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.sections import sections_of
from yanxiu.lessonplans.document.templates import TEMPLATES, PlanTemplate, TemplateSection, empty_document
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.templates import SCHOOL_TEMPLATE, SchoolTemplate, TemplateVersion

PREFIX = f"{SCHOOL_TEMPLATE}:"


def home_school(viewer: Viewer) -> Organization | None:
    """Return the viewer's school."""
    return db.session.get(Organization, viewer.school_id) if viewer.school_id is not None else None


def templates_of(school_id: int | None) -> Sequence[SchoolTemplate]:
    """Return the templates a school offers, the newest first, with their versions."""
    return db.session.scalars(
        select(SchoolTemplate)
        .where(SchoolTemplate.organization_id == school_id, SchoolTemplate.retired_at.is_(None))
        .options(selectinload(SchoolTemplate.versions).joinedload(TemplateVersion.author))
        .order_by(SchoolTemplate.id.desc())
    ).all()


def find_template(school_id: int | None, template_id: int) -> SchoolTemplate | None:
    """Return one template that the school offers."""
    return next((found for found in templates_of(school_id) if found.id == template_id), None)


def template_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Return key and words of every template the viewer may start from, the school's own first."""
    own = [(f"{PREFIX}{row.current.id}", _words(row)) for row in templates_of(viewer.school_id)]
    return own + [(shipped.key, f"{shipped.name}：{shipped.about}") for shipped in TEMPLATES.values()]


def _words(row: SchoolTemplate) -> str:
    return f"{row.name}：{row.about or '本校模板'}" + (f"（{row.subject}）" if row.subject else "")


def template_by_key(key: str) -> tuple[PlanTemplate, int | None] | None:
    """Return a template and, where it is a school's, the number of its version."""
    if not key.startswith(PREFIX):
        shipped = TEMPLATES.get(key)
        return (shipped, None) if shipped is not None else None
    number = key.removeprefix(PREFIX)
    version = _version(int(number)) if number.isdecimal() and len(number) < 12 else None
    return (as_template(version), version.id) if version is not None else None


def _version(version_id: int) -> TemplateVersion | None:
    return db.session.scalars(
        select(TemplateVersion).where(TemplateVersion.id == version_id).options(joinedload(TemplateVersion.template))
    ).first()


def key_of(plan: LessonPlan) -> str:
    """Return the key of the template a plan was made from."""
    return plan.template if plan.template_version_id is None else f"{PREFIX}{plan.template_version_id}"


def template_of(plan: LessonPlan) -> PlanTemplate | None:
    """Return the template a plan was made from, as it was then."""
    found = template_by_key(key_of(plan))
    return found[0] if found is not None else None


def empty_sections(plan: LessonPlan) -> dict[str, Node]:
    """The sections of a plan as its template began them, by key."""
    template = template_of(plan)
    return sections_of(empty_document(template)) if template is not None else {}


def as_template(version: TemplateVersion) -> PlanTemplate:
    """A version as what a document is made from."""
    sections = tuple(
        TemplateSection(
            row["key"],
            row["title"],
            row.get("hint", ""),
            tuple(row.get("parts", ())),
            bool(row.get("table")),
            bool(row.get("required")),
        )
        for row in version.sections
    )
    return PlanTemplate(SCHOOL_TEMPLATE, version.template.name, version.template.about, sections)
