"""Reactions and background jobs of search: a branch that moves or is renamed takes its documents along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yanxiu.accounts.events import OrganizationMoved, OrganizationRenamed
from yanxiu.accounts.queries import find_organization
from yanxiu.core.db import db
from yanxiu.core.events import Subscription
from yanxiu.core.search_queue import enqueue_index_many, sources
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.services import LOOK
from yanxiu.search.telling import tell_news

REINDEX_BELOW = "search.reindex_below"
PAGE = 500


def _reindex_below(event: OrganizationMoved | OrganizationRenamed) -> None:
    enqueue(REINDEX_BELOW, {"organization_id": event.organization_id})


def reindex_below(payload: dict[str, Any], job: JobContext) -> None:
    """Queue all that belongs to a branch, a page a transaction; urgent, as fewer may see it now. Harmless twice."""
    organization = find_organization(payload["organization_id"])
    path = None if organization is None else organization.path
    for kind, ids in _pages_below(path) if path else ():
        with unit_of_work():
            enqueue_index_many(kind, ids, urgent=True)
        job.extend()


def _pages_below(path: str) -> Iterator[tuple[str, list[int]]]:
    for source in sources().values():
        ids = [] if source.below is None else list(db.session.scalars(source.below(path)))
        for start in range(0, len(ids), PAGE):
            yield source.kind, ids[start : start + PAGE]


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(OrganizationMoved, _reindex_below),
    Subscription(OrganizationRenamed, _reindex_below),
)
JOBS: dict[str, JobHandler] = {REINDEX_BELOW: reindex_below, LOOK: tell_news}
