"""The mark by which a person's ballot is found again: their number, or in an anonymous poll what a key makes of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from yanxiu.workshops.models import Poll


def new_key() -> str:
    """Return a key for the marks of one poll."""
    return secrets.token_hex(32)


def mark_of(poll: Poll, user_id: int | None) -> str | None:
    """Return the mark of a person's ballot; None when nobody can tell any more, or who asks is nobody."""
    if user_id is None:
        return None
    if not poll.anonymous:
        return str(user_id)
    if not poll.ballot_key:
        return None
    return hmac.new(bytes.fromhex(poll.ballot_key), str(user_id).encode(), hashlib.sha256).hexdigest()
