"""The permission matrix: for every route, what each principal gets, written down.

A feature's `tests/<feature>/matrix.py` (or `matrix_<noun>.py` beside it) has `build(cast) -> dict` (makes the things that the
URLs name, inside an application context and a unit of work; returns values for the URL and data templates) and `ROUTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    `body` is sent as it is.
    """

    url: str
    expect: Mapping[str, int]
    data: Mapping[str, Any] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    builds_files: bool = False
    """Whether the row is about a file outside the database that `build` made and a request may remove."""
    body: bytes | None = None


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


@dataclass(frozen=True)
class SocketRow:
    """One socket event: what is sent and what each principal hears.

    The answer is "ok", the error code of the acknowledgement, or "refused" when the connection is.
    `probe(socket, names)` replaces the plain call for events that answer otherwise; it returns one of these words.
    """

    namespace: str
    event: str
    expect: Mapping[str, str]
    message: Mapping[str, Any] = field(default_factory=dict)
    probe: Callable[[Any, dict[str, Any]], str] | None = None


def expect_words(default: str, **others: str) -> dict[str, str]:
    """Return the answer for every principal; anonymous people are refused unless named."""
    words = {"anonymous": "refused", **others}
    unknown = set(words) - set(PRINCIPALS)
    assert not unknown, f"no such principal: {unknown}"
    return {principal: words.get(principal, default) for principal in PRINCIPALS}


def filled(template: Any, names: Mapping[str, Any]) -> Any:
    """Put the values of `names` into the {names} of a template, in strings, lists and dicts."""
    if isinstance(template, str):
        for name, value in names.items():
            template = template.replace("{" + name + "}", str(value))
        return template
    if isinstance(template, Mapping):
        return {key: filled(value, names) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, names) for value in template]
    return template
