"""The permission matrix: for every route, what each principal gets, written down.

A feature's `tests/<feature>/matrix.py` has `build(cast) -> dict` (makes the things the URLs name, inside an application
context and a unit of work; returns values for the URL and data templates) and `ROUTES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PRINCIPALS = (
    "anonymous", "principal", "leader", "teacher", "colleague", "villager", "outsider", "researcher", "admin",
    "stranger",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One route: `url` with {names} from `build`, the expected status per principal, and what is sent.

    Strings in `data` may hold {names} too. `headers` are sent as they are. `files` maps field → (bytes, name).
    """

    url: str
    expect: Mapping[str, int]
    data: Mapping[str, Any] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)


def expect(default: int, **others: int) -> dict[str, int]:
    """Return the status of every principal: `default` but for those named."""
    unknown = set(others) - set(PRINCIPALS)
    assert not unknown, f"no such principal: {unknown}"
    return {principal: others.get(principal, default) for principal in PRINCIPALS}


def everyone(status: int = 200) -> dict[str, int]:
    """Public: the same for all."""
    return expect(status)


def signed_in(status: int = 200) -> dict[str, int]:
    """The same for all who are signed in; anonymous people are sent to the sign-in page."""
    return expect(status, anonymous=302)
