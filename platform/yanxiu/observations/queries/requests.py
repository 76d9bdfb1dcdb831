"""Requests to observe that concern the viewer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.observations.models import ObservationRequest, RequestState

MOST = 50


def requests_to(viewer: Viewer) -> Sequence[ObservationRequest]:
    """Return what waits for an answer of the viewer, the earliest wish first."""
    statement = select(ObservationRequest).where(
        ObservationRequest.teacher_id == viewer.user_id, ObservationRequest.state == RequestState.WAITING
    )
    loaded = statement.options(joinedload(ObservationRequest.asker).joinedload(User.organization))
    return db.session.scalars(loaded.order_by(ObservationRequest.wished_at, ObservationRequest.id).limit(MOST)).all()


def requests_by(viewer: Viewer) -> Sequence[ObservationRequest]:
    """Return what the viewer asked for, the newest first."""
    statement = select(ObservationRequest).where(ObservationRequest.asker_id == viewer.user_id)
    loaded = statement.options(joinedload(ObservationRequest.teacher).joinedload(User.organization))
    return db.session.scalars(loaded.order_by(ObservationRequest.id.desc()).limit(MOST)).all()


def find_request(viewer: Viewer, request_id: int) -> ObservationRequest | None:
    """Return a request if the viewer made it or is asked."""
    concerned = or_(ObservationRequest.asker_id == viewer.user_id, ObservationRequest.teacher_id == viewer.user_id)
    return db.session.scalars(select(ObservationRequest).where(ObservationRequest.id == request_id, concerned)).first()
