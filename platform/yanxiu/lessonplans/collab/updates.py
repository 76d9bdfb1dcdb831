"""Yjs updates as opaque bytes: is this one safe to keep, and how do many become one."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pycrdt import Doc, get_state, get_update, merge_updates

from yanxiu.lessonplans.collab.nesting import is_shallow
from yanxiu.lessonplans.collab.protocol import Limits, Role
from yanxiu.lessonplans.collab.varint import Truncated, read_uint

EMPTY_UPDATE = b"\x00\x00"
EMPTY_STATE = b"\x00"

MERGE_WIDTH = 50
"""Merging is quadratic in the number of updates, so it is done in a tree of small steps."""


class MalformedUpdateError(ValueError):
    """The bytes are not an update, or not one that is worth the cost of reading."""


def _reraise_if_fatal(error: BaseException) -> None:
    """pyo3 turns a Rust panic into a BaseException; interrupts must still get through."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
        raise error


def check_update(data: bytes) -> None:
    """Refuse what cannot be an update before anything allocates by its claims.

    The first number of an update is the count of its writers, each of which needs three bytes
    at least. A mutated count made the parser reserve half a gigabyte; a value nested deep ended the process.
    """
    try:
        writers, _ = read_uint(data, 0)
    except Truncated as error:
        raise MalformedUpdateError("no writer count") from error
    if writers * 3 > len(data):
        raise MalformedUpdateError("more writers than bytes")
    if not is_shallow(data):
        raise MalformedUpdateError("values nested too deep")
    try:
        get_state(data)
    except BaseException as error:
        _reraise_if_fatal(error)
        raise MalformedUpdateError("unreadable update") from None


def unacceptable(
    data: bytes, size: int, limits: Limits, role: Role = "write"
) -> Literal["doc_full", "malformed"] | None:
    """What is wrong with an update for a document of `size` bytes.

    A full document may still become shorter: an update without writers only lists what is deleted. Those who only suggest
    cannot fill one up for those who write.
    """
    limit = limits.state_limit_bytes if role == "write" else limits.state_warning_bytes
    if size > limit and data[:1] != b"\x00":
        return "doc_full"
    try:
        check_update(data)
    except MalformedUpdateError:
        return "malformed"
    return None


def check_state(data: bytes) -> None:
    """The same for a state vector: two bytes a writer at least."""
    try:
        writers, _ = read_uint(data, 0)
    except Truncated as error:
        raise MalformedUpdateError("no writer count") from error
    if writers * 2 > len(data) - 1:
        raise MalformedUpdateError("more writers than bytes")


def merge(updates: Sequence[bytes]) -> bytes:
    """One update that says what all of them say, in any order they came."""
    layer = list(updates)
    if not layer:
        return EMPTY_UPDATE
    while len(layer) > 1:
        layer = [_merge_few(layer[i : i + MERGE_WIDTH]) for i in range(0, len(layer), MERGE_WIDTH)]
    return layer[0]


def _merge_few(updates: list[bytes]) -> bytes:
    if len(updates) == 1:
        return updates[0]
    try:
        return merge_updates(*updates)
    except BaseException as error:
        _reraise_if_fatal(error)
        raise MalformedUpdateError("updates cannot be merged") from None


def missing_from(state: bytes, client_state: bytes) -> bytes:
    """What a replica with this state vector lacks of `state` (its deletions included)."""
    if client_state == EMPTY_STATE:
        return state
    check_state(client_state)
    try:
        return get_update(state, client_state)
    except BaseException as error:
        _reraise_if_fatal(error)
        raise MalformedUpdateError("unreadable state vector") from None


def state_vector(state: bytes) -> bytes:
    return get_state(state)


def is_behind(mine: bytes, theirs: bytes) -> bool:
    """True when the state vector `mine` lacks structs that `theirs` has."""
    known = read_state_vector(mine)
    return any(clock > known.get(client, 0) for client, clock in read_state_vector(theirs).items())


def read_state_vector(data: bytes) -> dict[int, int]:
    try:
        count, at = read_uint(data, 0)
        if count * 2 > len(data):
            raise MalformedUpdateError("more writers than bytes")
        clocks: dict[int, int] = {}
        for _ in range(count):
            client, at = read_uint(data, at)
            clocks[client], at = read_uint(data, at)
        return clocks
    except Truncated as error:
        raise MalformedUpdateError("truncated state vector") from error


def compacted(updates: Iterable[bytes]) -> bytes:
    """The same document with deleted text collected: a real document loads and re-encodes it.

    Merging alone keeps what was deleted, and every reader would have to load it for ever.
    """
    doc: Doc = Doc()
    try:
        for update in updates:
            doc.apply_update(update)
        return doc.get_update()
    except BaseException as error:
        _reraise_if_fatal(error)
        raise MalformedUpdateError("document cannot be loaded") from None
