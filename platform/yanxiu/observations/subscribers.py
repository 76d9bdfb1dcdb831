"""Reactions and background jobs of observations."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.core.tasks import JobHandler

SUBSCRIPTIONS: tuple[Subscription, ...] = ()
JOBS: dict[str, JobHandler] = {}
