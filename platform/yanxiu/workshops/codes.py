"""The code on the host's screen: made anew every half minute from the activity's key and the time, nothing is stored."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

STEP_S = 30
DIGITS = 6


def step_of(moment: datetime) -> int:
    """Return the number of the half minute that a moment lies in."""
    return int(moment.timestamp()) // STEP_S


def code_of(key: str, step: int) -> str:
    """Return the six digits that are shown in a half minute."""
    digest = hmac.new(key.encode(), str(step).encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}}"


def is_code(key: str, code: str, steps: range) -> bool:
    """Tell whether `code` is what one of these half minutes showed."""
    return any(hmac.compare_digest(code.encode(), code_of(key, step).encode()) for step in steps)
