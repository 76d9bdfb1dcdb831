"""What those in the rooms may do is asked again every minute, many at once, and at once when somebody says it changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yanxiu.lessonplans.collab.fanout import Transport
from yanxiu.lessonplans.collab.room import Authority, Member, Role, Room, Visitor

ROLE_SECONDS = 60.0
"""How long an answer is believed where nobody said that it changed."""
EARLY_SECONDS = 5.0
"""So long before that it is asked again beside the work, so that nobody's edit has to wait for it."""
FRESH_SECONDS = 2.0
"""A page that opens its line joins within that: so long what was found out while it connected need not be asked again."""
TOGETHER = 100

Sitting = tuple[Room, Member]


@dataclass(frozen=True)
class Moment:
    """When somebody began to ask: how often changes had been told of by then, and the hub's clock."""

    told: int
    at: float


@dataclass(frozen=True)
class Answer:
    """What one visitor may do in one plan, as it was at that moment or later."""

    plan_id: int
    role: Role | None
    since: Moment

    @property
    def until(self) -> float:
        """So long it is believed where nobody says that something changed."""
        return self.since.at + ROLE_SECONDS


class Rights:
    """Asks the authority about members and tells them. Every method may be called from any thread."""

    def __init__(
        self,
        authority: Authority,
        transport: Transport,
        clock: Callable[[], float],
        put_out: Callable[[Room, str], None],
    ) -> None:
        self._authority = authority
        self._transport = transport
        self._clock = clock
        self._put_out = put_out
        self._numbers = itertools.count(1)
        self.told = 0
        """How often somebody said that rights changed: an answer from before may be wrong for whoever was not in yet."""

    def now(self) -> Moment:
        """To be taken before the first question to the database: what changes after that shows in `told`."""
        return Moment(self.told, self._clock())

    def ask(self, visitor: Visitor, plan_id: int, early: Answer | None) -> Answer:
        """What the visitor may do; an `early` yes is taken for it while it is fresh and nobody told of a change."""
        since = self.now()
        if early is not None and early.role is not None and early.plan_id == plan_id and self._holds(early, since):
            return early
        return Answer(plan_id, self._authority.role_of(visitor, plan_id), since)

    @staticmethod
    def _holds(early: Answer, now: Moment) -> bool:
        return early.since.told == now.told and now.at - early.since.at < FRESH_SECONDS

    def is_old(self, member: Member, early: float = 0.0) -> bool:
        """Whether the last answer about this member may not be believed any longer, or soon."""
        return self._clock() > member.role_until - early

    def ask_again(self, sitting: Sequence[Sitting]) -> None:
        """Ask what they may do now; who may nothing is put out."""
        for start in range(0, len(sitting), TOGETHER):
            some = sitting[start : start + TOGETHER]
            asks = [self._begin(member) for _room, member in some]
            roles = self._authority.roles_of([(member.visitor, room.plan_id) for room, member in some])
            for (room, member), ask, role in zip(some, asks, roles, strict=True):
                if member.asks == ask:  # whoever asked later knows better
                    self._settle(room, member, role)

    def may_stay(self, room: Room, member: Member) -> bool:
        """Ask again about one; False if they are out now."""
        self.ask_again([(room, member)])
        return room.members.get(member.sid) is member

    def _begin(self, member: Member) -> int:
        member.asks = next(self._numbers)
        return member.asks

    def _settle(self, room: Room, member: Member, role: Role | None) -> None:
        member.role_until = self._clock() + ROLE_SECONDS
        if role is None:
            why = "forbidden" if self._authority.exists(member.visitor, room.plan_id) else "revoked"
            self._transport.send([member.sid], "perm", [room.handle, None, why])
            self._put_out(room, member.sid)
        elif role != member.role:
            member.role = role
            self._transport.send([member.sid], "perm", [room.handle, role])
