"""Which events become messages, and to whom. All in the transaction of what happened."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.core.tasks import JobHandler
from yanxiu.notifications.digests import LOOK, SEND, queue_digests, send_digest
from yanxiu.notifications.subscribers import (
    activities,
    archives,
    bulletins,
    lessons,
    plan_comments,
    plans,
    preparations,
    relocations,
    resources,
    searches,
    standing,
    tasks,
    workshops,
)

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    *workshops.SUBSCRIPTIONS,
    *standing.SUBSCRIPTIONS,
    *relocations.SUBSCRIPTIONS,
    *activities.SUBSCRIPTIONS,
    *tasks.SUBSCRIPTIONS,
    *archives.SUBSCRIPTIONS,
    *bulletins.SUBSCRIPTIONS,
    *plans.SUBSCRIPTIONS,
    *preparations.SUBSCRIPTIONS,
    *plan_comments.SUBSCRIPTIONS,
    *lessons.SUBSCRIPTIONS,
    *resources.SUBSCRIPTIONS,
    *searches.SUBSCRIPTIONS,
)
JOBS: dict[str, JobHandler] = {
    **workshops.JOBS,
    **activities.JOBS,
    **relocations.JOBS,
    LOOK: queue_digests,
    SEND: send_digest,
}
