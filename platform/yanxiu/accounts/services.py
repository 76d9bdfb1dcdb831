"""Changing people and places. Services take the actor first and never commit."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from sqlalchemy import delete, select, update

from yanxiu.accounts.events import AppointmentChanged, SessionRevoked, UserChanged, UserDeactivated
from yanxiu.accounts.models import Appointment, Organization, SignInFailure, User, UserSession
from yanxiu.accounts.passwords import hash_password, password_matches, require_good_password
from yanxiu.accounts.queries import find_user_by_account, lock_seconds
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError, RateLimitedError
from yanxiu.core.events import record

SESSION_DAYS = 14


def hash_token(token: str) -> str:
    """Return what is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def require_unlocked(account: str) -> None:
    """Raise RateLimitedError with the waiting time while an account name is locked."""
    seconds = lock_seconds(account)
    if seconds:
        raise RateLimitedError(f"密码输错次数较多，请 {-(-seconds // 60)} 分钟后再试，或请学校管理员重置密码")


def checked_user(account: str, password: str) -> User | None:
    """Return the user whose password this is, or None. Slow by design: call outside a transaction."""
    user = find_user_by_account(account)
    return user if password_matches(user.password_hash if user else None, password) else None


def note_failed_sign_in(account: str, ip: str) -> None:
    """Count a failed attempt."""
    db.session.add(SignInFailure(account=account.strip().lower()[:255], ip=ip[:45]))


def open_session(user: User, account: str, ip: str, agent: str) -> tuple[UserSession, str]:
    """Sign a user in on one device; return the session and the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session = UserSession(
        user_id=user.id,
        token_hash=hash_token(token),
        expires_at=clock.now() + timedelta(days=SESSION_DAYS),
        ip=ip[:45],
        agent=agent[:255],
    )
    db.session.add(session)
    db.session.execute(delete(SignInFailure).where(SignInFailure.account == account.strip().lower()))
    db.session.flush()
    return session, token


def revoke_session(session: UserSession) -> None:
    """End one sign-in."""
    if session.revoked_at is None:
        session.revoked_at = clock.now()
        record(SessionRevoked(session.id, session.user_id))


def revoke_sessions_of(user_id: int, *, keep: int | None = None) -> int:
    """End all sign-ins of a user but `keep`; return how many ended."""
    statement = select(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    sessions = [s for s in db.session.scalars(statement) if s.id != keep]
    for session in sessions:
        revoke_session(session)
    return len(sessions)


def change_password(actor: User, new_password: str, *, keep_session: int | None) -> None:
    """Set one's own password; every other sign-in ends."""
    require_good_password(new_password, username=actor.username)
    actor.password_hash = hash_password(new_password)
    actor.must_change_password = False
    revoke_sessions_of(actor.id, keep=keep_session)
    record_audit(actor, "password.changed", "user", actor.id)


def reset_password(actor: User, user: User) -> str:
    """Give a user a one-time password, to be shown once and changed at the next sign-in."""
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    user.password_hash = hash_password(password)
    user.must_change_password = True
    revoke_sessions_of(user.id)
    record_audit(actor, "password.reset", "user", user.id)
    return password


def create_organization(actor: User | None, parent: Organization | None, kind: str, name: str) -> Organization:
    """Add a node to the tree."""
    if not name.strip():
        raise InvalidError("请填写名称", field="name")
    organization = Organization(parent_id=parent.id if parent else None, kind=kind, name=name.strip()[:100])
    db.session.add(organization)
    db.session.flush()
    organization.path = f"{parent.path if parent else '/'}{organization.id}/"
    record_audit(actor, "organization.created", "organization", organization.id, name=organization.name)
    return organization


def create_user(
    actor: User | None,
    organization: Organization,
    *,
    username: str,
    name: str,
    password_hash: str,
    **profile: str | None,
) -> User:
    """Add a person; ConflictError if username, phone or e-mail is taken."""
    if find_user_by_account(username) or any(find_user_by_account(profile.get(k) or "") for k in ("phone", "email")):
        raise ConflictError("用户名、手机号或邮箱已被使用", field="username")
    user = User(organization_id=organization.id, username=username, name=name, password_hash=password_hash, **profile)
    db.session.add(user)
    db.session.flush()
    record_audit(actor, "user.created", "user", user.id, username=username)
    record(UserChanged(user.id))
    return user


def deactivate_user(actor: User, user: User) -> None:
    """Close an account: its sign-ins and sockets end."""
    user.is_active = False
    revoke_sessions_of(user.id)
    record_audit(actor, "user.deactivated", "user", user.id)
    record(UserDeactivated(user.id))


def appoint(
    actor: User | None, user: User, role: str, organization: Organization, starts_on: date, ends_on: date | None = None
) -> Appointment:
    """Give a user a role at an organization."""
    if ends_on is not None and ends_on < starts_on:
        raise InvalidError("结束日期不能早于开始日期", field="ends_on")
    appointment = Appointment(
        user_id=user.id, role=role, organization_id=organization.id, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(appointment)
    db.session.flush()
    record_audit(actor, "appointment.created", "appointment", appointment.id, role=role, user_id=user.id)
    record(AppointmentChanged(user.id, organization.id))
    return appointment


def end_appointment(actor: User, appointment: Appointment) -> None:
    """End an appointment as of yesterday, so that it does not hold today any more."""
    appointment.ends_on = clock.today() - timedelta(days=1)
    record_audit(actor, "appointment.ended", "appointment", appointment.id)
    record(AppointmentChanged(appointment.user_id, appointment.organization_id))


def touch_session(session_id: int, user_id: int) -> None:
    """Note that a sign-in was used now (at most once in a few minutes; see `web.auth`)."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now()))
    db.session.execute(update(User).where(User.id == user_id).values(last_seen_at=clock.now()))
