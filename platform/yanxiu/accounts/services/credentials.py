"""Passwords: one's own, and the one-time password an administrator hands out."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.accounts.passwords import hash_one_time_password, new_one_time_password
from yanxiu.accounts.services.sign_in import forget_failures, revoke_sessions_of
from yanxiu.core.audit import record_audit


def change_password(actor: User, password_hash: str, *, keep_session: int | None) -> None:
    """Set one's own password, hashed before the transaction (`passwords.hash_good_password`); other sign-ins end."""
    actor.password_hash = password_hash
    actor.must_change_password = False
    revoke_sessions_of(actor.id, keep=keep_session)
    record_audit(actor, "password.changed", "user", actor.id)


def reset_password(actor: User, user: User) -> str:
    """Give a user a one-time password, to be shown once and changed at the next sign-in; sign-ins end, locks open."""
    password = new_one_time_password()
    user.password_hash = hash_one_time_password(password)
    user.must_change_password = True
    revoke_sessions_of(user.id)
    forget_failures(user.id)
    record_audit(actor, "password.reset", "user", user.id)
    return password
