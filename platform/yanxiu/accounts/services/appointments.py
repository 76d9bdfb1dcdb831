"""Who holds which role where, from when until when."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select

from yanxiu.accounts.catalog import ORGANIZATION_KINDS, ROLE_PLACES, ROLES
from yanxiu.accounts.events import AppointmentChanged
from yanxiu.accounts.models import Appointment, Organization, User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record


def appoint(
    actor: User | None, user: User, role: str, organization: Organization, starts_on: date, ends_on: date | None = None
) -> Appointment:
    """Give a user a role at an organization, from `starts_on` to `ends_on` (inclusive; None: until ended)."""
    _require_fitting(user, role, organization)
    if ends_on is not None and ends_on < starts_on:
        raise InvalidError("结束日期不能早于开始日期", field="ends_on")
    if _overlapping(user, role, organization, starts_on, ends_on):
        raise ConflictError(f"{user.name}在这段时间已经是{organization.name}的{ROLES[role]}了", field="role")
    appointment = Appointment(
        user_id=user.id, role=role, organization_id=organization.id, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(appointment)
    db.session.flush()
    record_audit(
        actor,
        "appointment.created",
        "appointment",
        appointment.id,
        role=role,
        user_id=user.id,
        organization_id=organization.id,
    )
    record(AppointmentChanged(user.id, organization.id))
    return appointment


def end_appointment(actor: User, appointment: Appointment) -> None:
    """End an appointment now: as of yesterday, so that it does not hold today any more."""
    today = clock.today()
    if appointment.ends_on is not None and appointment.ends_on < today:
        raise ConflictError("这项任职已经结束了")
    appointment.ends_on = today - timedelta(days=1)
    record_audit(
        actor,
        "appointment.ended",
        "appointment",
        appointment.id,
        role=appointment.role,
        user_id=appointment.user_id,
        organization_id=appointment.organization_id,
    )
    record(AppointmentChanged(appointment.user_id, appointment.organization_id))


def _require_fitting(user: User, role: str, organization: Organization) -> None:
    if role not in ROLES:
        raise InvalidError("请选择角色", field="role")
    if not user.is_active:
        raise InvalidError(f"{user.name}的账号已停用，请先恢复", field="user")
    if organization.closed_at is not None:
        raise InvalidError(f"“{organization.name}”已经关闭", field="organization_id")
    if organization.kind not in ROLE_PLACES[role]:
        places = "、".join(ORGANIZATION_KINDS[kind] for kind in ORGANIZATION_KINDS if kind in ROLE_PLACES[role])
        raise InvalidError(f"{ROLES[role]}只能设在：{places}", field="organization_id")


def _overlapping(user: User, role: str, organization: Organization, starts_on: date, ends_on: date | None) -> bool:
    statement = select(Appointment.id).where(
        Appointment.user_id == user.id,
        Appointment.role == role,
        Appointment.organization_id == organization.id,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= starts_on),
    )
    if ends_on is not None:
        statement = statement.where(Appointment.starts_on <= ends_on)
    return db.session.scalar(statement.limit(1)) is not None
