"""Schemes of codes of a school, a county or a teacher: made like another one, changed without touching what was used."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import exists, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.observations.instruments.scheme_lines import body_like
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.models import CodingScheme, CodingSession, SchemeVersion
from yanxiu.observations.queries.schemes import version_in_lesson

CHANGED = "这份方案刚被别人改过，请先看看新的一版，再改您要改的地方"
STALE = "这份方案刚改过，请刷新页面再编"


@dataclass(frozen=True)
class SchemeDraft:
    """What a scheme should be from now on; `retired`: it is not offered any more."""

    name: str
    body: dict[str, Any]
    retired: bool = False


def create_scheme(actor: User, organization_id: int | None, name: str, base: Scheme) -> CodingScheme:
    """Make a scheme that begins like another one: of an organization, or the actor's own."""
    family = CodingScheme(
        slug=f"x{secrets.token_hex(5)}", name=name, maker_id=actor.id, organization_id=organization_id
    )
    family.versions.append(SchemeVersion(number=1, body=body_like(base)))
    db.session.add(family)
    db.session.flush()
    record_audit(actor, "scheme.create", "coding_scheme", family.id)
    return family


def state_of(family: CodingScheme) -> str:
    """Return a word that changes with anything a form shows, also where a version nobody used is changed in place."""
    newest = family.versions[-1]
    told = json.dumps([family.name, family.retired_at is not None, newest.number, newest.body], sort_keys=True)
    return sha256(told.encode()).hexdigest()[:32]


def save_scheme(actor: User, family: CodingScheme, seen: str, draft: SchemeDraft) -> SchemeVersion:
    """Change a scheme; `seen` is the state that was in front of who changes it. Saving twice is harmless.

    A version that a coding uses stays as it is, and a new one follows it.
    """
    if not hold(family):
        raise ConflictError(CHANGED)
    newest = family.versions[-1]
    if (family.name, newest.body, family.retired_at is not None) == (draft.name, draft.body, draft.retired):
        return newest
    if state_of(family) != seen:
        raise ConflictError(CHANGED)
    family.name = draft.name
    if draft.retired != (family.retired_at is not None):
        family.retired_at = clock.now() if draft.retired else None
    record_audit(actor, "scheme.revise", "coding_scheme", family.id)
    if newest.body == draft.body:
        return newest
    used = db.session.scalar(select(exists().where(CodingSession.definition_id == newest.id)))
    if not used:
        newest.body = draft.body
        return newest
    version = SchemeVersion(scheme_id=family.id, number=newest.number + 1, body=draft.body)
    family.versions.append(version)
    db.session.flush()
    return version


def settle_definition(lesson_id: int, scheme: Scheme) -> None:
    """Make sure that a coding begins with the scheme as it is now, and as others code this lesson; the lesson is held."""
    if scheme.definition_id is None:
        return
    version = db.session.get(SchemeVersion, scheme.definition_id)
    if version is None or not (hold(version.family) and hold(version)):
        raise ConflictError(STALE)
    used = version_in_lesson(lesson_id, scheme.slug)
    if version.scheme.codes != scheme.codes or (used is not None and used.id != version.id):
        raise ConflictError(STALE)
