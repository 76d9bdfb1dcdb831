"""Password hashing: argon2id, at most two at a time because each takes 64 MiB.

One-time passwords made by us are random (60 bits), so a salted SHA-256 keeps them safe; that lets a whole school be
imported without hashing for minutes. A person's own choice is always argon2id.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from yanxiu.core.errors import InvalidError

MIN_LENGTH, MAX_LENGTH = 8, 128
ONE_TIME = "onetime"
ONE_TIME_LETTERS = 12
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that are mistaken for one another on paper."""

_at_most_two = threading.BoundedSemaphore(2)
_hasher = PasswordHasher()
_decoy = ""


def use_cheap_hashing() -> None:
    """Make hashing fast; only tests and the demo generator call this."""
    global _hasher, _decoy
    _hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    _decoy = ""


def hash_password(password: str) -> str:
    """Return the argon2id hash."""
    with _at_most_two:
        return _hasher.hash(password.encode("utf-8", "replace"))


def hash_good_password(password: str, *, username: str) -> str:
    """Check a password somebody chose and hash it. Slow by design: call outside a transaction."""
    require_good_password(password, username=username)
    return hash_password(password)


def new_one_time_password() -> str:
    """Return twelve random characters in three groups, easy to read out and to type."""
    letters = "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(ONE_TIME_LETTERS))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def hash_one_time_password(password: str) -> str:
    """Return the salted SHA-256 of a password made by `new_one_time_password`."""
    salt = secrets.token_hex(8)
    return f"{ONE_TIME}${salt}${_digest(salt, password)}"


def password_matches(password_hash: str | None, password: str) -> bool:
    """Check a password. Whatever the account is (unknown, new, closed), one argon2 verification is done."""
    global _decoy
    plain = password_hash if password_hash and not password_hash.startswith(ONE_TIME) else ""
    if not plain:
        _decoy = _decoy or hash_password("nobody has this password")
    try:
        with _at_most_two:
            _hasher.verify(plain or _decoy, password.encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        plain = ""
    if password_hash and password_hash.startswith(ONE_TIME):
        return _one_time_matches(password_hash, password)
    return bool(plain)


def _one_time_matches(stored: str, password: str) -> bool:
    _, salt, digest = stored.split("$")
    return hmac.compare_digest(digest, _digest(salt, _as_given(password)))


def _as_given(typed: str) -> str:
    """Return a one-time password as it was handed out: people leave out the hyphens, or write blanks for them."""
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    if len(letters) != ONE_TIME_LETTERS:
        return typed.strip().lower()
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _digest(salt: str, password: str) -> str:
    return hashlib.sha256(f"{salt}${password}".encode("utf-8", "replace")).hexdigest()


def require_good_password(password: str, *, username: str = "") -> None:
    """Refuse passwords that are too short, too long, all digits, of fewer than four characters or the name itself."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidError(f"密码需要 {MIN_LENGTH} 到 {MAX_LENGTH} 个字符", field="password")
    if password.isdigit() or len(set(password)) < 4:
        raise InvalidError("密码太简单：不能全是数字，至少要有 4 个不同的字符", field="password")
    if username and password.lower() == username.lower():
        raise InvalidError("密码不能与用户名相同", field="password")
