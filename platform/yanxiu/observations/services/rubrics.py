"""Rubrics: the shipped ones, and changes that never touch what somebody already used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.observations.models import Evaluation, RubricTemplate, RubricVersion
from yanxiu.observations.queries.evaluations import default_rubric_version
from yanxiu.observations.rubrics.scoring import sheet_from
from yanxiu.observations.rubrics.sheets import DEFAULT_SLUG, SHIPPED


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
