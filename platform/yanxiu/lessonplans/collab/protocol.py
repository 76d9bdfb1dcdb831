"""Messages of the namespace `/rt`: their shapes, their limits, and the words for refusing.

join  → {doc, sv, cid, v, epoch?}        ← {ok, h, role, sv, diff, seq, epoch, aware, limits, me}
u     → [h, n, bytes]                    ← [h, bytes]
a     ← [h, n, seq]                      everything up to n is on disk
nak   ← [h, n, code]                     the client stops, keeps its copy and says so
w     ↔ [h, bytes]                       awareness, never stored
sv    → [h, sv]                          ← u with what is missing, and/or sv to ask back
perm  ← [h, role]     bye ← {retry_ms}     leave → [h]
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

NAMESPACE = "/rt"
VERSION = 1
"""Raised when pages of a released version that are open already would spoil what new ones write; they are asked to load anew."""
VERSION_HEADER = "X-Plan-Version"
"""Under which a page that has no socket says it."""

Role = Literal["write", "suggest", "read"]
"""`suggest`: what is sent has to be suggested changes (修订) and nothing else."""

JoinRefusal = Literal["forbidden", "not_found", "busy", "upgrade"]
NakCode = Literal[
    "malformed", "too_large", "read_only", "revoked", "rate", "doc_full", "epoch", "unknown", "suggest_only"
]

MAX_CLIENT_ID = 2**53 - 1


@dataclass(frozen=True)
class Limits:
    update_bytes: int = 256 * 1024
    post_bytes: int = 4 * 1024 * 1024
    awareness_bytes: int = 4 * 1024
    state_vector_bytes: int = 64 * 1024
    updates_per_second: float = 60.0
    update_burst: int = 200
    awareness_per_second: float = 20.0
    awareness_burst: int = 40
    posts_per_second: float = 0.5
    post_burst: int = 10
    heartbeats_per_second: float = 0.5
    heartbeat_burst: int = 10
    joins_per_second: float = 5.0
    join_burst: int = 20
    sockets_per_user: int = 20
    people_per_document: int = 200
    state_warning_bytes: int = 2 * 1024 * 1024
    state_limit_bytes: int = 8 * 1024 * 1024
    queued_bytes: int = 64 * 1024 * 1024

    def for_client(self) -> dict[str, Any]:
        return {
            "update": self.update_bytes,
            "post": self.post_bytes,
            "awareness": self.awareness_bytes,
            "warn": self.state_warning_bytes,
            "full": self.state_limit_bytes,
        }


class RefusedError(Exception):
    """An update sent over HTTP that is not taken, for the same reasons as one sent over a socket."""

    def __init__(self, code: NakCode) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Comparison:
    """The server's state vector and what the other side lacks."""

    epoch: int
    sv: bytes
    diff: bytes
    size: int


class BadMessageError(ValueError):
    """A message that no version of our client would send."""


@dataclass(frozen=True)
class Join:
    doc: int
    sv: bytes
    cid: int
    version: int
    epoch: int | None


def refused(code: JoinRefusal) -> dict[str, Any]:
    """The answer to a join that is not granted."""
    return {"ok": False, "code": code}


def parse_join(data: object, limits: Limits) -> Join:
    if not isinstance(data, dict):
        raise BadMessageError("join wants an object")
    doc, sv, cid = data.get("doc"), data.get("sv"), data.get("cid")
    epoch = data.get("epoch")
    if not _is_int(doc) or not 0 < doc < 2**63 or not isinstance(sv, bytes) or not _is_int(cid):
        raise BadMessageError("join lacks doc, sv or cid")
    if not 0 <= cid <= MAX_CLIENT_ID or len(sv) > limits.state_vector_bytes:
        raise BadMessageError("join out of range")
    if epoch is not None and not _is_int(epoch):
        raise BadMessageError("join epoch")
    version = data.get("v")
    return Join(doc, sv, cid, version if _is_int(version) else 0, epoch)


def parse_numbered(data: object) -> tuple[int, int, bytes]:
    """`[h, n, bytes]` of `u`."""
    if not isinstance(data, list) or len(data) != 3:
        raise BadMessageError("u wants three parts")
    handle, number, payload = data
    if not _is_int(handle) or not _is_int(number) or not isinstance(payload, bytes):
        raise BadMessageError("u wants [int, int, bytes]")
    if not 0 < number < 2**53:
        raise BadMessageError("u number")
    return handle, number, payload


def numbers_in(data: object) -> tuple[int, int]:
    """Handle and number of something that is no `u`, as far as it has them."""
    parts = data if isinstance(data, list) else []
    handle, number = (part if isinstance(part, int) and abs(part) < 2**53 else 0 for part in [*parts, 0, 0][:2])
    return handle, number


def parse_pair(data: object) -> tuple[int, bytes]:
    """`[h, bytes]` of `w` and `sv`."""
    if not isinstance(data, list) or len(data) != 2:
        raise BadMessageError("two parts wanted")
    handle, payload = data
    if not _is_int(handle) or not isinstance(payload, bytes):
        raise BadMessageError("[int, bytes] wanted")
    return handle, payload


def parse_handle(data: object) -> int:
    if not isinstance(data, list) or len(data) != 1 or not _is_int(data[0]):
        raise BadMessageError("[int] wanted")
    return int(data[0])


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
