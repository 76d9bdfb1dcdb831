"""Subtitles of a video. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from collections.abc import Sequence

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import NotFoundError
from yanxiu.core.events import record
from yanxiu.core.subtitles import Cue
from yanxiu.resources.events import ResourceUpdated
from yanxiu.resources.models import Resource, ResourceSubtitles


def set_subtitles(actor: User, resource: Resource, name: str, cues: Sequence[Cue]) -> None:
    """Give the video of a resource these subtitles in place of what it had."""
    kept = _kept(resource)
    if kept is None:
        kept = ResourceSubtitles(file_id=resource.current_file_id)
        db.session.add(kept)
    kept.name, kept.uploader_id, kept.created_at = name, actor.id, clock.now()
    kept.cues = [(cue.start_ms, cue.end_ms, cue.text) for cue in cues]
    record(ResourceUpdated(resource.id, actor.id))


def drop_subtitles(actor: User, resource: Resource) -> None:
    """Take them away."""
    kept = _kept(resource)
    if kept is not None:
        db.session.delete(kept)
        record(ResourceUpdated(resource.id, actor.id))


def _kept(resource: Resource) -> ResourceSubtitles | None:
    if not hold(resource) or resource.current_file_id is None:
        raise NotFoundError
    return db.session.get(ResourceSubtitles, resource.current_file_id)
