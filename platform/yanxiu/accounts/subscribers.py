"""Reactions of people and places: an ended sign-in closes its sockets."""

from __future__ import annotations

from yanxiu.accounts.events import AppointmentChanged, SessionRevoked, UserChanged, UserDeactivated
from yanxiu.core.events import Moment, Subscription
from yanxiu.core.search_queue import enqueue_index
from yanxiu.core.tasks import JobHandler
from yanxiu.web.live import disconnect_session, disconnect_user, recheck_rooms

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(UserChanged, lambda e: enqueue_index("person", e.user_id), Moment.IN_TRANSACTION),
    Subscription(UserDeactivated, lambda e: enqueue_index("person", e.user_id, deleted=True), Moment.IN_TRANSACTION),
    Subscription(SessionRevoked, lambda e: disconnect_session(e.session_id), Moment.AFTER_COMMIT),
    Subscription(UserDeactivated, lambda e: disconnect_user(e.user_id), Moment.AFTER_COMMIT),
    Subscription(AppointmentChanged, lambda e: recheck_rooms(), Moment.AFTER_COMMIT),
)
JOBS: dict[str, JobHandler] = {}
