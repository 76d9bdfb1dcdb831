"""One document while somebody has it open: who is in it, what is on its way to disk and to the others."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from yanxiu.core.bucket import Bucket
from yanxiu.lessonplans.collab.awareness import Presence, pick_color, write_frame
from yanxiu.lessonplans.collab.protocol import Limits, Role

CROWD = 10
TICK_EACH_S = 0.0015
CROWD_TICK_S = 0.055
"""From so many people on, sends are what costs: what is written within some milliseconds for each of them leaves at once."""
MAX_TICK_S = 0.1
RELAXED, BUSY_TICK_S = 0.6, 0.25
"""Up to so much of its time a process may be busy before it gathers; if all of it, for MAX_TICK_S."""
LINGER_SECONDS = 60.0
"""An empty room keeps its number for a while: who left or lost the right hears so, who comes back finds it."""


@dataclass(frozen=True)
class Visitor:
    """Who is behind a socket: the user and the sign-in that opened it."""

    user_id: int
    name: str
    session_id: int | None


NOBODY = Visitor(0, "", None)
"""Whose update changes no text, as the mark of a comment: it makes nobody a writer of the document."""


class Authority(Protocol):
    """What the rest of the program says about rights, always as they are now."""

    def role_of(self, visitor: Visitor, plan_id: int) -> Role | None:
        """None: not (any more) for this person, or the sign-in ended."""

    def roles_of(self, asked: Sequence[tuple[Visitor, int]]) -> list[Role | None]:
        """The same for many at once, in the order asked."""

    def exists(self, visitor: Visitor, plan_id: int) -> bool:
        """Whether the person may know that there is such a plan."""


@dataclass
class Member:
    """One socket in one document."""

    sid: str
    visitor: Visitor
    role: Role
    client: int
    color: str
    role_until: float
    updates: Bucket
    presences: Bucket
    heartbeats: Bucket
    received: int = 0
    asks: int = 0
    stopped: bool = False
    presence: Presence | None = None

    @property
    def may_write(self) -> bool:
        return self.role == "write"

    @property
    def may_send(self) -> bool:
        """Whether updates are taken at all; of who may only suggest they are looked at first."""
        return self.role in ("write", "suggest")

    def card(self) -> dict[str, object]:
        """What the others see of this person; the client cannot choose it."""
        return {
            "id": self.visitor.user_id,
            "name": self.visitor.name,
            "color": self.color,
            "role": self.role,
        }


@dataclass(frozen=True)
class Edit:
    """An accepted update on its way to disk; one sent over HTTP has no socket and waits for `written`.

    `member` counted it: who joins again on the same socket counts from one, and must not hear of numbers before that.
    """

    plan_id: int
    user_id: int
    sid: str
    number: int
    data: bytes
    written: threading.Event | None = None
    member: Member | None = None


@dataclass(frozen=True)
class Elsewhere:
    """Somebody at another process, believed until then (on the hub's clock)."""

    process: str
    presence: Presence
    until: float


@dataclass
class Room:
    """The members of one document and what is in flight. Guarded by the hub's lock."""

    plan_id: int
    handle: int
    members: dict[str, Member] = field(default_factory=dict)
    in_flight: list[Edit] = field(default_factory=list)
    pending: list[tuple[str, bytes]] = field(default_factory=list)
    pending_presence: dict[int, tuple[str, Presence]] = field(default_factory=dict)
    elsewhere: dict[int, Elsewhere] = field(default_factory=dict)
    asked_by: dict[str, float] = field(default_factory=dict)
    due: float = 0.0
    presence_due: float = 0.0
    size: int = 0
    epoch: int = 1
    edited_at: float | None = None
    edited_since: float | None = None
    left_at: float | None = None

    def color_for(self, user_id: int) -> str:
        """One color a person, different from the others' as long as the palette lasts."""
        worn = {member.visitor.user_id: member.color for member in self.members.values()}
        others = ((other.presence.state or {}).get("user", {}) for other in self.elsewhere.values())
        worn |= {user["id"]: user["color"] for user in others if user.get("id") not in worn}
        return worn.get(user_id) or pick_color(user_id, set(worn.values()))

    def is_over(self, now: float) -> bool:
        """Whether nobody is here, nothing is on its way and nobody is likely to come back."""
        if self.members or self.in_flight or self.pending:
            return False
        return self.left_at is None or now - self.left_at > LINGER_SECONDS

    def people(self) -> set[int]:
        return {m.visitor.user_id for m in self.members.values()}

    def owner_of_client(self, client: int) -> Member | None:
        return next((m for m in self.members.values() if m.client == client), None)

    def awareness(self) -> bytes:
        """Everybody's name and caret, also of those at other processes."""
        here = [m.presence for m in self.members.values() if m.presence is not None]
        return write_frame([*here, *(other.presence for other in self.elsewhere.values())])

    def welcome(self, member: Member) -> dict[str, object]:
        """What the answer to a join says of the room and of who came."""
        return {
            "h": self.handle,
            "role": member.role,
            "epoch": self.epoch,
            "aware": self.awareness(),
            "me": member.card(),
            "size": self.size,
        }

    def tick_after(self, cost: float, share: float, busy: float) -> float:
        """Seconds until the next fan-out may leave: longer when sending, or anything, keeps the process busy."""
        wait = min(MAX_TICK_S, max(20 * cost, (share - 0.2) * 0.12, (busy - RELAXED) * BUSY_TICK_S))
        people = len(self.members)
        return wait if people < CROWD else max(wait, min(CROWD_TICK_S, people * TICK_EACH_S))


def new_member(sid: str, visitor: Visitor, role: Role, client: int, color: str, until: float, limits: Limits) -> Member:
    return Member(
        sid=sid,
        visitor=visitor,
        role=role,
        client=client,
        color=color,
        role_until=until,
        updates=Bucket(limits.updates_per_second, limits.update_burst),
        presences=Bucket(limits.awareness_per_second, limits.awareness_burst),
        heartbeats=Bucket(limits.heartbeats_per_second, limits.heartbeat_burst),
    )
