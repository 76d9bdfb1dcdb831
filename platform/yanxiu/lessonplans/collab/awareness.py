"""Awareness frames (who is here, where is the caret): read, signed by the server, written.

A frame is a count and then, for each client, its id, a clock and a JSON state; `null` means gone.
"""

import json
from dataclasses import dataclass
from typing import Any

from yanxiu.lessonplans.collab.varint import Truncated, read_bytes, read_uint, write_bytes, write_uint

PALETTE = (
    "#0f5c46", "#b0413e", "#2f5d9b", "#8a5a00", "#6d3f97",
    "#00707a", "#9a3d75", "#4f6b1c", "#5b5f66", "#a44a1f",
)  # fmt: skip
"""Caret colors, all readable with white text on them."""

LONGEST_KEY = 40
"""Characters of the key of a section."""


class MalformedAwarenessError(ValueError):
    """Not an awareness frame."""


@dataclass(frozen=True)
class Presence:
    client: int
    clock: int
    state: dict[str, Any] | None


def read_frame(data: bytes) -> list[Presence]:
    try:
        count, at = read_uint(data, 0)
        if count * 3 > len(data):
            raise MalformedAwarenessError("more clients than bytes")
        found = []
        for _ in range(count):
            client, at = read_uint(data, at)
            clock, at = read_uint(data, at)
            raw, at = read_bytes(data, at)
            found.append(Presence(client, clock, _read_state(raw)))
        return found
    except Truncated as error:
        raise MalformedAwarenessError("truncated frame") from error


def _read_state(raw: bytes) -> dict[str, Any] | None:
    try:
        state = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise MalformedAwarenessError("state is not JSON") from error
    if state is not None and not isinstance(state, dict):
        raise MalformedAwarenessError("state is not an object")
    return state


def write_frame(presences: list[Presence]) -> bytes:
    parts = [write_uint(len(presences))]
    for presence in presences:
        raw = json.dumps(presence.state, ensure_ascii=False, separators=(",", ":")).encode()
        parts += [write_uint(presence.client), write_uint(presence.clock), write_bytes(raw)]
    return b"".join(parts)


def signed_state(state: dict[str, Any], user: dict[str, Any], *, may_write: bool) -> dict[str, Any]:
    """What others may see of a client: its caret and the section it takes on (writers only), the name the server knows."""
    kept: dict[str, Any] = {"user": user}
    cursor, section = state.get("cursor"), state.get("section")
    if may_write and isinstance(cursor, dict):
        kept["cursor"] = cursor
    if may_write and isinstance(section, str) and 0 < len(section) <= LONGEST_KEY:
        kept["section"] = section
    return kept


def spoken_for(frame: bytes, client: int, user: dict[str, Any], *, may_write: bool) -> Presence | None:
    """What a frame says of this one client, signed by us; None if it says nothing or cannot be read."""
    try:
        mine = [presence for presence in read_frame(frame) if presence.client == client]
    except MalformedAwarenessError:
        return None
    if not mine:
        return None
    clock, state = mine[-1].clock, mine[-1].state
    return Presence(client, clock, None if state is None else signed_state(state, user, may_write=may_write))


def pick_color(user_id: int, taken: set[str]) -> str:
    """A person's color: the usual one if it is free here, else the next free one."""
    start = user_id % len(PALETTE)
    for step in range(len(PALETTE)):
        color = PALETTE[(start + step) % len(PALETTE)]
        if color not in taken:
            return color
    return PALETTE[start]
