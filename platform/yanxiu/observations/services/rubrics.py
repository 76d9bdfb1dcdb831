"""Rubrics: the shipped ones, and changes that never touch what somebody already used."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import exists, select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.observations.models import Evaluation, RubricTemplate, RubricVersion
from yanxiu.observations.queries.evaluations import default_rubric_version
from yanxiu.observations.rubrics.scoring import sheet_from
from yanxiu.observations.rubrics.sheets import DEFAULT_SLUG, SHIPPED

CHANGED = "这份量表刚被别人改过，请先看看新的一版，再改您要改的地方"


def install_shipped_rubrics() -> None:
    """Add the shipped rubrics that are not there yet and bring those that a release corrected up to date.

    Running it again changes nothing. A worker does it when it starts.
    """
    shipped = select(RubricTemplate).where(RubricTemplate.slug.is_not(None))
    known = {template.slug: template for template in db.session.scalars(shipped)}
    for sheet in SHIPPED:
        template = known.get(sheet.slug)
        if template is None:
            template = RubricTemplate(slug=sheet.slug, name=sheet.name, origin=sheet.origin)
            template.versions.append(RubricVersion(number=1, body=sheet.body))
            db.session.add(template)
        elif template.versions[-1].body != sheet.body:
            revise_rubric(None, template, sheet.body)
    db.session.flush()


def usable_rubric_id(version_id: int | None) -> int:
    """Return the chosen rubric version, or the default one, installing the shipped ones first when needed."""
    if version_id is not None:
        if db.session.get(RubricVersion, version_id) is None:
            raise InvalidError("请从列表里选择量表", field="rubric_version_id")
        return version_id
    default = default_rubric_version(DEFAULT_SLUG)
    if default is None:
        install_shipped_rubrics()
        default = default_rubric_version(DEFAULT_SLUG)
    assert default is not None
    return default.id


def create_rubric(actor: User, organization_id: int, name: str, base: RubricVersion) -> RubricTemplate:
    """Make a rubric of an organization that begins like another one."""
    template = RubricTemplate(name=name, origin=f"照《{base.template.name}》改", organization_id=organization_id)
    template.versions.append(RubricVersion(number=1, body=dict(base.body)))
    db.session.add(template)
    db.session.flush()
    record_audit(actor, "rubric.create", "rubric", template.id)
    return template


def state_of(template: RubricTemplate) -> str:
    """Return a word that changes with the name or any line, also where a version nobody used is changed in place."""
    newest = template.versions[-1]
    told = json.dumps([template.name, newest.number, newest.body], sort_keys=True)
    return sha256(told.encode()).hexdigest()[:32]


def save_rubric(actor: User, template: RubricTemplate, seen: str, name: str, body: dict[str, Any]) -> RubricVersion:
    """Rename and change a rubric; `seen` is the state that was in front of who changes it. Saving twice is harmless."""
    if not hold(template):
        raise ConflictError(CHANGED)
    newest = template.versions[-1]
    if (template.name, newest.body) == (name, body):
        return newest
    if state_of(template) != seen:
        raise ConflictError(CHANGED)
    template.name = name
    if newest.body != body:
        return revise_rubric(actor, template, body)
    record_audit(actor, "rubric.revise", "rubric", template.id)
    return newest


def revise_rubric(actor: User | None, template: RubricTemplate, body: dict[str, Any]) -> RubricVersion:
    """Change a rubric. A version that an evaluation uses stays as it is and a new one follows it."""
    try:
        sheet_from(body)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidError("量表内容不完整，请检查各项的名称、权重和等级") from error
    record_audit(actor, "rubric.revise", "rubric", template.id)
    newest = template.versions[-1]
    used = db.session.scalar(select(exists().where(Evaluation.version_id == newest.id)))
    if not used:
        newest.body = body
        newest.__dict__.pop("sheet", None)
        return newest
    version = RubricVersion(template_id=template.id, number=newest.number + 1, body=body)
    template.versions.append(version)
    db.session.flush()
    return version
