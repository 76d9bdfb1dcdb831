"""Keeping perspectives in one's own words, and lending them to the school. What a lesson took stays as it was."""

from __future__ import annotations

from sqlalchemy import exists, select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.observations.models import KeptPerspective
from yanxiu.observations.queries.kept_perspectives import count_kept
from yanxiu.observations.services.perspectives import PerspectiveDraft

MOST_KEPT = 60
"""Perspectives that one person keeps: more than anybody finds again."""


def keep(actor: User, draft: PerspectiveDraft) -> KeptPerspective:
    """Keep a perspective; ConflictError where the actor has one of this name, or too many."""
    hold(actor)
    _refuse_name(actor, draft.name)
    if count_kept(actor.id) >= MOST_KEPT:
        raise ConflictError(f"我的视角最多 {MOST_KEPT} 个，请先去掉几个不用的")
    kept = KeptPerspective(
        owner_id=actor.id, name=draft.name, prompts=draft.prompts, instrument=draft.instrument, school_id=None
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def revise_kept(actor: User, kept: KeptPerspective, draft: PerspectiveDraft) -> None:
    """Say it in other words, also for the school; ConflictError where another of the actor's has the name."""
    hold(actor)
    _refuse_name(actor, draft.name, besides=kept)
    kept.name, kept.prompts, kept.instrument = draft.name, draft.prompts, draft.instrument
    db.session.flush()


def share_kept(actor: User, kept: KeptPerspective, school_id: int) -> None:
    """Lend it to the colleagues of a school; doing so twice changes nothing."""
    if hold(kept) and kept.school_id != school_id:
        kept.school_id = school_id
        record_audit(actor, "perspective.share", "kept_perspective", kept.id, school=school_id, name=kept.name)
        db.session.flush()


def unshare_kept(actor: User, kept: KeptPerspective) -> None:
    """Take it away from the school; its owner keeps it."""
    if hold(kept) and kept.school_id is not None:
        record_audit(actor, "perspective.unshare", "kept_perspective", kept.id, school=kept.school_id, name=kept.name)
        kept.school_id = None
        db.session.flush()


def remove_kept(actor: User, kept: KeptPerspective) -> None:
    """Keep it no more; lessons that took it stay as they are."""
    unshare_kept(actor, kept)
    db.session.delete(kept)
    db.session.flush()


def _refuse_name(actor: User, name: str, besides: KeptPerspective | None = None) -> None:
    same = exists().where(KeptPerspective.owner_id == actor.id, KeptPerspective.name == name)
    if besides is not None:
        same = same.where(KeptPerspective.id != besides.id)
    if db.session.scalar(select(same)):
        raise ConflictError(f"我的视角里已经有一个叫“{name}”的了", field="name")
