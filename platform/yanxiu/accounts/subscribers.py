"""Reactions of people and places: an ended sign-in closes its sockets."""

from __future__ import annotations

from typing import Any

from yanxiu.accounts.events import (
    AppointmentChanged,
    OrganizationMoved,
    SessionRevoked,
    UserChanged,
    UserDeactivated,
)
from yanxiu.accounts.models import SignInFailure, UserSession
from yanxiu.accounts.services import apply_next_rows
from yanxiu.accounts.services.imports import JOB as IMPORT_JOB
from yanxiu.accounts.services.sign_in import is_failure_over, is_session_over
from yanxiu.core.events import Moment, Subscription
from yanxiu.core.housekeeping import Expiry
from yanxiu.core.search_queue import enqueue_index
from yanxiu.core.tasks import JobContext, JobHandler
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.live import disconnect_session, disconnect_user, recheck_rooms

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(UserChanged, lambda e: enqueue_index("person", e.user_id), Moment.IN_TRANSACTION),
    Subscription(UserDeactivated, lambda e: enqueue_index("person", e.user_id, deleted=True), Moment.IN_TRANSACTION),
    Subscription(SessionRevoked, lambda e: disconnect_session(e.session_id), Moment.AFTER_COMMIT),
    Subscription(UserDeactivated, lambda e: disconnect_user(e.user_id), Moment.AFTER_COMMIT),
    Subscription(AppointmentChanged, lambda e: recheck_rooms(e.user_id), Moment.AFTER_COMMIT),
    Subscription(OrganizationMoved, lambda e: recheck_rooms(), Moment.AFTER_COMMIT),
    Subscription(UserChanged, lambda e: recheck_rooms(e.user_id), Moment.AFTER_COMMIT),
)


def apply_import(payload: dict[str, Any], job: JobContext) -> None:
    """Apply a confirmed list of teachers, a few rows a transaction; running it twice does nothing twice."""
    more = True
    while more:
        with unit_of_work():
            more = apply_next_rows(int(payload["import_id"]))
        job.extend()


EXPIRIES: tuple[Expiry, ...] = (Expiry(UserSession, is_session_over), Expiry(SignInFailure, is_failure_over))
JOBS: dict[str, JobHandler] = {IMPORT_JOB: apply_import}
