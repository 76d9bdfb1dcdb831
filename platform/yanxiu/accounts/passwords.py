"""Password hashing: argon2id, at most two at a time because each takes 64 MiB."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from yanxiu.core.errors import InvalidError

MIN_LENGTH, MAX_LENGTH = 8, 128
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
        return _hasher.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Check a password; with no hash (unknown account) the same work is done and the answer is False."""
    global _decoy
    if not password_hash:
        _decoy = _decoy or hash_password("nobody has this password")
    try:
        with _at_most_two:
            _hasher.verify(password_hash or _decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def require_good_password(password: str, *, username: str = "") -> None:
    """Refuse passwords that are too short, too long, all digits or the name itself."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidError(f"密码需要 {MIN_LENGTH} 到 {MAX_LENGTH} 个字符", field="password")
    if password.isdigit() or len(set(password)) < 4:
        raise InvalidError("密码太简单，请混合使用字母和数字", field="password")
    if username and password.lower() == username.lower():
        raise InvalidError("密码不能与用户名相同", field="password")
