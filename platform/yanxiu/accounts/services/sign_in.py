"""Signing in and out: attempts, locks, sessions."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from yanxiu.accounts.events import SessionRevoked
from yanxiu.accounts.models import SignInFailure, User, UserSession
from yanxiu.accounts.passwords import password_matches
from yanxiu.accounts.queries import find_user_by_account, lock_key, lock_key_of, lock_seconds
from yanxiu.core import clock
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.errors import InvalidError, RateLimitedError
from yanxiu.core.events import record

SESSION_DAYS = 14
WRONG = "账号或密码不正确，请检查后再试"
ENDED_KEPT, FAILURES_KEPT = timedelta(days=30), timedelta(days=2)


def hash_token(token: str) -> str:
    """Return what is stored of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin_sign_in(account: str, ip: str) -> None:
    """Count an attempt before its password is looked at, so that attempts side by side cannot outrun the limit.

    Raises RateLimitedError with the waiting time while the account is locked. `open_session` takes the count back.
    """
    key = lock_key(account)
    if not is_sqlite():
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
    seconds = lock_seconds(key)
    if seconds:
        raise RateLimitedError(
            f"密码输错次数较多，请 {-(-seconds // 60)} 分钟后再试，或请学校管理员重置密码", field="password"
        )
    db.session.add(SignInFailure(account=key, ip=ip[:45]))


def checked_user(account: str, password: str) -> User | None:
    """Return the user whose password this is, or None. Slow by design: call outside a transaction."""
    user = find_user_by_account(account)
    return user if password_matches(user.password_hash if user else None, password) else None


def open_session(user: User, ip: str, agent: str, *, checked: str | None = None) -> tuple[UserSession, str]:
    """Sign a user in on one device; return the session and the token for the cookie.

    `checked` is the hash that the password was looked at against, which takes a while: what was changed or reset
    meanwhile opens nothing (InvalidError), or this sign-in would outlive the end of all others.
    """
    if checked is not None and not (hold(user) and user.password_hash == checked):
        raise InvalidError(WRONG, field="password")
    token = secrets.token_urlsafe(32)
    session = UserSession(
        user_id=user.id,
        token_hash=hash_token(token),
        expires_at=clock.now() + timedelta(days=SESSION_DAYS),
        ip=ip[:45],
        agent=agent[:255],
    )
    db.session.add(session)
    user.last_seen_at = clock.now()
    forget_failures(user.id)
    db.session.flush()
    return session, token


def forget_failures(user_id: int) -> None:
    """Open the lock of an account."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.account == lock_key_of(user_id)))


def revoke_session(session: UserSession) -> None:
    """End one sign-in."""
    if session.revoked_at is None:
        session.revoked_at = clock.now()
        record(SessionRevoked(session.id, session.user_id))


def revoke_sessions_of(user_id: int, *, keep: int | None = None) -> int:
    """End all sign-ins of a user but `keep`; return how many ended."""
    statement = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now()
    )
    sessions = [s for s in db.session.scalars(statement) if s.id != keep]
    for session in sessions:
        revoke_session(session)
    return len(sessions)


def is_session_over() -> ColumnElement[bool]:
    """The condition under which a sign-in that ended is forgotten."""
    limit = clock.now() - ENDED_KEPT
    return (UserSession.expires_at < limit) | (UserSession.revoked_at < limit)


def is_failure_over() -> ColumnElement[bool]:
    """The condition under which a failed attempt no longer counts for any lock."""
    return SignInFailure.at < clock.now() - FAILURES_KEPT


def touch_session(session_id: int, user_id: int) -> None:
    """Note that a sign-in was used now (at most once in a few minutes; see `web.auth`)."""
    db.session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now()))
    db.session.execute(update(User).where(User.id == user_id).values(last_seen_at=clock.now()))
