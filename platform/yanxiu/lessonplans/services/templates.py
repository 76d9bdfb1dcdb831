"""A school's templates: making one from another, saving a new version, retiring it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.lessonplans.document.templates import PlanTemplate, TemplateSection
from yanxiu.lessonplans.models.templates import SchoolTemplate, TemplateVersion
from yanxiu.lessonplans.services.holding import one_line

MOST_SECTIONS = 30
LONGEST_TITLE, LONGEST_HINT = 30, 100


def create_template(actor: User, school: Organization, name: str, subject: str, base: PlanTemplate) -> SchoolTemplate:
    """Make a template of the school that begins like `base`."""
    made = SchoolTemplate(organization_id=school.id, name=_name(name), about=base.about[:100], subject=subject)
    db.session.add(made)
    db.session.flush()
    _add_version(actor, made, 1, base.sections)
    record_audit(actor, "plan.template", "plan_template", made.id, title=made.name, number=1)
    return made


def save_template(
    actor: User, template: SchoolTemplate, seen: int, name: str, subject: str, sections: Sequence[TemplateSection]
) -> TemplateVersion:
    """Save what was edited as a new version; `seen` is the version it was made from."""
    hold(template)
    latest = max(version.number for version in template.versions)
    if latest != seen:
        raise ConflictError("别的老师刚刚改过这个模板，请另开一页看看新的一版再改，您填的还在这里")
    template.name, template.subject = _name(name), subject
    version = _add_version(actor, template, latest + 1, checked_sections(sections))
    record_audit(actor, "plan.template", "plan_template", template.id, title=template.name, number=version.number)
    return version


def retire_template(actor: User, template: SchoolTemplate) -> None:
    """Offer it no more; plans that were made from it stay as they are."""
    hold(template)
    template.retired_at = template.retired_at or clock.now()
    db.session.flush()
    record_audit(actor, "plan.template_retired", "plan_template", template.id, title=template.name)


def checked_sections(sections: Sequence[TemplateSection]) -> list[TemplateSection]:
    """Return the sections if they hold together."""
    if not sections:
        raise InvalidError("模板至少要有一个部分", field="sections")
    if len(sections) > MOST_SECTIONS:
        raise InvalidError(f"模板最多 {MOST_SECTIONS} 个部分", field="sections")
    titles = [section.title for section in sections]
    double = next((title for title in titles if titles.count(title) > 1), None)
    if double is not None:
        raise InvalidError(f"有两个部分都叫“{double}”，请改一个名字", field="sections")
    return list(sections)


def _name(name: str) -> str:
    words = one_line(name)
    if not words:
        raise InvalidError("请填写模板名称", field="name")
    return words[:40]


def _add_version(
    actor: User, template: SchoolTemplate, number: int, sections: Sequence[TemplateSection]
) -> TemplateVersion:
    rows = [asdict(section) | {"parts": list(section.parts)} for section in sections]
    made = TemplateVersion(template_id=template.id, number=number, sections=rows, author_id=actor.id)
    db.session.add(made)
    db.session.flush()
    return made
